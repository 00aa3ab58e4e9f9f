import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { QueryShape, SqlDialect } from "../contracts/query-shape.ts";
import type { Translation } from "../sql/translate-sql.ts";
import { createAnalyzer, type Analyze } from "../sql/analyze-query.ts";

export type { Translation } from "../sql/translate-sql.ts";
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

/**
 * Rewrites a text for the other engine, or says why it does not: a construct that would change its meaning, or one that the
 * translator cannot write. The other engine's own check of the result is the caller's.
 */
export async function translateSql(sql: string, from: SqlDialect, to: SqlDialect): Promise<Translation> {
  const { createTranslator } = await import("../sql/translate-sql.ts");
  return createTranslator(findHazards)(sql, from, to);
}
