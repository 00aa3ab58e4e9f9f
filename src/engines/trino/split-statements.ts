/**
 * Cuts a text at its top-level semicolons: Trino takes one statement a request, and macros write several.
 * Quotes, quoted names and comments are stepped over. Each part keeps the place it starts at, for error messages.
 */
export function splitStatements(sql: string): { text: string; line: number }[] {
  const parts: { text: string; line: number }[] = [];
  let start = 0;
  for (const match of sql.matchAll(TOKENS)) {
    if (match[0] !== ";") continue;
    push(parts, sql, start, match.index);
    start = match.index + 1;
  }
  push(parts, sql, start, sql.length);
  return parts;
}

const TOKENS = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;/g;
const COMMENTS = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** What is only white space and comments is no statement. `line` counts from 0. */
function push(parts: { text: string; line: number }[], sql: string, start: number, end: number): void {
  const text = sql.slice(start, end);
  if (text.replaceAll(COMMENTS, "").trim() === "") return;
  parts.push({ text, line: sql.slice(0, start).split("\n").length - 1 });
}
