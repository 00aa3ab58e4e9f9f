import { evidentType } from "../hazards/evident-type.ts";
import type { Call, SqlText } from "../hazards/sql-text.ts";
import { asCall, inCallsOf, isFollowed, textOf, wholeOf, type Rewrite, type Site } from "./rewrite.ts";

/** The n-th of the sorted values, from 0, between two where n is no whole number. */
function between(position: string): string {
  const at = (n: string) => `element_at(v, cast(${n} as integer) + 1)`;
  return `element_at(transform(array[array_agg(cast($1 as double) order by $1) filter (where $1 is not null)], v ->
    ${at(`floor(${position})`)} + (${at(`ceil(${position})`)} - ${at(`floor(${position})`)}) * (${position} - floor(${position}))), 1)`.replace(/\s+/g, " ");
}

function fraction(text: SqlText, range: Parameters<SqlText["only"]>[0]): string | null {
  const token = text.only(range);
  return token?.kind === "number" && Number(token.text) <= 1 ? String(Number(token.text)) : null;
}

function quantile(write: (fraction: string) => string): Rewrite["find"] {
  return inCallsOf("quantile_cont", [2], (call, text) => {
    const share = fraction(text, call.args[1]);
    const [value] = call.args;
    if (share === null || value === undefined || isFollowed(text, call)) return null;
    return { template: write(share), type: "double", args: [value] };
  });
}

const plain = (call: Call, text: SqlText) => !isFollowed(text, call);
const isArray = ({ args }: Call, text: SqlText) => args.every((arg) => evidentType(text, arg) === "array");

