import type { Analyze } from "./draft-shapes.ts";

/** The readers of SQL are loaded when somebody asks. */
export async function openAnalyzer(): Promise<Analyze> {
  const [{ createAnalyzer }, { createDuckDbSqlReader }] = await Promise.all([
    import("../../sql/analyze-query.ts"),
    import("../../engines/duckdb/sql-reader.ts"),
  ]);
  return createAnalyzer(createDuckDbSqlReader());
}
