import { evidentType } from "../hazards/evident-type.ts";
import type { Call, SqlText } from "../hazards/sql-text.ts";
import { asCall, inCallsOf, textOf, wholeOf, type Rewrite } from "./rewrite.ts";
import { textOrError } from "./values-to-duckdb.ts";

const isArray = ({ args }: Call, text: SqlText) => args.every((arg) => evidentType(text, arg) === "array");

/** A list that is looked at more than once: `dh_l` in the body. */
function withList(list: string, body: string): string {
  return `list_transform([${list}], dh_l -> ${body})[1]`;
}

const DISTINCT = "list_filter(dh_l, (dh_v, dh_i) -> list_position(dh_l, dh_v) = dh_i)";
const HAS_NULL = "len(list_filter(dh_l, dh_v -> dh_v is null)) > 0";

/** The answer of every element: true, false, or NULL where one is NULL. */
function quantified(found: string, otherwise: string, sought: boolean): string {
  return withList(
    "list_transform($1, $2)",
    `case when dh_l is null then null when list_contains(dh_l, ${String(sought)}) then ${found} when ${HAS_NULL} then null else ${otherwise} end`,
  );
}

/** Dates from the first on, each so many months after it: the end of a month stays one. */
const BY_MONTHS =
  "list_filter(list_transform(range(0, greatest(date_diff('month', $1, $2), 0) + 1), dh_i -> cast($1 + cast(dh_i as integer) * $3 as date)), dh_v -> dh_v <= $2)";

