import type { SqlText } from "../hazards/sql-text.ts";
import { type Range } from "../hazards/sql-text.ts";

const CLAUSES = ["from", "where", "group", "having", "window", "qualify"];
export const ENDS = ["order", "limit", "offset", "fetch", "union", "except", "intersect"];
/** Words that cannot end an expression: what follows them is no alias. */
const NO_EXPRESSION_END = ["end", "null", "true", "false", "current_date", "current_timestamp"];

/** A SELECT with its clauses; `to` is where ORDER BY, LIMIT, a set operation or the query's end follows. */
export interface Block extends Range {
  readonly distinct: Range | null;
  readonly items: readonly Range[];
  /** From FROM to before QUALIFY. */
  readonly body: Range;
  readonly qualify: Range | null;
  /** Where its clauses begin, by their first word. */
  readonly clauses: ReadonlyMap<string, number>;
}

export class Source {
  constructor(
    readonly sql: string,
    readonly text: SqlText,
  ) {}

  of({ from, to }: Range): string {
    return this.sql.slice(this.start(from), this.end(to));
  }

  replaced(range: Range, written: string): string {
    return this.sql.slice(0, this.start(range.from)) + written + this.sql.slice(this.end(range.to));
  }

  /** How often a bare name stands in a range. */
  count(name: string, { from, to }: Range): number {
    return this.text.slice({ from, to }).filter((token) => bare(token.text) === bare(name)).length;
  }

  private start(at: number): number {
    return this.text.tokens[at]?.start ?? this.sql.length;
  }

  private end(to: number): number {
    const last = this.text.tokens[to - 1];
    return last === undefined ? 0 : last.start + last.text.length;
  }
}

export function bare(name: string): string {
  return name.toLowerCase().replaceAll('"', "");
}

export function blockAt(text: SqlText, from: number): Block | null {
  const clauses = new Map<string, number>();
  let to = from + 1;
  for (; to < text.tokens.length; to++) {
    if (text.sign(to, "(", "[", "{")) to = text.partner(to) ?? to;
    else if (text.sign(to, ")", "]", "}", ";") || text.is(to, ...ENDS)) break;
    else if (text.is(to, ...CLAUSES) && !(text.is(to, "from") && text.is(to - 1, "distinct"))) {
      const word = text.tokens[to]?.text.toLowerCase() ?? "";
      if (!clauses.has(word)) clauses.set(word, to);
    }
  }
  const start = clauses.get("from") ?? to;
  const on = text.is(from + 1, "distinct") && text.is(from + 2, "on") ? text.partner(from + 3) : undefined;
  const distinct = text.is(from + 1, "distinct") ? { from: from + 1, to: on === undefined ? from + 2 : on + 1 } : null;
  const end = clauses.get("qualify");
  return {
    from,
    to,
    distinct,
    items: text.split({ from: distinct?.to ?? from + 1, to: start }),
    body: { from: start, to: end ?? to },
    qualify: end === undefined ? null : { from: end + 1, to },
    clauses,
  };
}

/** The name that an item gives: after AS, after the expression, or the column's own. */
export function nameOf({ from, to }: Range, text: SqlText): string | null {
  const [last, before] = [text.tokens[to - 1], text.tokens[to - 2]];
  if (last === undefined || !["word", "name"].includes(last.kind) || text.is(to - 1, ...NO_EXPRESSION_END)) return null;
  if (to - from === 1 || text.is(to - 2, "as")) return last.text;
  if (text.sign(to - 2, ".")) return to - from === 3 ? last.text : null;
  const ends = before?.kind === "string" || before?.kind === "number" || text.sign(to - 2, ")", "]", "}");
  return ends || before?.kind === "word" ? (text.is(to - 2, "interval", "is", "not") ? null : last.text) : null;
}

export function isStar({ from, to }: Range, text: SqlText): boolean {
  return text.sign(to - 1, "*") && (to - from === 1 || text.sign(to - 2, "."));
}

export function isAlias(range: Range, text: SqlText): boolean {
  return nameOf(range, text) !== null && !(range.to - range.from === 1 || text.sign(range.to - 2, "."));
}

export function rest(source: Source, from: number, to: number): string {
  return from < to ? source.of({ from, to }) : "";
}

/** Rebuilds a text until a step (null: nothing left to do) changes nothing, or `most` times: what stays the gates refuse. */
export function rebuilt(sql: string, step: (sql: string) => string | null, most: number): string {
  let out = sql;
  for (let pass = 0; pass < most; pass++) {
    const next = step(out);
    if (next === null) break;
    out = next;
  }
  return out;
}
