import type { EvidentType } from "../hazards/evident-type.ts";
import type { Call, Range, SqlText } from "../hazards/sql-text.ts";

/** A piece of a statement that we write for the other engine ourselves. */
export interface Site extends Range {
  /** What the template's $1, $2 … stand for; the translator translates them. */
  readonly args: readonly Range[];
  /** In the other engine's SQL. */
  readonly template: string;
  readonly type: EvidentType;
  /** The piece begins with an operator that binds like `*`, and its one argument is the right side. */
  readonly infix?: boolean;
  /** The template is the source engine's SQL, for the translator to go on with. */
  readonly early?: boolean;
}

/** A construct that means something else on the other engine, or is unknown there, with a way to write it that means the same. */
export interface Rewrite {
  readonly construct: string;
  readonly reason: string;
  readonly find: (text: SqlText) => readonly Site[];
}

export type Written = Pick<Site, "template" | "type"> & Partial<Pick<Site, "args" | "early">>;

/** Functions that give something else each time, so that they cannot be written twice. */
export const VOLATILE = ["random", "rand", "uuid", "gen_random_uuid", "shuffle", "nextval", "setseed", "select"];

/** Writes calls of these functions that have so many arguments, without DISTINCT or ORDER BY inside. */
export function inCallsOf(
  names: string,
  counts: readonly number[],
  write: (call: Call, text: SqlText) => Written | null,
): Rewrite["find"] {
  const wanted = new Set(names.split(" "));
  return (text) =>
    text.calls.flatMap((call) => {
      const close = text.partner(call.at + 1);
      if (!wanted.has(call.name) || close === undefined || !isPlain(text, call, close)) return [];
      const args = call.name.startsWith("substr") ? spelledOut(text, call) : call.args;
      if (!counts.includes(args.length)) return [];
      const written = write({ ...call, args }, text);
      return written === null ? [] : [{ from: call.at, to: close + 1, args, ...written }];
    });
}

/** The same, with one template for all. */
export function asCall(
  names: string,
  count: number | readonly number[],
  template: string,
  type: EvidentType = null,
  when: (call: Call, text: SqlText) => boolean = () => true,
): Rewrite["find"] {
  const counts = typeof count === "number" ? [count] : count;
  return inCallsOf(names, counts, (call, text) => (when(call, text) ? { template, type } : null));
}

/** No method call, no DISTINCT and no ORDER BY inside. */
function isPlain(text: SqlText, call: Call, close: number): boolean {
  if (text.sign(call.at - 1, ".") || text.is(call.at + 2, "distinct")) return false;
  for (let at = call.at + 2; at < close; at++) {
    if (text.sign(at, "(", "[", "{")) at = text.partner(at) ?? at;
    else if (text.is(at, "order") && text.is(at + 1, "by")) return false;
  }
  return true;
}

/** The arguments of SUBSTRING(x FROM 2 FOR 3). */
function spelledOut(text: SqlText, { args }: Call): readonly Range[] {
  const [whole] = args;
  if (whole === undefined || args.length > 1) return args;
  const parts: Range[] = [];
  let from = whole.from;
  for (let at = whole.from; at < whole.to; at++) {
    if (text.sign(at, "(", "[")) at = text.partner(at) ?? at;
    else if (text.is(at, "from", "for")) {
      parts.push({ from, to: at });
      from = at + 1;
    }
  }
  return [...parts, { from, to: whole.to }];
}

/** Whether FILTER, OVER or WITHIN GROUP follows a call, so that only a call may take its place. */
export function isFollowed(text: SqlText, { at }: Call, ...words: readonly string[]): boolean {
  return text.is((text.partner(at + 1) ?? at) + 1, ...(words.length > 0 ? words : ["filter", "over", "within"]));
}

/** A text literal's content, or undefined. */
export function textOf(text: SqlText, range: Range | undefined): string | undefined {
  const token = text.only(range);
  return token?.kind === "string" && token.text.startsWith("'")
    ? token.text.slice(1, -1).replaceAll("''", "'")
    : undefined;
}

/** A whole number's value, or undefined. */
export function wholeOf(text: SqlText, range: Range | undefined): number | undefined {
  if (range === undefined) return undefined;
  const negative = text.sign(range.from, "-");
  const token = text.only(negative ? { from: range.from + 1, to: range.to } : range);
  return token?.kind === "number" && /^\d+$/.test(token.text) ? Number(token.text) * (negative ? -1 : 1) : undefined;
}

export function quoted(content: string): string {
  return `'${content.replaceAll("'", "''")}'`;
}

/** Whether each argument may stand as often as the template says it. */
export function isRepeatable(text: SqlText, { template, args }: Site): boolean {
  return args.every(
    (arg, i) =>
      (template.match(new RegExp(`(?<!\\$)\\$${i + 1}(?!\\d)`, "g")) ?? []).length < 2 ||
      !text.slice(arg).some((token) => VOLATILE.includes(token.text.toLowerCase())),
  );
}

/** The row in `count(distinct (a, b))`, which the translator takes apart. */
export function distinctRows(text: SqlText): readonly Site[] {
  return text.calls.flatMap(({ name, at, args: [row] }) => {
    if (name !== "count" || row === undefined || !text.is(at + 2, "distinct") || !text.sign(row.from, "(")) return [];
    if (text.partner(row.from) !== row.to - 1) return [];
    const args = text.split({ from: row.from + 1, to: row.to - 1 });
    const list = args.map((_, i) => `$${String(i + 1)}`).join(", ");
    return args.length < 2 ? [] : [{ ...row, args, template: `row(${list})`, type: null }];
  });
}
