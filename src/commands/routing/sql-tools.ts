import type { Analyze } from "../../sql/analyze-query.ts";
import type { FindHazards } from "../../sql/find-hazards.ts";
import type { LocateRelations } from "../../sql/locate-relations.ts";
import type { TranslateSql } from "../../sql/translate-sql.ts";

/** What is asked of SQL texts. */
export interface SqlTools {
  readonly analyze: Analyze;
  readonly findHazards: FindHazards;
  readonly locate: LocateRelations;
  readonly translate: TranslateSql;
}

/** The readers of SQL are loaded when somebody asks. */
export async function openSqlTools(): Promise<SqlTools> {
  const [
    { createAnalyzer },
    { createHazardFinder },
    { createRelationLocator },
    { createTranslator },
    { createDuckDbSqlReader },
  ] = await Promise.all([
    import("../../sql/analyze-query.ts"),
    import("../../sql/find-hazards.ts"),
    import("../../sql/locate-relations.ts"),
    import("../../sql/translate-sql.ts"),
    import("../../engines/duckdb/sql-reader.ts"),
  ]);
  const reader = createDuckDbSqlReader();
  const analyze = remembering(createAnalyzer(reader));
  const findHazards = createHazardFinder(analyze);
  return { analyze, findHazards, locate: createRelationLocator(reader), translate: createTranslator(findHazards) };
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

/** Why a text is not translated: the same as `findHazards`, for texts that are translated before they run elsewhere. */
export function refusalsOf({ translate }: SqlTools): SqlTools["findHazards"] {
  return async (sql, from, to) => {
    const translation = await translate(sql, from, to);
    return translation.ok ? [] : [...translation.refusals];
  };
}
