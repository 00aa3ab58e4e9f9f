import { evidentType, isNull } from "./evident-type.ts";
import { atTokens, inCalls, inCasts, type HazardRule, type Severity } from "./rule.ts";
import type { Call, Range, SqlText } from "./sql-text.ts";

function onlyLiterals({ args }: Call, text: SqlText, allowed = /^'[^']*'$/): boolean {
  return args.every((arg) => allowed.test(text.only(arg)?.text ?? ""));
}

/** Whether a number is spelled out and at least so much; null where the text does not show it. */
function atLeast(text: SqlText, range: Range, least: number): boolean | null {
  const token = text.only(range);
  if (token?.kind === "number") return Number(token.text) >= least;
  if (text.sign(range.from, "-")) return false;
  const floor = text.callOver(range);
  if (floor?.name !== "greatest") return null;
  return floor.args.some((arg) => Number(text.only(arg)?.text) >= least) ? true : null;
}

/** How sure it is that substr counts differently: with a start of 1 or more and a length of 0 or more it does not. */
function countsDifferently({ args }: Call, text: SqlText): Severity | null {
  const [whole, start, length] = args;
  if (whole === undefined) return null;
  const find = (word: string) =>
    text.tokens.findIndex((_, at) => at > whole.from && at < whole.to && text.is(at, word));
  const [from, count] = [find("from"), find("for")];
  const begin = from < 0 ? start : { from: from + 1, to: count < 0 ? whole.to : count };
  const size = count < 0 ? length : { from: count + 1, to: whole.to };
  const certain = [begin === undefined || atLeast(text, begin, 1), size === undefined || atLeast(text, size, 0)];
  if (certain.every((one) => one === true)) return null;
  const fromTheEnd = begin !== undefined && text.sign(begin.from, "-");
  return certain.includes(false) && !fromTheEnd ? "error" : "warning";
}

