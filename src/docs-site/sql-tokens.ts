export type TokenKind = "keyword" | "string" | "number" | "comment" | "jinja" | "text";

export interface SqlToken {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS = new Set(
  (
    "select from where group by having order limit offset with as recursive union all distinct except intersect join inner left " +
    "right full outer cross on using and or not in is null like ilike between exists case when then else end cast over " +
    "partition rows range unbounded preceding following current row create replace table view materialized insert into values " +
    "update set delete merge matched asc desc nulls first last true false lateral unnest window filter qualify interval " +
    "returns language function if"
  ).split(" "),
);

const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\{#[\s\S]*?(?:#\}|$))|(\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$))|('(?:[^']|'')*'?|"(?:[^"]|"")*"?)|(\b\d+(?:\.\d+)?\b)|([a-z_]\w*)/gi;

/** Cuts SQL with its Jinja into pieces to be coloured; joined they are the text again. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let done = 0;
  const plain = (to: number): void => {
    if (to > done) tokens.push({ kind: "text", text: sql.slice(done, to) });
    done = to;
  };
  for (const match of sql.matchAll(TOKEN)) {
    const [text, comment, jinja, string, number] = match;
    const kind =
      comment !== undefined
        ? "comment"
        : jinja !== undefined
          ? "jinja"
          : string !== undefined
            ? "string"
            : number !== undefined
              ? "number"
              : KEYWORDS.has(text.toLowerCase())
                ? "keyword"
                : null;
    if (kind === null) continue;
    plain(match.index);
    tokens.push({ kind, text });
    done = match.index + text.length;
  }
  plain(sql.length);
  return tokens;
}
