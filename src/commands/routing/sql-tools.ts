import type { Analyze } from "../../sql/analyze-query.ts";
import type { FindHazards } from "../../sql/find-hazards.ts";
import type { LocateRelations } from "../../sql/locate-relations.ts";

/** What is asked of SQL texts. */
export interface SqlTools {
  readonly analyze: Analyze;
  readonly findHazards: FindHazards;
  readonly locate: LocateRelations;
}

/** The readers of SQL are loaded when somebody asks. */
export async function openSqlTools(): Promise<SqlTools> {
  const [{ createAnalyzer }, { createHazardFinder }, { createRelationLocator }, { createDuckDbSqlReader }] =
    await Promise.all([
      import("../../sql/analyze-query.ts"),
      import("../../sql/find-hazards.ts"),
      import("../../sql/locate-relations.ts"),
      import("../../engines/duckdb/sql-reader.ts"),
    ]);
  const reader = createDuckDbSqlReader();
  const analyze = remembering(createAnalyzer(reader));
  return { analyze, findHazards: createHazardFinder(analyze), locate: createRelationLocator(reader) };
}

/** Shape and hazards of a text are both asked for, and reading it is what takes time. */
function remembering(analyze: Analyze): Analyze {
  const known = new Map<string, ReturnType<Analyze>>();
  return (sql, dialect) => {
    const key = `${dialect} ${sql.trim()}`;
    const answer = known.get(key) ?? analyze(sql, dialect);
    // A server reads texts for as long as it lives.
    if (known.size >= 5_000) known.clear();
    known.set(key, answer);
    return answer;
  };
}