export const TEXT_RULES: readonly HazardRule[] = [
  {
    construct: "concat_ws",
    difference: "an array is one text in DuckDB; Trino takes its elements",
    portable: "a cast to varchar of what is no array",
    find: inCalls("concat_ws", ({ args: [, ...values] }, text) => {
      const types = values.map((value) => (isNull(text, value) ? "string" : evidentType(text, value)));
      if (types.includes("array")) return "error";
      return types.includes(null) ? "warning" : null;
    }),
  },
  {
    construct: "reverse",
    difference: "DuckDB keeps what is one letter to the eye together (accents, emoji), Trino turns it round too",
    portable: "a macro that is dispatched",
    find: inCalls("reverse", ({ args: [value] }, text) => {
      const literal = text.only(value);
      const isPlain = literal?.kind === "string" && /^[ -~]*$/.test(literal.text);
      return isPlain || (value !== undefined && evidentType(text, value) === "array") ? null : "warning";
    }),
  },
  {
    construct: "concat",
    difference: "DuckDB leaves NULLs out, Trino gives NULL if one is NULL",
    portable: "`a || b`, with `coalesce(a, '')` where NULL is to be left out",
    find: inCalls("concat", (call, text) =>
      call.args.every((arg) => onlyLiterals({ ...call, args: [arg] }, text) || isFilled(text, arg)) ? null : "error",
    ),
  },
  {
    construct: "regexp_replace",
    difference: "DuckDB replaces the first match, Trino all; a group is \\1 in DuckDB, $1 in Trino",
    portable: "a macro that is dispatched: `regexp_replace(x, p, r, 'g')` on DuckDB, without 'g' on Trino",
    find: inCalls("regexp_replace"),
  },
  {
    construct: "regexp_extract",
    difference: "without a match DuckDB gives '', Trino NULL",
    portable: "a macro that is dispatched, with `nullif` around it on DuckDB",
    find: inCalls("regexp_extract"),
  },
  {
    construct: "split_part",
    difference: "past the last part DuckDB gives '', Trino NULL",
    portable: "`nullif(split_part(x, d, n), '')`",
    find: inCalls("split_part", ({ at }, text) => (text.is(at - 2, "nullif") ? null : "error")),
  },
  {
    construct: "to_base",
    difference: "capital letters in DuckDB, small ones in Trino",
    portable: "`lower` around it",
    find: inCalls("to_base", ({ at }, text) => (text.is(at - 2, "lower") ? null : "error")),
  },
  {
    construct: "repeat",
    difference: "DuckDB gives a text, Trino an array",
    portable: "`lpad('', n, x)` for a text of one letter",
    find: inCalls("repeat"),
  },
  {
    construct: "format",
    difference: "DuckDB fills {}, Trino %s",
    portable: "`||` and casts",
    find: inCalls("format"),
  },
  {
    construct: "url_encode and url_decode",
    difference: "DuckDB writes a blank as %20, Trino as +; ~ and * differ too",
    portable: "a macro that is dispatched",
    find: inCalls("url_encode url_decode"),
  },
  {
    construct: "substr from 0 or from the end",
    difference: "where it reaches out of the text or the length is negative, DuckDB gives what overlaps, Trino ''",
    portable: "a start of at least 1: `substr(x, greatest(coalesce(n, 1), 1))`",
    find: inCalls("substr substring", countsDifferently),
  },
  {
    construct: "replace of ''",
    difference: "DuckDB leaves the text as it is, Trino puts the replacement around every letter",
    portable: "make sure that the text to be replaced is not empty",
    find: inCalls("replace", ({ args: [, search] }, text) => {
      const token = text.only(search);
      if (token?.kind !== "string") return "warning";
      return token.text === "''" ? "error" : null;
    }),
  },
  {
    construct: "trim",
    difference: "DuckDB takes blanks away, Trino every white space",
    portable: "`trim(both ' ' from x)` where only blanks are meant",
    find: inCalls("trim ltrim rtrim", (call, text) => {
      const [first] = call.args;
      const spelled = first !== undefined && text.slice(first).some((token) => token.text.toLowerCase() === "from");
      if (spelled || call.args.length > 1) return null;
      return onlyLiterals(call, text, /^'[\x20-\x7e]*'$/) ? null : "warning";
    }),
  },
  {
    construct: "upper",
    difference: "letters without a plain capital (ß) are written differently",
    portable: "compare with `lower`",
    find: inCalls("upper", (call, text) => (onlyLiterals(call, text, /^'[\x20-\x7e]*'$/) ? null : "warning")),
  },
  {
    construct: "cast to a text of a length",
    difference: "DuckDB ignores the length; Trino cuts off, and fills char with blanks",
    portable: "`cast(x as varchar)`, and `substr` where it is to be cut",
    find: inCasts(/^(varchar|char|character|bpchar)\(|^char$/, () => "error"),
  },
  {
    construct: "cast to text",
    difference: "doubles (1.0, 1.0E0), moments, intervals and JSON are written differently",
    portable: "cast to a decimal, integer or date first",
    find: inCasts(/^(varchar|text|string)$/, ({ value }, text) => {
      const type = evidentType(text, value);
      if (isNull(text, value)) return null;
      if (type === null || type === "number") return "warning";
      if (type === "timestamp" && text.tokens[value.to - 1]?.kind === "string") return null;
      return ["double", "timestamp", "timestamptz", "time", "interval", "json", "array"].includes(type)
        ? "error"
        : null;
    }),
  },
  {
    construct: "try_cast",
    difference: "DuckDB reads more: 'y', '1e3' as an integer, a date with a time; Trino reads '1d' as a number",
    portable: "a CASE that names what is accepted",
    find: inCasts(/^(bool|date|timestamp|double|real|float|time)/, ({ value, lenient }, text) => {
      if (!lenient || isNull(text, value)) return null;
      const literal = text.only(value);
      if (literal?.kind === "string" && /^'(true|false|\d{4}-\d\d-\d\d|\d+(\.\d+)?)'$/.test(literal.text)) return null;
      const type = evidentType(text, value);
      return type === "string" ? "error" : type === null ? "warning" : null;
    }),
  },
  {
    construct: "x'…'",
    difference: "bytes in Trino, the text 'x…' in DuckDB",
    portable: "`cast('…' as varbinary)`",
    find: atTokens((at, text) => {
      const [word, literal] = [text.tokens[at], text.tokens[at + 1]];
      return text.is(at, "x") && literal?.kind === "string" && literal.start - 1 === word?.start ? "error" : null;
    }),
  },
  {
    construct: "names of types and of the session",
    difference: "each engine has its own words for types, users, schemas and versions",
    portable: "a macro that is dispatched, or `target`",
    find: atTokens((at, text) => {
      const call = text.is(at, "typeof", "version") && text.sign(at + 1, "(");
      return call || text.is(at, "current_user", "current_schema", "current_catalog", "session_user") ? "error" : null;
    }),
  },
];

/** coalesce(x, 'literal') is never NULL. */
function isFilled(text: SqlText, range: Range): boolean {
  const call = text.callOver(range);
  return call?.name === "coalesce" && text.only(call.args.at(-1))?.kind === "string";
}
