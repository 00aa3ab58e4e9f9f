import type { Parser } from "node-sql-parser";

let parser: Promise<Parser> | undefined;

/**
 * node-sql-parser's tree of a text that holds one statement; rejects where it does not parse. Its grammar of PostgreSQL alone is
 * loaded: the whole package is 89 MB, and its grammars of Trino and of no dialect read less.
 */
export async function parsePostgres(sql: string): Promise<unknown> {
  parser ??= import("node-sql-parser/build/postgresql.js").then((module) => new module.default.Parser());
  const tree: unknown = (await parser).astify(sql, { database: "Postgresql" });
  if (!Array.isArray(tree)) return tree;
  if (tree.length > 1) throw new Error("more than one statement");
  return tree[0];
}
