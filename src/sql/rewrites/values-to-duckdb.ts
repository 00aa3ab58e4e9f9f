import { evidentType } from "../hazards/evident-type.ts";
import type { Call, SqlText } from "../hazards/sql-text.ts";
import { countOnDuckDb, extractOnDuckDb, replaceOnDuckDb } from "./regexp.ts";
import { asCall, inCallsOf, isFollowed, textOf, wholeOf, type Rewrite } from "./rewrite.ts";

/** What Trino's trim takes away. */
const BLANKS = [9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x1680, 0x2028, 0x2029, 0x205f, 0x3000]
  .concat([0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2008, 0x2009, 0x200a])
  .map((code) => `chr(${String(code)})`)
  .join(" || ");

const isArray = ({ args }: Call, text: SqlText) => args.every((arg) => evidentType(text, arg) === "array");
const plain = (call: Call, text: SqlText) => !isFollowed(text, call);

/** A list that is looked at more than once: `l` in the body. */
function withList(list: string, body: string): string {
  return `list_transform([${list}], l -> ${body})[1]`;
}

const DISTINCT = "list_filter(l, (v, i) -> list_position(l, v) = i)";
const HAS_NULL = "len(list_filter(l, v -> v is null)) > 0";

const TEXT: readonly Rewrite[] = [
  {
    construct: "concat",
    reason: "NULL if one is NULL",
    find: inCallsOf("concat", [2, 3, 4, 5, 6, 7, 8], ({ args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      const list = args.map((_, i) => `$${String(i + 1)}`).join(" || ");
      if (types.every((type) => type === "array")) return { template: `(${list})`, type: "array" };
      // Trino puts texts or arrays together, and takes nothing else.
      return { template: `(${list})`, type: types.includes("string") ? "string" : null };
    }),
  },
  {
    construct: "upper",
    reason: "ß has no capital in Trino",
    find: asCall("upper", 1, "array_to_string(list_transform(string_split($1, 'ß'), v -> upper(v)), 'ß')", "string"),
  },
  { construct: "trim", reason: "DuckDB takes away other blanks", find: asCall("trim", 1, `trim($1, ${BLANKS})`, "string", ({ args: [value] }, text) => value !== undefined && !text.slice(value).some((token) => token.text.toLowerCase() === "from")) },
  { construct: "ltrim", reason: "DuckDB takes away other blanks", find: asCall("ltrim", 1, `ltrim($1, ${BLANKS})`, "string") },
  { construct: "rtrim", reason: "DuckDB takes away other blanks", find: asCall("rtrim", 1, `rtrim($1, ${BLANKS})`, "string") },
  {
    construct: "replace",
    reason: "of '' Trino writes between the letters",
    find: inCallsOf("replace", [2, 3], ({ args }, text) => {
      const by = args.length > 2 ? "$3" : "''";
      if ((textOf(text, args[1]) ?? "") !== "") return { template: `replace($1, $2, ${by})`, type: "string" };
      return { template: `(case when $2 = '' then error('replace of an empty text') else replace($1, $2, ${by}) end)`, type: "string" };
    }),
  },
  {
    construct: "repeat",
    reason: "Trino's makes an array",
    find: asCall("repeat", 2, "list_transform(range($2), v -> $1)", "array"),
  },
  {
    construct: "substr",
    reason: "out of the text there is nothing",
    find: inCallsOf("substr substring", [2, 3], ({ args: [, begin, count] }, text) => {
      const size = wholeOf(text, count) ?? -1;
      if ((wholeOf(text, begin) ?? 0) >= 1 && (count === undefined || size >= 0))
        return { template: count === undefined ? "substr($1, $2)" : "substr($1, $2, $3)", type: "string" };
      if (count === undefined)
        return { template: "(case when $2 = 0 or $2 < -length($1) then substr($1, 1, 0 * $2) else substr($1, $2) end)", type: "string" };
      return {
        template: "(case when $2 = 0 or $2 < -length($1) or $3 <= 0 then substr($1, 1, 0 * $2 * $3) else substr($1, $2, $3) end)",
        type: "string",
      };
    }),
  },
  {
    construct: "split_part",
    reason: "past the last part there is NULL",
    find: asCall("split_part", 3, "string_split($1, $2)[$3]", "string", ({ args: [, separator, number] }, text) => (textOf(text, separator) ?? "") !== "" && (wholeOf(text, number) ?? 0) >= 1),
  },
  { construct: "regexp_replace", reason: "every match, and groups are $1", find: inCallsOf("regexp_replace", [2, 3], replaceOnDuckDb) },
  { construct: "regexp_extract", reason: "without a match there is NULL", find: inCallsOf("regexp_extract", [2, 3], extractOnDuckDb) },
  { construct: "regexp_count", reason: "DuckDB has none", find: inCallsOf("regexp_count", [2], countOnDuckDb) },
  { construct: "codepoint", reason: "DuckDB's unicode", find: asCall("codepoint", 1, "unicode($1)", "integer") },
  { construct: "normalize", reason: "DuckDB's nfc_normalize", find: asCall("normalize", 1, "nfc_normalize($1)", "string") },
  { construct: "hamming_distance", reason: "DuckDB's hamming", find: asCall("hamming_distance", 2, "(case when length($1) = 0 and length($2) = 0 then 0 else hamming($1, $2) end)", "integer") },
  { construct: "to_base", reason: "letters are small", find: asCall("to_base", 2, "lower(to_base($1, $2))", "string") },
  { construct: "length of bytes", reason: "DuckDB's octet_length", find: asCall("length", 1, "octet_length($1)", "integer", ({ args: [value] }, text) => value !== undefined && text.castOver(value)?.type === "varbinary") },
  { construct: "split_to_map", reason: "DuckDB has none", find: asCall("split_to_map", 3, "map_from_entries(list_transform(string_split($1, $2), v -> {'k': string_split(v, $3)[1], 'v': string_split(v, $3)[2]}))", null, ({ args: [, ...separators] }, text) => separators.every((one) => (textOf(text, one) ?? "") !== "")) },
];

const NUMBERS: readonly Rewrite[] = [
  { construct: "avg", reason: "a double of an integer", find: asCall("avg", 1, "avg($1)", "double", ({ args: [value] }, text) => value !== undefined && ["integer", "double"].includes(evidentType(text, value) ?? "")) },
  {
    construct: "avg of an unknown number",
    reason: "of a decimal Trino keeps the scale, which DuckDB does not",
    find: asCall("avg", 1, "avg(case when typeof($1) like 'DECIMAL%' or typeof($1) = 'FLOAT' then error('avg of a decimal') else $1 end)", "double", ({ args: [value] }, text) => value !== undefined && evidentType(text, value) !== "decimal"),
  },
  {
    construct: "cast to text",
    reason: "doubles and moments are written otherwise, and refused",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        if (type !== "varchar" || lenient || evidentType(text, value) !== null || text.only(value)?.text.toLowerCase() === "null") return [];
        const same = "regexp_matches(typeof($1), '^(VARCHAR|(TINY|SMALL|BIG|HUGE)?INT|INTEGER|DECIMAL|BOOLEAN|DATE$|UUID|\"NULL\")')".replace("$'", "$$$$'");
        const template = `(case when ${same} and typeof($1) not like '%[]' then cast($1 as varchar) else error('a cast to text of what the engines write differently') end)`;
        return [{ from: at, to: text.castEnd(at), args: [value], template, type: "string" as const }];
      }),
  },
  {
    construct: "cast to a text of a length",
    reason: "DuckDB does not cut off",
    find: (text) =>
      text.casts.flatMap(({ at, value, type }) => {
        const length = /^varchar\((\d+)\)$/.exec(type)?.[1];
        if (length === undefined || evidentType(text, value) !== "string") return [];
        return [{ from: at, to: text.castEnd(at), args: [value], template: `substr($1, 1, ${length})`, type: "string" as const }];
      }),
  },
  { construct: "x'…'", reason: "bytes", find: (text) => text.tokens.flatMap((token, at) => {
    const literal = text.tokens[at + 1];
    if (!text.is(at, "x") || literal?.kind !== "string" || literal.start - 1 !== token.start || !/^'([0-9A-Fa-f]{2})*'$/.test(literal.text)) return [];
    return [{ from: at, to: at + 2, args: [], template: `unhex(${literal.text})`, type: null }];
  }) },
  { construct: "url_encode", reason: "blanks, ~ and * are written otherwise", find: asCall("url_encode", 1, "replace(replace(replace(url_encode($1), '%20', '+'), '%2A', '*'), '~', '%7E')", "string") },
  { construct: "url_decode", reason: "a + is a blank", find: asCall("url_decode", 1, "url_decode(replace($1, '+', ' '))", "string") },
  {
    construct: "greatest",
    reason: "NULL if one is NULL",
    find: inCallsOf("greatest least", [1, 2, 3, 4, 5, 6, 7, 8, 9], ({ name, args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      const [type] = types;
      const list = args.map((_, i) => `$${String(i + 1)}`);
      return {
        template: `(case when ${list.map((one) => `${one} is null`).join(" or ")} then null else ${name}(${list.join(", ")}) end)`,
        type: types.every((one) => one === type) ? (type ?? null) : null,
      };
    }),
  },
  {
    construct: "cast to a whole number",
    reason: "halves go away from zero",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const whole = { tinyint: "tinyint", smallint: "smallint", integer: "integer", int: "integer", bigint: "bigint" }[type];
        const from = evidentType(text, value);
        if (whole === undefined || !["double", "number", null].includes(from) || text.only(value)?.text.toLowerCase() === "null") return [];
        // What is no number is refused by round.
        const template = `${lenient ? "try_cast" : "cast"}(round($1) as ${whole})`;
        return [{ from: at, to: text.castEnd(at), args: [value], template, type: "integer" as const }];
      }),
  },
  { construct: "bitwise_and", reason: "an operator in DuckDB", find: asCall("bitwise_and", 2, "(($1) & ($2))", "integer") },
  { construct: "bitwise_or", reason: "an operator in DuckDB", find: asCall("bitwise_or", 2, "(($1) | ($2))", "integer") },
  { construct: "bitwise_xor", reason: "a function of another name", find: asCall("bitwise_xor", 2, "xor($1, $2)", "integer") },
  { construct: "bitwise_not", reason: "an operator in DuckDB", find: asCall("bitwise_not", 1, "(~($1))", "integer") },
  { construct: "bitwise_left_shift", reason: "an operator in DuckDB", find: asCall("bitwise_left_shift", 2, "(cast($1 as bigint) << ($2))", "integer", ({ args }, text) => args.every((arg) => (wholeOf(text, arg) ?? -1) >= 0)) },
  { construct: "bitwise_right_shift", reason: "an operator in DuckDB", find: asCall("bitwise_right_shift", 2, "(cast($1 as bigint) >> ($2))", "integer", ({ args }, text) => args.every((arg) => (wholeOf(text, arg) ?? -1) >= 0)) },
  { construct: "bit_count", reason: "of 64 bits", find: asCall("bit_count", 2, "bit_count(cast($1 as bigint))", "integer", ({ args: [, bits] }, text) => wholeOf(text, bits) === 64) },
  { construct: "bitwise_and_agg", reason: "another name", find: asCall("bitwise_and_agg", 1, "bit_and($1)", "integer") },
  { construct: "bitwise_or_agg", reason: "another name", find: asCall("bitwise_or_agg", 1, "bit_or($1)", "integer") },
  { construct: "bitwise_xor_agg", reason: "another name", find: asCall("bitwise_xor_agg", 1, "bit_xor($1)", "integer") },
  { construct: "e", reason: "DuckDB has none", find: asCall("e", 0, "exp(1.0)", "double") },
  { construct: "infinity", reason: "a literal in DuckDB", find: asCall("infinity", 0, "cast('Infinity' as double)", "double") },
  { construct: "is_nan", reason: "another name", find: asCall("is_nan", 1, "isnan($1)", "boolean") },
  { construct: "is_infinite", reason: "another name", find: asCall("is_infinite", 1, "isinf($1)", "boolean") },
  { construct: "is_finite", reason: "another name", find: asCall("is_finite", 1, "isfinite($1)", "boolean") },
  {
    construct: "width_bucket",
    reason: "DuckDB has none",
    find: asCall(
      "width_bucket",
      4,
      "cast(case when $1 < $2 then 0 when $1 >= $3 then $4 + 1 else floor(cast($4 as double) * ($1 - $2) / ($3 - $2)) + 1 end as bigint)",
      "integer",
      ({ args: [, low, high] }, text) => [low, high].every((one) => text.only(one)?.kind === "number") && Number(text.only(low)?.text) < Number(text.only(high)?.text),
    ),
  },
  { construct: "try", reason: "DuckDB has TRY too, and NULL where a division fails", find: asCall("try", 1, "try($1)") },
];

