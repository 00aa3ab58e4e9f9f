import type { SqlDialect } from "../contracts/query-shape.ts";

export interface Token {
  /** `word` is a keyword or a bare name, `name` a quoted one, `open` text whose quote or comment never ends. */
  readonly kind: "word" | "name" | "string" | "number" | "sign" | "open";
  readonly text: string;
  readonly start: number;
}

const PIECE =
  /\s+|--[^\n]*|\/\*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?:[A-Za-z_]\w*)?\$|[\p{L}_][\p{L}\p{N}_$]*|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?|\|\||->>?|=>|[<>!=]=|<>|<<|>>|::|:=|\/\/|./suy;

/** Cuts a text into tokens; comments and blanks are left out. `dialect` decides about nested comments and dollar quotes. */
export function tokenize(sql: string, dialect: SqlDialect): Token[] {
  const tokens: Token[] = [];
  const piece = new RegExp(PIECE);
  let at = 0;
  while (at < sql.length) {
    piece.lastIndex = at;
    const text = piece.exec(sql)?.[0] ?? sql.slice(at);
    const first = text.charAt(0);
    if (text === "/*") {
      const end = commentEnd(sql, at, dialect);
      if (end < 0) {
        tokens.push({ kind: "open", text: sql.slice(at), start: at });
        break;
      }
      at = end;
      continue;
    }
    let whole = text;
    if (dialect === "duckdb" && text.length > 1 && first === "$" && text.endsWith("$")) {
      const end = sql.indexOf(text, at + text.length);
      whole = end < 0 ? sql.slice(at) : sql.slice(at, end + text.length);
    }
    if (whole.trim() !== "" && !whole.startsWith("--")) tokens.push({ kind: kindOf(whole), text: whole, start: at });
    at += whole.length;
  }
  return tokens;
}

function kindOf(text: string): Token["kind"] {
  const first = text.charAt(0);
  if (first === "'" || first === '"') return text.length < 2 ? "open" : first === "'" ? "string" : "name";
  if (first === "$" && text.length > 1) return "string";
  if (/\d/.test(first)) return "number";
  return /[\p{L}_]/u.test(first) ? "word" : "sign";
}

function commentEnd(sql: string, start: number, dialect: SqlDialect): number {
  if (dialect === "trino") {
    const end = sql.indexOf("*/", start + 2);
    return end < 0 ? -1 : end + 2;
  }
  let depth = 0;
  for (const mark of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return start + mark.index + 2;
  }
  return -1;
}

export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === "word" && words.includes(token.text.toLowerCase());
}

/** The token with the number of parentheses and brackets around it. */
export function withDepth(tokens: readonly Token[]): { readonly token: Token; readonly depth: number }[] {
  let depth = 0;
  return tokens.map((token) => {
    if (token.kind === "sign" && (token.text === ")" || token.text === "]")) depth--;
    const entry = { token, depth };
    if (token.kind === "sign" && (token.text === "(" || token.text === "[")) depth++;
    return entry;
  });
}
