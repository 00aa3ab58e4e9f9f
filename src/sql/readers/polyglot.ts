import type { SqlDialect, SqlTree } from "../../contracts/query-shape.ts";

/** Parses one statement with polyglot. It is 22 MB of WebAssembly, so it is loaded at the first question. */
export async function parsePolyglot(sql: string, dialect: SqlDialect): Promise<SqlTree> {
  const { Dialect, parse } = await import("@polyglot-sql/sdk");
  const result = parse(sql, { duckdb: Dialect.DuckDB, trino: Dialect.Trino }[dialect]);
  if (!result.success) return { ok: false, reason: result.error, syntax: true };
  const statements = result.ast as unknown;
  if (!Array.isArray(statements) || statements.length !== 1) {
    return { ok: false, reason: "not read as one statement", syntax: false };
  }
  return { ok: true, tree: statements[0] };
}