/** The answer of every element: true, false, or NULL where one is NULL. */
function quantified(found: string, otherwise: string, sought: boolean): string {
  return withList(
    "list_transform($1, $2)",
    `case when l is null then null when list_contains(l, ${String(sought)}) then ${found} when ${HAS_NULL} then null else ${otherwise} end`,
  );
}

const LISTS: readonly Rewrite[] = [
  { construct: "cardinality", reason: "of an array", find: asCall("cardinality", 1, "len($1)", "integer", isArray) },
  { construct: "cardinality of a map", reason: "of a map DuckDB has it too", find: asCall("cardinality", 1, "cardinality($1)", "integer", ({ args: [value] }, text) => value !== undefined && /^(map|map_agg|map_from_entries|histogram|split_to_map)$/.test(text.callOver(value)?.name ?? "")) },
  { construct: "element_at", reason: "DuckDB's brackets, which give NULL too", find: asCall("element_at", 2, "($1)[$2]") },
  { construct: "array_max", reason: "NULL if one is NULL", find: asCall("array_max", 1, withList("$1", `case when ${HAS_NULL} then null else list_max(l) end`)) },
  { construct: "array_min", reason: "NULL if one is NULL", find: asCall("array_min", 1, withList("$1", `case when ${HAS_NULL} then null else list_min(l) end`)) },
  { construct: "array_distinct", reason: "in the order of the array, with NULL", find: asCall("array_distinct", 1, withList("$1", DISTINCT), "array") },
  { construct: "array_union", reason: "in the order of the arrays", find: asCall("array_union", 2, withList("($1) || ($2)", DISTINCT), "array") },
  {
    construct: "array_except",
    reason: "in the order of the array",
    find: asCall("array_except", 2, withList("list_filter($1, v -> list_position($2, v) is null)", DISTINCT), "array", isArray),
  },
  {
    construct: "array_position",
    reason: "0 where it is not found",
    find: asCall("array_position", 2, "(case when $1 is not null and $2 is not null then coalesce(list_position($1, $2), 0) end)", "integer"),
  },
  { construct: "array_remove", reason: "NULLs stay", find: asCall("array_remove", 2, "(case when $2 is not null then list_filter($1, v -> v is null or v <> $2) end)", "array") },
  {
    construct: "contains",
    reason: "NULL where it is not found beside a NULL",
    find: asCall(
      "contains",
      2,
      withList("$1", `case when $2 is null then null when list_contains(l, $2) then true when ${HAS_NULL} then null else list_contains(l, $2) end`),
      "boolean",
    ),
  },
  {
    construct: "arrays_overlap",
    reason: "NULL where only a NULL is in both",
    find: asCall(
      "arrays_overlap",
      2,
      "(case when $1 is null or $2 is null then null when list_has_any(list_filter($1, v -> v is not null), $2) then true when len(list_filter($1, v -> v is null)) > 0 or len(list_filter($2, v -> v is null)) > 0 then null else false end)",
      "boolean",
    ),
  },
  { construct: "any_match", reason: "DuckDB has none", find: asCall("any_match", 2, quantified("true", "false", true), "boolean") },
  { construct: "none_match", reason: "DuckDB has none", find: asCall("none_match", 2, quantified("false", "true", true), "boolean") },
  { construct: "all_match", reason: "DuckDB has none", find: asCall("all_match", 2, quantified("false", "true", false), "boolean") },
  { construct: "transform", reason: "another name", find: asCall("transform", 2, "list_transform($1, $2)", "array") },
  { construct: "filter", reason: "another name", find: asCall("filter", 2, "list_filter($1, $2)", "array") },
  { construct: "reduce", reason: "DuckDB's begins with a value at its end", find: asCall("reduce", 4, "list_transform([list_reduce($1, $3, $2)], $4)[1]") },
  { construct: "flatten", reason: "the translator makes rows of it", find: asCall("flatten", 1, "flatten($1)", "array") },
  {
    construct: "slice",
    reason: "DuckDB's takes an end",
    find: asCall("slice", 3, "list_slice($1, $2, $2 + $3 - 1)", "array", ({ args: [, from, length] }, text) => (wholeOf(text, from) ?? 0) >= 1 && (wholeOf(text, length) ?? 0) >= 1),
  },
  { construct: "reverse of an array", reason: "another name", find: asCall("reverse", 1, "list_reverse($1)", "array", isArray) },
  { construct: "array_join", reason: "of texts; what is no text DuckDB refuses to trim", find: asCall("array_join", 2, "array_to_string(list_transform($1, v -> rtrim(v, '')), $2)", "string") },
  { construct: "array_join with NULLs", reason: "of texts", find: asCall("array_join", 3, "array_to_string(list_transform($1, v -> coalesce(rtrim(v, ''), $3)), $2)", "string") },
  {
    construct: "sequence",
    reason: "both ends, and down where the first is greater",
    find: inCallsOf("sequence", [2, 3], ({ args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      if (types.every((type) => type === "integer"))
        return { template: args.length > 2 ? "generate_series($1, $2, $3)" : "generate_series($1, $2, case when $1 > $2 then -1 else 1 end)", type: "array" };
      if (types[0] !== "date" || types[1] !== "date" || (args.length > 2 && types[2] !== "interval")) return null;
      const step = args.length > 2 ? "$3" : "case when $1 > $2 then -interval 1 day else interval 1 day end";
      return { template: `list_transform(generate_series(cast($1 as timestamp), cast($2 as timestamp), ${step}), v -> cast(v as date))`, type: "array" };
    }),
  },
];

const AGGREGATES: readonly Rewrite[] = [
  {
    construct: "max_by",
    reason: "rows without a value count",
    find: inCallsOf("max_by min_by", [2], ({ name }) => ({ template: `${name === "max_by" ? "arg_max_null" : "arg_min_null"}($1, $2)`, type: null })),
  },
  { construct: "max of n", reason: "the translator takes it for greatest", find: inCallsOf("max min", [2], ({ name }) => ({ template: `${name}($1, $2)`, type: "array" })) },
  { construct: "map_agg", reason: "DuckDB has none", find: asCall("map_agg", 2, "map(list($1) filter (where $1 is not null), list($2) filter (where $1 is not null))", null, plain) },
  {
    construct: "covar of doubles",
    reason: "of integers Trino gives reals",
    find: inCallsOf("covar_pop covar_samp", [2], ({ name, args }, text) => (args.every((arg) => evidentType(text, arg) === "double") ? { template: `${name}($1, $2)`, type: "double" } : null)),
  },
];

const JSON_TYPES: readonly Rewrite[] = [
  {
    construct: "json_extract_scalar",
    reason: "of an object NULL; numbers are written otherwise",
    find: inCallsOf("json_extract_scalar", [2], ({ args: [, path] }, text) => {
      if (!/^\$(\.\w+|\[\d+\])+$/.test(textOf(text, path) ?? "")) return null;
      return {
        template: "(case when not json_valid($1) then null when json_type($1, $2) in ('OBJECT', 'ARRAY') then null when json_type($1, $2) = 'DOUBLE' then error('a JSON number with a fraction as text') else json_extract_string($1, $2) end)",
        type: "string",
      };
    }),
  },
  { construct: "json_parse", reason: "without blanks", find: asCall("json_parse", 1, "json($1)", "json") },
  {
    construct: "json_array_length",
    reason: "NULL of what is no array",
    find: asCall("json_array_length", 1, "(case when json_valid($1) and json_type($1) = 'ARRAY' then json_array_length($1) end)", "integer"),
  },
];

/** For one place the first is taken. */
export const VALUES_TO_DUCKDB: readonly Rewrite[] = [...TEXT, ...NUMBERS, ...LISTS, ...AGGREGATES, ...JSON_TYPES];
