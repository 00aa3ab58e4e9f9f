import { evidentType } from "./evident-type.ts";
import { isSubscript } from "./operands.ts";
import { atTokens, inCalls, inCasts, type Finding, type HazardRule } from "./rule.ts";
import type { SqlText } from "./sql-text.ts";

const COMPARISONS = ["=", "<>", "!=", "<", ">", "<=", ">="];

/** Whether a bracket group is a row `(a, b)` or an array literal. */
function isComposite(text: SqlText, open: number): boolean {
  const close = text.partner(open);
  if (close === undefined) return false;
  if (text.sign(open, "[")) return text.is(open - 1, "array") || !isSubscript(text, open);
  const before = text.tokens[open - 1];
  if (!text.sign(open, "(")) return false;
  if (before?.kind === "word" && !text.is(open - 1, "where", "and", "or", "not", "select", "on", "when", "row"))
    return false;
  for (let at = open + 1; at < close; at++) {
    if (text.is(at, "select")) return false;
    if (text.sign(at, "(", "[")) at = text.partner(at) ?? at;
    else if (text.sign(at, ",")) return true;
  }
  return false;
}

/** A comparison of rows or arrays on either side of this token. */
function comparesComposite(at: number, text: SqlText): boolean {
  const isIn = text.is(at, "in");
  if (!isIn && !text.sign(at, ...COMPARISONS)) return false;
  const before = text.is(at - 1, "not") ? at - 1 : at;
  const open = text.sign(before - 1, ")", "]") ? text.partner(before - 1) : undefined;
  if (open !== undefined && isComposite(text, open)) return true;
  const after = text.is(at + 1, "array", "row") ? at + 2 : at + 1;
  return !isIn && text.sign(after, "(", "[") && isComposite(text, after);
}

/** `a.*` in a text that joins by USING or NATURAL. */
function starOfJoin(text: SqlText): Finding[] {
  const merges = text.tokens.some(
    (_, at) => (text.is(at, "using") && text.sign(at + 1, "(")) || text.is(at, "natural"),
  );
  if (!merges) return [];
  return text.tokens.flatMap((token, at) =>
    (token.kind === "word" || token.kind === "name") && text.sign(at + 1, ".") && text.sign(at + 2, "*")
      ? [{ at, severity: "error" as const }]
      : [],
  );
}

/** Names that AS gives to expressions. */
function aliases(text: SqlText): ReadonlySet<string> {
  return new Set(
    text.tokens.flatMap((token, at) =>
      text.is(at - 1, "as") && (token.kind === "word" || token.kind === "name") && !text.sign(at + 1, "(")
        ? [bare(token.text)]
        : [],
    ),
  );
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll('"', "");
}

/** Expressions over an output name in the ORDER BY of a query. */
function orderedByExpression(text: SqlText): Finding[] {
  const names = aliases(text);
  return text.tokens.flatMap((_, at) => {
    if (!text.is(at, "order") || !text.is(at + 1, "by") || isInCall(text, at)) return [];
    return orderItems(text, at + 2)
      .filter((item) => isExpressionOver(text, item, names))
      .map(({ from }) => ({ at: from, severity: "error" as const }));
  });
}

function isInCall(text: SqlText, at: number): boolean {
  for (let open = at - 1; open >= 0; open--) {
    if (text.sign(open, ")", "]")) open = text.partner(open) ?? open;
    else if (text.sign(open, "(", "[")) return !text.is(open + 1, "select", "with", "from", "values");
  }
  return false;
}

function orderItems(text: SqlText, start: number): { from: number; to: number }[] {
  const items: { from: number; to: number }[] = [];
  let from = start;
  let at = start;
  for (; at < text.tokens.length; at++) {
    if (text.sign(at, "(", "[")) at = text.partner(at) ?? at;
    else if (text.sign(at, ")", "]") || text.is(at, "limit", "offset", "fetch", "union", "except", "intersect")) break;
    else if (text.sign(at, ",")) {
      items.push({ from, to: at });
      from = at + 1;
    }
  }
  return [...items, { from, to: at }];
}

function isExpressionOver(text: SqlText, item: { from: number; to: number }, names: ReadonlySet<string>): boolean {
  const words = text.slice(item).filter((token) => !/^(asc|desc|nulls|first|last)$/i.test(token.text));
  if (words.length < 2) return false;
  return words.some((token) => (token.kind === "word" || token.kind === "name") && names.has(bare(token.text)));
}

