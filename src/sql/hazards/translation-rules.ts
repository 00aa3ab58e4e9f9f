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
