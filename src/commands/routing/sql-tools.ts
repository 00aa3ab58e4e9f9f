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
  const analyze = createAnalyzer(createDuckDbSqlReader());
  return { analyze, findHazards: createHazardFinder(analyze) };
}
