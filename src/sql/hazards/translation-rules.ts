import { evidentType } from "./evident-type.ts";
import { atTokens, inCalls, type HazardRule } from "./rule.ts";
import type { Range, SqlText } from "./sql-text.ts";

/** Constructs that are no hazard as they stand, or that one engine refuses, but that polyglot writes wrongly for the other. */
export const TRANSLATION_RULES: readonly HazardRule[] = [
  {
    construct: "division by what may be zero",
    difference: "the translator makes infinity NULL",
    portable: "`a / nullif(b, 0)`",
    find: atTokens((at, text) =>
      text.sign(at, "/") && at > 0 && !isNeverZero(text, text.operandAfter(at + 1)) ? "error" : null,
    ),
  },
  {
    construct: "QUALIFY and DISTINCT ON",
    difference: "columns, names and the order of the rows get lost",
    portable: "a subquery with the window as a column, and WHERE",
    find: atTokens((at, text) =>
      (text.is(at, "qualify") && !text.sign(at + 1, ".", ",", ")")) ||
      (text.is(at, "distinct") && text.is(at + 1, "on"))
        ? "error"
        : null,
    ),
  },
  {
    construct: "estimates of how many are distinct",
    difference: "each engine estimates another number",
    portable: "`count(distinct x)`",
    find: inCalls("approx_count_distinct approx_distinct"),
  },
  {
    construct: "patterns",
    difference: "blanks, the end of a text, flags and what matches nothing are read differently",
    portable: "a literal pattern without `\\b`, sets in sets and look-around",
    find: inCalls(
      "regexp_matches regexp_like regexp_extract_all regexp_split regexp_split_to_array string_split_regex str_split_regex",
    ),
  },
  {
    construct: ">>",
    difference: "of negative numbers Trino's shifts zeros in",
    portable: "`floor(x / 2e0)`",
    find: atTokens((at, text) => (text.sign(at, ">>") ? "error" : null)),
  },
  {
    construct: "count of rows",
    difference: "the translator passes over those with a NULL inside",
    portable: "a subquery with DISTINCT",
    find: inCalls("count", ({ args: [value], at }, text) =>
      value !== undefined && text.is(at + 2, "distinct") && text.sign(value.from, "(") && isRow(text, value)
        ? "error"
        : null,
    ),
  },
  {
    construct: "date_add of milliseconds",
    difference: "Trino keeps as many digits as the moment has",
    portable: "a cast to timestamp(6) before",
    find: inCalls("date_add", ({ args: [unit] }, text) =>
      /^'millisecond/i.test(text.only(unit)?.text ?? "") ? "error" : null,
    ),
  },
  {
    construct: "sequence of dates by months",
    difference: "the end of a month is kept only by Trino",
    portable: "a sequence of numbers, and date_add",
    find: inCalls("sequence", ({ args }, text) =>
      args.some((arg) => ["date", "timestamp", "interval"].includes(evidentType(text, arg) ?? "")) ? "error" : null,
    ),
  },
  {
    construct: "the n largest or smallest",
    difference: "it becomes the greater of two values",
    portable: "`row_number` and a filter",
    find: inCalls("max min", ({ args }) => (args.length > 1 ? "error" : null)),
  },
  {
    construct: "functions of arrays, in translation",
    difference: "flatten becomes rows; NULLs inside are treated differently",
    portable: "`unnest`, and plain SQL over its rows",
    find: inCalls("flatten array_max array_min array_remove list_max list_min"),
  },
  {
    construct: "epoch_ms",
    difference: "of a moment it becomes its opposite",
    portable: "a cast that shows what it is of",
    find: inCalls("epoch_ms"),
  },
  {
    construct: "an order given to a sort",
    difference: "it is dropped",
    portable: "`array_agg(x order by …)`",
    find: inCalls("array_sort list_sort array_reverse_sort list_reverse_sort", ({ name, args }) =>
      args.length > 1 || name.includes("reverse") ? "error" : null,
    ),
  },
  {
    construct: "~ and ->>",
    difference: "~ is of the whole text in DuckDB, and what ->> gives of an object the translation does not",
    portable: "`regexp_matches`, `json_extract_string`",
    find: atTokens((at, text) => (text.sign(at, "~", "->>") && at > 0 ? "error" : null)),
  },
  {
    construct: "json_extract_scalar",
    difference: "of an object or array Trino gives NULL, the translation its text",
    portable: "a macro that is dispatched",
    find: inCalls("json_extract_scalar json_extract_string"),
  },
];

function isNeverZero(text: SqlText, divisor: Range): boolean {
  if (text.callOver(divisor)?.name === "nullif") return true;
  const token = text.only(divisor);
  return token?.kind === "number" && Number(token.text) > 0;
}

/** `(a, b)`. */
function isRow(text: SqlText, { from, to }: Range): boolean {
  return text.partner(from) === to - 1 && text.split({ from: from + 1, to: to - 1 }).length > 1;
}