/** Arrays, maps and JSON. */
export const LISTS_TO_DUCKDB: readonly Rewrite[] = [
  { construct: "cardinality", reason: "of an array", find: asCall("cardinality", 1, "len($1)", "integer", isArray) },
  {
    construct: "cardinality of a map",
    reason: "of a map DuckDB has it too",
    find: asCall(
      "cardinality",
      1,
      "cardinality($1)",
      "integer",
      ({ args: [value] }, text) =>
        value !== undefined &&
        /^(map|map_agg|map_from_entries|histogram|split_to_map)$/.test(text.callOver(value)?.name ?? ""),
    ),
  },
  {
    construct: "element_at",
    reason: "DuckDB's brackets, which give NULL too",
    find: asCall("element_at", 2, "($1)[$2]"),
  },
  {
    construct: "array_max",
    reason: "NULL if one is NULL",
    find: asCall("array_max", 1, withList("$1", `case when ${HAS_NULL} then null else list_max(dh_l) end`)),
  },
  {
    construct: "array_min",
    reason: "NULL if one is NULL",
    find: asCall("array_min", 1, withList("$1", `case when ${HAS_NULL} then null else list_min(dh_l) end`)),
  },
  {
    construct: "array_distinct",
    reason: "in the order of the array, with NULL",
    find: asCall("array_distinct", 1, withList("$1", DISTINCT), "array"),
  },
  {
    construct: "array_union",
    reason: "in the order of the arrays",
    find: asCall("array_union", 2, withList("($1) || ($2)", DISTINCT), "array"),
  },
  {
    construct: "array_except",
    reason: "in the order of the array",
    find: asCall(
      "array_except",
      2,
      withList("list_filter($1, dh_v -> list_position($2, dh_v) is null)", DISTINCT),
      "array",
      isArray,
    ),
  },
  {
    construct: "array_position",
    reason: "0 where it is not found",
    find: asCall(
      "array_position",
      2,
      "(case when $1 is not null and $2 is not null then coalesce(list_position($1, $2), 0) end)",
      "integer",
    ),
  },
  {
    construct: "array_remove",
    reason: "NULLs stay",
    find: asCall(
      "array_remove",
      2,
      "(case when $2 is not null then list_filter($1, dh_v -> dh_v is null or dh_v <> $2) end)",
      "array",
    ),
  },
  {
    construct: "contains",
    reason: "NULL where it is not found beside a NULL",
    find: asCall(
      "contains",
      2,
      withList(
        "$1",
        `case when $2 is null then null when list_contains(dh_l, $2) then true when ${HAS_NULL} then null else list_contains(dh_l, $2) end`,
      ),
      "boolean",
    ),
  },
  {
    construct: "arrays_overlap",
    reason: "NULL where only a NULL is in both",
    find: asCall(
      "arrays_overlap",
      2,
      "(case when $1 is null or $2 is null then null when list_has_any(list_filter($1, dh_v -> dh_v is not null), $2) then true when len(list_filter($1, dh_v -> dh_v is null)) > 0 or len(list_filter($2, dh_v -> dh_v is null)) > 0 then null else false end)",
      "boolean",
    ),
  },
  {
    construct: "any_match",
    reason: "DuckDB has none",
    find: asCall("any_match", 2, quantified("true", "false", true), "boolean"),
  },
  {
    construct: "none_match",
    reason: "DuckDB has none",
    find: asCall("none_match", 2, quantified("false", "true", true), "boolean"),
  },
  {
    construct: "all_match",
    reason: "DuckDB has none",
    find: asCall("all_match", 2, quantified("false", "true", false), "boolean"),
  },
  { construct: "transform", reason: "another name", find: asCall("transform", 2, "list_transform($1, $2)", "array") },
  { construct: "filter", reason: "another name", find: asCall("filter", 2, "list_filter($1, $2)", "array") },
  {
    construct: "reduce",
    reason: "DuckDB's begins with a value at its end",
    find: asCall("reduce", 4, "list_transform([list_reduce($1, $3, $2)], $4)[1]"),
  },
  {
    construct: "flatten",
    reason: "the translator makes rows of it",
    find: asCall("flatten", 1, "flatten($1)", "array"),
  },
  {
    construct: "slice",
    reason: "DuckDB's takes an end",
    find: asCall(
      "slice",
      3,
      "list_slice($1, $2, $2 + $3 - 1)",
      "array",
      ({ args: [, from, length] }, text) => (wholeOf(text, from) ?? 0) >= 1 && (wholeOf(text, length) ?? 0) >= 1,
    ),
  },
  {
    construct: "reverse of an array",
    reason: "another name",
    find: asCall("reverse", 1, "list_reverse($1)", "array", isArray),
  },
  {
    construct: "array_join",
    reason: "'' where all are NULL; what is written differently is refused",
    find: asCall(
      "array_join",
      2,
      `(case when $1 is not null then coalesce(array_to_string(list_transform($1, dh_v -> ${textOrError("dh_v")}), $2), '') end)`,
      "string",
    ),
  },
  {
    construct: "array_join with NULLs",
    reason: "what is written differently is refused",
    find: asCall(
      "array_join",
      3,
      `array_to_string(list_transform($1, dh_v -> coalesce(${textOrError("dh_v")}, $3)), $2)`,
      "string",
    ),
  },
  {
    construct: "sequence",
    reason: "both ends, and down where the first is greater",
    find: inCallsOf("sequence", [2, 3], ({ args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      if (types.every((type) => type === "integer"))
        return {
          template:
            args.length > 2
              ? "generate_series($1, $2, $3)"
              : "generate_series($1, $2, case when $1 > $2 then -1 else 1 end)",
          type: "array",
        };
      const step = args[2] === undefined ? "" : (text.tokens[args[2].to - 1]?.text.toLowerCase() ?? "");
      if (types[0] === "timestamp" && types[1] === "timestamp" && /^(day|hour|minute|second)$/.test(step))
        return { template: "generate_series($1, $2, $3)", type: "array" };
      if (types[0] !== "date" || types[1] !== "date" || (args.length > 2 && types[2] !== "interval")) return null;
      if (/^(month|year)s?$/.test(step))
        return text.sign((args[2]?.from ?? 0) + 1, "-") ? null : { template: BY_MONTHS, type: "array" };
      const by = args.length > 2 ? "$3" : "case when $1 > $2 then -interval 1 day else interval 1 day end";
      return {
        template: `list_transform(generate_series(cast($1 as timestamp), cast($2 as timestamp), ${by}), dh_v -> cast(dh_v as date))`,
        type: "array",
      };
    }),
  },
  {
    construct: "json_extract_scalar",
    reason: "of an object NULL; numbers are written otherwise",
    find: inCallsOf("json_extract_scalar", [2], ({ args: [, path] }, text) => {
      if (!/^\$(\.\w+|\[\d+\])+$/.test(textOf(text, path) ?? "")) return null;
      return {
        template:
          "(case when not json_valid($1) then null when json_type($1, $2) in ('OBJECT', 'ARRAY') then null when json_type($1, $2) = 'DOUBLE' then error('not translated: a JSON number with a fraction as text') else json_extract_string($1, $2) end)",
        type: "string",
      };
    }),
  },
  { construct: "json_parse", reason: "without blanks", find: asCall("json_parse", 1, "json($1)", "json") },
  {
    construct: "json_array_length",
    reason: "NULL of what is no array",
    find: asCall(
      "json_array_length",
      1,
      "(case when json_valid($1) and json_type($1) = 'ARRAY' then json_array_length($1) end)",
      "integer",
    ),
  },
];