export const QUERY_RULES: readonly HazardRule[] = [
  {
    construct: "t.* of a join by USING",
    difference: "DuckDB keeps the joined column in `t.*`, Trino leaves it out",
    portable: "join with ON, or name the columns",
    find: starOfJoin,
  },
  {
    construct: "ORDER BY an expression over an output name",
    difference: "where a column of the input has that name too, DuckDB takes the input's, Trino the output's",
    portable: "order by the bare name, or give the output another name",
    find: orderedByExpression,
  },
  {
    construct: "comparison of rows or arrays",
    difference: "a NULL inside is a value in DuckDB; in Trino it makes the answer NULL",
    portable: "compare field by field",
    find: atTokens((at, text) => (comparesComposite(at, text) ? "warning" : null)),
  },
  {
    construct: "element of an array or map",
    difference: "outside of the array, or without the key, DuckDB gives NULL, Trino fails",
    portable: "a macro that is dispatched (`element_at` on Trino)",
    find: atTokens((at, text) => (isSubscript(text, at) && text.tokens[at + 1]?.kind !== "sign" ? "warning" : null)),
  },
  {
    construct: "element_at",
    difference: "of a map DuckDB gives a list, Trino the value",
    portable: "a macro that is dispatched",
    find: inCalls("element_at"),
  },
  {
    construct: "functions of arrays",
    difference: "NULLs inside, what is not found and the order of the result are treated differently",
    portable: "`unnest`, and plain SQL over its rows",
    find: inCalls(
      "array_distinct array_position array_intersect array_except array_union slice array_slice list_slice",
      () => "error",
    ),
  },
  {
    construct: "contains",
    difference: "where it is not found and a NULL is inside, DuckDB gives false, Trino NULL",
    portable: "`coalesce(contains(a, x), false)`",
    find: inCalls("contains", ({ at }, text) => (text.is(at - 2, "coalesce") ? null : "warning")),
  },
  {
    construct: "cast to JSON",
    difference:
      "DuckDB reads the text as JSON, Trino makes a JSON string of it; blanks in a literal stay in DuckDB only",
    portable: "a macro that is dispatched (`json_parse` on Trino)",
    find: (text) => [
      ...inCasts(/^json$/, () => "error")(text),
      ...atTokens((at) => (text.is(at, "json") && text.tokens[at + 1]?.kind === "string" ? "error" : null))(text),
    ],
  },
  {
    construct: "functions of JSON",
    difference: "paths (`$` or `lax $`), what is no scalar, what is no array and NULLs inside are treated differently",
    portable: "`json_extract` with a plain path, or a macro that is dispatched",
    find: inCalls("json_value json_query json_exists json_array json_object json_array_length json_contains json_size"),
  },
  {
    construct: "max_by and min_by",
    difference: "DuckDB passes over rows whose value is NULL, Trino does not",
    portable: "`max_by(x, y) filter (where x is not null)`",
    find: inCalls("max_by min_by arg_max arg_min", (call, text) => (isFiltered(text, call.at) ? null : "warning")),
  },
  {
    construct: "count_if",
    difference: "where the condition is NULL in every row, DuckDB gives NULL, Trino 0",
    portable: "`count(case when x then 1 end)`",
    find: inCalls("count_if countif", () => "warning"),
  },
  {
    construct: "a value of whichever row comes",
    difference: "each engine takes another row",
    portable: "`min`, `max`, or `max_by` of something that is unique",
    find: inCalls("any_value arbitrary first last", () => "warning"),
  },
  {
    construct: "percentiles",
    difference: "exact and between two values in DuckDB; Trino has approximate ones only, which take one of the values",
    portable: "`row_number` and `count` over the rows in order",
    find: inCalls(
      "percentile_cont percentile_disc quantile quantile_cont quantile_disc approx_percentile approx_quantile median",
    ),
  },
  {
    construct: "clauses that translators drop",
    difference: "one engine does not have it, and what stands in for it gives other rows",
    portable: "`rank` and a filter for WITH TIES; a difference of sums for EXCLUDE; CASE for PIVOT",
    find: atTokens((at, text) => {
      const ties = text.is(at, "ties") && text.is(at - 1, "with", "exclude");
      const exclude = text.is(at, "exclude") && text.is(at + 1, "current", "group", "no");
      return ties || exclude || (text.is(at, "pivot", "unpivot") && text.sign(at + 1, "(")) ? "error" : null;
    }),
  },
  {
    construct: "samples",
    difference: "each engine draws other rows",
    portable: "a filter on a hash or a key",
    find: atTokens((at, text) =>
      text.is(at, "tablesample") || (text.is(at, "using") && text.is(at + 1, "sample")) ? "warning" : null,
    ),
  },
  {
    construct: "JSON as text",
    difference: "a JSON string as text keeps its quotes in DuckDB, Trino takes them away",
    portable: "a macro that is dispatched (`json_extract_scalar` on Trino, `json_extract_string` on DuckDB)",
    find: inCasts(/^(varchar|text|string)/, ({ value }, text) =>
      evidentType(text, value) === "json" ? "error" : null,
    ),
  },
];

/** Whether a FILTER follows the call that begins here. */
function isFiltered(text: SqlText, at: number): boolean {
  const close = text.partner(at + 1);
  return close !== undefined && text.is(close + 1, "filter");
}
