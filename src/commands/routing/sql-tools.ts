import type { Analyze } from "../../sql/analyze-query.ts";
import type { FindHazards } from "../../sql/find-hazards.ts";

/** What is asked of SQL texts. */
export interface SqlTools {
  readonly analyze: Analyze;
  readonly findHazards: FindHazards;
}

/** The readers of SQL are loaded when somebody asks. */
export async function openSqlTools(): Promise<SqlTools> {
  const [{ createAnalyzer }, { createHazardFinder }, { createDuckDbSqlReader }] = await Promise.all([
    import("../../sql/analyze-query.ts"),
    import("../../sql/find-hazards.ts"),
    import("../../engines/duckdb/sql-reader.ts"),
  ]);
  const analyze = remembering(createAnalyzer(createDuckDbSqlReader()));
  return { analyze, findHazards: createHazardFinder(analyze) };
}

/** Shape and hazards of a text are both asked for, and reading it is what takes time. */
function remembering(analyze: Analyze): Analyze {
  const known = new Map<string, ReturnType<Analyze>>();
  return (sql, dialect) => {
    const key = `${dialect} ${sql.trim()}`;
    const answer = known.get(key) ?? analyze(sql, dialect);
    known.set(key, answer);
    return answer;
  };
}
