import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { QueryShape, SqlDialect } from "../contracts/query-shape.ts";
import { createAnalyzer, type Analyze } from "../sql/analyze-query.ts";

export type { Diagnostic } from "../contracts/diagnostic.ts";
export type { QueryShape, SqlDialect } from "../contracts/query-shape.ts";

let analyzer: Promise<Analyze> | undefined;

/** DuckDB's driver is loaded with the first question, not with this module. */
async function openAnalyzer(): Promise<Analyze> {
  const { createDuckDbSqlReader } = await import("../engines/duckdb/sql-reader.ts");
  return createAnalyzer(createDuckDbSqlReader());
}

/**
 * Tells what one SQL statement asks of an engine: the relations it names, how many it joins, its aggregates, windows and so on.
 * Never rejects because of the text: what cannot be read is `known: false` with a reason.
 */
export async function analyzeQuery(sql: string, dialect: SqlDialect): Promise<QueryShape> {
  analyzer ??= openAnalyzer();
  return (await analyzer)(sql, dialect);
}

/**
 * Names what a text that is written for one engine may silently mean on the other: construct, line, column, and a portable way
 * to write it. Empty where nothing is known to differ; what the other engine refuses is left to that engine.
 */
export async function findHazards(sql: string, from: SqlDialect, to: SqlDialect): Promise<Diagnostic[]> {
  const { createHazardFinder } = await import("../sql/find-hazards.ts");
  return createHazardFinder(analyzeQuery)(sql, from, to);
}
