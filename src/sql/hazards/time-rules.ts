import { evidentType, hasZone, type EvidentType } from "./evident-type.ts";
import { atTokens, inCalls, inCasts, type HazardRule, type Severity } from "./rule.ts";
import type { Range, SqlText } from "./sql-text.ts";

const DAY_OF_WEEK = ["dow", "dayofweek", "day_of_week", "weekday"];

function isDayOfWeek(text: SqlText, range: Range | undefined): boolean {
  const field = range === undefined ? undefined : text.tokens[range.from];
  return field !== undefined && DAY_OF_WEEK.includes(field.text.toLowerCase().replaceAll("'", ""));
}

/** Names that people give to dates. */
const DATE_NAME = /(^|_)(date|day|dt|on|at|time|ts|timestamp)s?("|$)|date|^(start|end|begin|since|until)(_|$)/i;

function looksLikeDate(text: SqlText, range: Range): boolean {
  const last = text.tokens[range.to - 1];
  return (last?.kind === "word" || last?.kind === "name") && DATE_NAME.test(last.text);
}

function isTruncated(text: SqlText, side: Range, unit: string | undefined): boolean {
  const call = text.callOver(side);
  return call?.name === "date_trunc" && unit !== undefined && text.only(call.args[0])?.text === unit;
}

/** Whether a minus may stand between two dates. */
export function subtraction(at: number, text: SqlText): Severity | null {
  if (!text.sign(at, "-") || isUnary(at, text)) return null;
  const sides = [text.operandBefore(at), text.operandAfter(at + 1)];
  const types = sides.map((side) => evidentType(text, side));
  const safe: readonly EvidentType[] = [
    "integer",
    "decimal",
    "double",
    "number",
    "interval",
    "timestamp",
    "timestamptz",
    "time",
  ];
  if (types.some((type) => safe.includes(type))) return null;
  return types.includes("date") || sides.some((side) => looksLikeDate(text, side)) ? "error" : "warning";
}

function isUnary(at: number, text: SqlText): boolean {
  const before = text.tokens[at - 1];
  if (before === undefined) return true;
  if (before.kind === "sign") return ![")", "]"].includes(before.text);
  return text.is(
    at - 1,
    "select",
    "when",
    "then",
    "else",
    "and",
    "or",
    "not",
    "between",
    "by",
    "where",
    "in",
    "limit",
    "return",
  );
}

export const TIME_RULES: readonly HazardRule[] = [
  {
    construct: "date_diff",
    difference:
      "DuckDB counts the boundaries that are crossed (month, day, hour), Trino the full units that have passed",
    portable: "`date_diff('month', date_trunc('month', a), date_trunc('month', b))`; of days: cast both sides to date",
    find: inCalls("date_diff datediff", ({ args: [unit, first, second] }, text) => {
      const sides = [first, second].flatMap((arg) => arg ?? []);
      // At the beginning of a unit, boundaries and full units are the same number.
      if (sides.every((side) => isTruncated(text, side, text.only(unit)?.text))) return null;
      const dates = sides.every((side) => evidentType(text, side) === "date");
      return dates && /^'days?'$/i.test(text.only(unit)?.text ?? "") ? null : "error";
    }),
  },
  {
    construct: "day of the week",
    difference: "Sunday is 0 in DuckDB and 7 in Trino",
    portable: "`date_diff('day', date '1970-01-05', cast(x as date)) % 7` is 0 on Mondays",
    find: (text) => [
      ...inCalls("day_of_week dow dayofweek weekday")(text),
      ...inCalls("extract date_part datepart", (call) => (isDayOfWeek(text, call.args[0]) ? "error" : null))(text),
    ],
  },
  {
    construct: "date - date",
    difference: "DuckDB gives a number of days, Trino an interval",
    portable: "`date_diff('day', cast(b as date), cast(a as date))`",
    find: atTokens(subtraction),
  },
  {
    construct: "at time zone",
    difference:
      "of a plain timestamp DuckDB takes the clock to be in that zone, Trino in the session's; DuckDB keeps no zone, so hours and texts differ",
    portable: "keep moments in UTC, and convert in a macro that is dispatched",
    find: atTokens((at, text) =>
      text.is(at, "at") &&
      text.is(at + 1, "time", "timezone") &&
      (text.is(at + 2, "zone") || text.is(at + 1, "timezone"))
        ? "error"
        : null,
    ),
  },
  {
    construct: "a timestamp literal with a zone",
    difference: "DuckDB drops the zone, Trino keeps it",
    portable: "a literal in UTC without a zone",
    find: atTokens((at, text) => {
      const literal = text.tokens[at + 1];
      return text.is(at, "timestamp") && literal?.kind === "string" && hasZone(literal.text) ? "error" : null;
    }),
  },
  {
    construct: "fractions of a second",
    difference: "a plain TIMESTAMP has 6 digits in DuckDB and 3 in Trino; more than 6 only Trino keeps",
    portable: "`cast(x as timestamp(6))`",
    find: (text) => [
      ...inCasts(/^timestamp(withouttimezone|withtimezone)?$|^timestamptz$|^datetime$/, ({ value }) => {
        const literal = text.only(value);
        if (literal?.kind === "string") return /\.\d{4}/.test(literal.text) ? "error" : null;
        return evidentType(text, value) === "date" ? null : "warning";
      })(text),
      ...atTokens((at) => {
        const literal = text.tokens[at + 1];
        return text.is(at, "timestamp") && literal?.kind === "string" && /\.\d{7}/.test(literal.text) ? "error" : null;
      })(text),
    ],
  },
  {
    construct: "parts of an interval",
    difference: "36 hours are 0 days in DuckDB and 1 day in Trino",
    portable: "take the parts of moments, not of their difference",
    find: inCalls("extract date_part day hour minute second", ({ args }, text) => {
      const last = args.at(-1);
      if (last === undefined) return null;
      const from = text.tokens.findIndex((_, at) => at > last.from && at < last.to && text.is(at, "from"));
      return evidentType(text, from < 0 ? last : { from: from + 1, to: last.to }) === "interval" ? "error" : null;
    }),
  },
  {
    construct: "millisecond",
    difference: "DuckDB counts the seconds in, Trino does not",
    portable: "a macro that is dispatched (`extract(millisecond from x) % 1000` on DuckDB)",
    find: inCalls("millisecond millisecond_of_second"),
  },
  {
    construct: "patterns of dates",
    difference: "patterns are strftime's in DuckDB, MySQL's or Java's in Trino: %M and %h are not what they seem",
    portable: "a macro that is dispatched, or date parts",
    find: inCalls(
      "date_format date_parse format_datetime parse_datetime strftime strptime to_char to_date try_strptime",
    ),
  },
];