export const VALUES_TO_TRINO: readonly Rewrite[] = [
  { construct: "avg", reason: "a double of whatever number", find: asCall("avg mean", 1, "avg(cast($1 as double))", "double") },
  {
    construct: "median",
    reason: "Trino's percentiles are approximate",
    find: asCall("median", 1, between("((cardinality(v) - 1) / 2e0)"), "double", plain),
  },
  { construct: "quantile_cont", reason: "Trino's percentiles are approximate", find: quantile((share) => between(`((cardinality(v) - 1) * ${share}e0)`)) },
  {
    construct: "max_by",
    reason: "rows without a value are passed over",
    find: inCallsOf("max_by min_by arg_max arg_min argmax argmin", [2], (call, text) =>
      isFollowed(text, call, "filter", "within")
        ? null
        : { template: `${call.name.includes("max") ? "max_by" : "min_by"}($1, $2) filter (where $1 is not null)`, type: null },
    ),
  },
  {
    construct: "max of n",
    reason: "the translator takes it for greatest",
    find: inCallsOf("max min", [2], ({ name }) => ({ template: `${name}($1, $2)`, type: "array" })),
  },
  {
    construct: "product",
    reason: "Trino has none",
    find: asCall("product", 1, "reduce_agg(cast($1 as double), 1e0, (a, b) -> a * b, (a, b) -> a * b)", "double", plain),
  },
  { construct: "bit_xor", reason: "Trino's name is longer", find: asCall("bit_xor", 1, "bitwise_xor_agg($1)", "integer") },
  { construct: "list", reason: "Trino's is array_agg", find: (text) => text.calls.filter(({ name, at }) => name === "list" && !text.sign(at - 1, ".")).map(({ at }) => ({ from: at, to: at + 1, args: [], template: "array_agg", type: null, early: true })) },
  {
    construct: "greatest",
    reason: "NULLs are left out",
    find: inCallsOf("greatest least", [1, 2, 3, 4, 5, 6, 7, 8, 9], ({ name, args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      const [type] = types;
      const list = args.map((_, i) => `$${String(i + 1)}`).join(", ");
      const pick = name === "greatest" ? "array_max" : "array_min";
      return { template: `${pick}(filter(array[${list}], v -> v is not null))`, type: types.every((one) => one === type) ? (type ?? null) : null };
    }),
  },
  {
    construct: "cast of a double to a whole number",
    reason: "halves go to the even neighbour",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const whole = { tinyint: "tinyint", smallint: "smallint", integer: "integer", int: "integer", bigint: "bigint" }[type];
        if (whole === undefined || evidentType(text, value) !== "double") return [];
        const end = text.castEnd(at);
        const rounded = "case when abs($1 - truncate($1)) = 0.5 then 2 * round($1 / 2) else round($1) end";
        const template = `${lenient ? "try_cast" : "cast"}(${rounded} as ${whole})`;
        return [{ from: text.sign(at, "::") ? value.from : at, to: end, args: [value], template, type: "integer" as const }];
      }),
  },
  {
    construct: "cast of an unknown number to a whole one",
    reason: "of doubles, halves go to the even neighbour",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const whole = { tinyint: "tinyint", smallint: "smallint", integer: "integer", int: "integer", bigint: "bigint" }[type];
        if (whole === undefined || lenient || ![null, "number"].includes(evidentType(text, value)) || text.only(value)?.text.toLowerCase() === "null") return [];
        const double = "cast($1 as double)";
        const rounded = `case when abs(${double} - truncate(${double})) = 0.5 then 2 * round(${double} / 2) else round(${double}) end`;
        const template = `case when typeof($1) in ('double', 'real') then cast(${rounded} as ${whole}) else cast($1 as ${whole}) end`;
        return [{ from: text.sign(at, "::") ? value.from : at, to: text.castEnd(at), args: [value], template, type: "integer" as const }];
      }),
  },
  {
    construct: "cast to text",
    reason: "doubles and moments are written otherwise, and refused; a length is ignored",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const from = evidentType(text, value);
        const place = { from: text.sign(at, "::") ? value.from : at, to: text.castEnd(at), args: [value], type: "string" as const };
        if (/^varchar\(\d+\)$/.test(type) && ["string", "integer", "date"].includes(from ?? "")) return [{ ...place, template: "cast($1 as varchar)" }];
        if (!/^(varchar|text|string)$/.test(type) || lenient || from !== null || text.only(value)?.text.toLowerCase() === "null") return [];
        const same = "regexp_like(typeof($1), '^(varchar|tinyint|smallint|integer|bigint|decimal|boolean|date$$|uuid|unknown)')";
        return [{ ...place, template: `case when ${same} then cast($1 as varchar) else cast(fail('a cast to text of what the engines write differently') as varchar) end` }];
      }),
  },
  {
    construct: "percentile_cont",
    reason: "Trino's percentiles are approximate",
    find: (text) =>
      text.calls.flatMap((call) => {
        const open = (text.partner(call.at + 1) ?? call.at) + 3;
        const close = text.partner(open);
        const share = fraction(text, call.args[0]);
        const end = (close ?? 0) + 1;
        if (!/^(percentile|quantile)_cont$/.test(call.name) || !text.is(open - 2, "within") || close === undefined || share === null) return [];
        if (!text.is(open + 1, "order") || text.is(close - 1, "desc", "asc", "first", "last") || text.is(end, "filter", "over")) return [];
        return [{ from: call.at, to: end, args: [{ from: open + 3, to: close }], template: between(`((cardinality(v) - 1) * ${share}e0)`), type: "double" as const }];
      }),
  },
  {
    construct: "interval 3 days",
    reason: "Trino knows units in the singular only",
    find: (text) =>
      text.tokens.flatMap((token, at) => {
        const unit = /^(second|minute|hour|day|month|year)s$/i.exec(token.text)?.[1];
        const counted = ["number", "string"].includes(text.tokens[at - 1]?.kind ?? "") || text.sign(at - 1, ")");
        return unit !== undefined && counted && (text.is(at - 2, "interval") || text.sign(at - 1, ")") && text.is((text.partner(at - 1) ?? 1) - 1, "interval")) ? [{ from: at, to: at + 1, args: [], template: unit, type: null, early: true }] : [];
      }),
  },
  { construct: "log", reason: "Trino's takes a base", find: asCall("log", 1, "log10($1)", "double") },
  { construct: "isnan", reason: "Trino writes is_nan", find: asCall("isnan", 1, "is_nan($1)", "boolean") },
  { construct: "isinf", reason: "Trino writes is_infinite", find: asCall("isinf", 1, "is_infinite($1)", "boolean") },
  { construct: "isfinite", reason: "Trino writes is_finite", find: asCall("isfinite", 1, "is_finite($1)", "boolean", ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "double") },
  { construct: "bit_count", reason: "Trino asks for the bits", find: asCall("bit_count", 1, "bit_count($1, 64)", "integer", ({ args: [value] }, text) => (wholeOf(text, value) ?? -1) >= 0) },
  // Arrays.
  { construct: "len", reason: "Trino's cardinality", find: asCall("len length array_length", 1, "cardinality($1)", "integer", isArray) },
  { construct: "array_length", reason: "Trino's cardinality", find: asCall("array_length", 1, "cardinality($1)", "integer") },
  {
    construct: "list_contains",
    reason: "false where it is not found, also beside a NULL",
    find: asCall(
      "list_contains array_contains list_has array_has",
      2,
      "case when $1 is not null and $2 is not null then coalesce(contains($1, $2), false) end",
      "boolean",
    ),
  },
  {
    construct: "contains of an array",
    reason: "false where it is not found, also beside a NULL",
    find: asCall("contains", 2, "case when $1 is not null and $2 is not null then coalesce(contains($1, $2), false) end", "boolean", ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "array"),
  },
  { construct: "list_max", reason: "NULLs are left out", find: asCall("list_max array_max", 1, "array_max(filter($1, v -> v is not null))") },
  { construct: "list_min", reason: "NULLs are left out", find: asCall("list_min array_min", 1, "array_min(filter($1, v -> v is not null))") },
  {
    construct: "list_position",
    reason: "NULL where it is not found",
    find: asCall("list_position array_position list_indexof array_indexof", 2, "nullif(array_position($1, $2), 0)", "integer", ({ args: [, value] }, text) => text.only(value)?.kind === "string" || text.only(value)?.kind === "number"),
  },
  {
    construct: "list_slice",
    reason: "Trino's takes a length",
    find: asCall("list_slice array_slice", 3, "slice($1, $2, $3 - $2 + 1)", "array", ({ args: [, from, to] }, text) => {
      const [first, last] = [wholeOf(text, from) ?? 0, wholeOf(text, to) ?? -1];
      return first >= 1 && last >= first;
    }),
  },
  { construct: "x[a:b]", reason: "Trino has slice and substr", find: slices },
  { construct: "list_concat of arrays", reason: "Trino's is concat", find: inCallsOf("list_concat array_concat list_cat array_cat concat", [2], (call, text) => isArray(call, text) ? { template: "concat($1, $2)", type: "array" } : null) },
  { construct: "list_append", reason: "Trino has ||", find: asCall("list_append array_append array_push_back", 2, "($1 || array[$2])", "array", ({ args: [list] }, text) => list !== undefined && evidentType(text, list) === "array") },
  { construct: "list_reverse", reason: "Trino's is reverse", find: asCall("list_reverse array_reverse", 1, "reverse($1)", "array") },
  { construct: "flatten", reason: "the translator makes rows of it", find: asCall("flatten", 1, "flatten($1)", "array") },
  {
    construct: "list_distinct in order",
    reason: "without NULLs",
    find: (text) => inCallsOf("list_sort array_sort", [1], ({ args: [list] }) => {
      const inner = list === undefined ? undefined : text.callOver(list);
      if (inner === undefined || !/^(list|array)_distinct$/.test(inner.name)) return null;
      return { template: "array_sort(array_distinct(filter($1, v -> v is not null)))", type: "array", args: inner.args };
    })(text),
  },
  {
    construct: "list_sum",
    reason: "Trino has reduce",
    find: inCallsOf("list_sum list_aggregate list_aggr array_aggregate", [1, 2], ({ name, args: [list, by] }, text) => {
      if (list === undefined || (name !== "list_sum" && textOf(text, by) !== "sum") || (name === "list_sum" && by !== undefined)) return null;
      return { template: "reduce($1, null, (s, v) -> coalesce(s + v, s, v), s -> s)", type: "number", args: [list] };
    }),
  },
  {
    construct: "list_reduce",
    reason: "Trino's begins with a value",
    find: asCall("list_reduce array_reduce reduce", 3, "reduce($1, $3, $2, s -> s)"),
  },
  {
    construct: "element_at of a map",
    reason: "a list of the value",
    find: asCall("map_extract element_at", 2, "case when contains(map_keys($1), $2) then array[element_at($1, $2)] else array[] end", "array"),
  },
  { construct: "map_extract_value", reason: "Trino's element_at", find: asCall("map_extract_value", 2, "element_at($1, $2)") },
  { construct: "map {…}", reason: "the translator makes a row of it", find: mapLiterals },
  { construct: "generate_series", reason: "Trino's sequence goes down", find: series },
  { construct: "json_extract_string", reason: "of an object Trino gives NULL; numbers are written otherwise", find: jsonText },
];

