import type { InjectedCte } from "../contracts/manifest.ts";

/**
 * Puts the CTEs of ephemeral models in front of a query: after its own WITH, or with a WITH of their own.
 * A query's WITH is its first word, comments aside; one of their own stands before the comments. dbt does the same.
 */
export function injectCtes(sql: string, ctes: readonly InjectedCte[]): string {
  if (ctes.length === 0) return sql;
  const list = ctes.map((cte) => cte.sql).join(", ");
  const start = skipComments(sql);
  const match = /^with(\s+recursive)?\b/i.exec(sql.slice(start));
  if (match === null) {
    const first = sql.length - sql.trimStart().length;
    return `${sql.slice(0, first)}with ${list} ${sql.slice(first)}`;
  }
  const end = start + match[0].length;
  return `${sql.slice(0, end)} ${list},${sql.slice(end)}`;
}

/** The offset of the first character that is neither white space nor comment. */
function skipComments(sql: string): number {
  const pattern = /\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\//y;
  let offset = 0;
  for (;;) {
    pattern.lastIndex = offset;
    const match = pattern.exec(sql);
    if (match === null || match[0] === "") return offset;
    offset = pattern.lastIndex;
  }
}