/** Numbers that DuckDB writes as they are written. */
const SAME_NUMBER = "'^(true|false|-?[0-9]{1,18}|-?[0-9]{1,9}\\.([0-9]{0,5}[1-9]|0))$$'";

function jsonText(text: SqlText): ReturnType<Rewrite["find"]> {
  return inCallsOf("json_extract_string json_extract_path_text", [2], ({ args: [, path] }) => {
    const content = textOf(text, path);
    if (content === undefined || !/^\$(\.\w+|\[\d+\])+$/.test(content)) return null;
    const json = "json_format(json_extract($1, $2))";
    return {
      template: `case when ${json} like '"%' then json_extract_scalar($1, $2) when ${json} is null or ${json} = 'null' then null when regexp_like(json_extract_scalar($1, $2), ${SAME_NUMBER}) then json_extract_scalar($1, $2) else fail('a JSON object, array or long number as text') end`,
      type: "string",
    };
  })(text);
}

/** x[2:3] of an array or a text. */
function slices(text: SqlText): ReturnType<Rewrite["find"]> {
  return text.tokens.flatMap((_, at) => {
    const close = text.partner(at);
    if (!text.sign(at, "[") || close !== at + 4 || !text.sign(at + 2, ":")) return [];
    const [first, last] = [wholeOf(text, { from: at + 1, to: at + 2 }) ?? 0, wholeOf(text, { from: at + 3, to: at + 4 }) ?? -1];
    const container = text.operandBefore(at);
    const type = evidentType(text, container);
    if (first < 1 || last < first || (type !== "array" && type !== "string")) return [];
    const name = type === "array" ? "slice" : "substr";
    return [{ from: container.from, to: close + 1, args: [container], template: `${name}($1, ${String(first)}, ${String(last - first + 1)})`, type }];
  });
}

function mapLiterals(text: SqlText): ReturnType<Rewrite["find"]> {
  return text.tokens.flatMap((_, at) => {
    const close = text.partner(at + 1);
    if (!text.is(at, "map") || !text.sign(at + 1, "{") || close === undefined) return [];
    const entries = text.split({ from: at + 2, to: close });
    const args = entries.flatMap((entry) => {
      const colon = text.tokens.findIndex((_one, i) => i > entry.from && i < entry.to && text.sign(i, ":"));
      return colon < 0 ? [] : [{ from: entry.from, to: colon }, { from: colon + 1, to: entry.to }];
    });
    if (args.length !== entries.length * 2) return [];
    const list = (odd: number) => args.flatMap((_one, i) => (i % 2 === odd ? [`$${String(i + 1)}`] : [])).join(", ");
    return [{ from: at, to: close + 1, args, template: `map(array[${list(0)}], array[${list(1)}])`, type: null }];
  });
}

/** Series of whole numbers: as a value a list, after FROM rows. */
function series(text: SqlText): ReturnType<Rewrite["find"]> {
  return text.calls.flatMap((call): readonly Site[] => {
    const close = text.partner(call.at + 1);
    const step = call.args.length > 2 ? wholeOf(text, call.args[2]) : 1;
    if (!/^(range|generate_series)$/.test(call.name) || close === undefined || call.args.length < 1 || step === undefined || step < 1) return [];
    if (!call.args.every((arg) => evidentType(text, arg) === "integer")) return [];
    const [first, last] = call.args.length > 1 ? ["$1", "$2"] : ["0", "$1"];
    const end = call.name === "range" ? `${last} - 1` : last;
    const list = `case when ${end} < ${first} then array[] else sequence(cast(${first} as bigint), ${end}, ${String(step)}) end`;
    const rows = text.is(call.at - 1, "from", "join");
    if (!rows) return [{ from: call.at, to: close + 1, args: call.args, template: list, type: "array" as const }];
    const named = text.is(close + 1, "as") ? close + 2 : close + 1;
    const hasName = ["word", "name"].includes(text.tokens[named]?.kind ?? "") && !text.is(named, "where", "order", "group", "limit", "join", "cross", "left", "inner", "union", "having", "qualify", "using", "on");
    if (!hasName || !text.sign(named + 1, "(")) return [];
    return [{ from: call.at, to: close + 1, args: call.args, template: `unnest(${list})`, type: null }];
  });
}
