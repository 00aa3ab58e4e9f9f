import { evidentType } from "../hazards/evident-type.ts";
import type { Call, SqlText } from "../hazards/sql-text.ts";
import { asCall, inCallsOf, textOf, wholeOf, type Rewrite, type Site } from "./rewrite.ts";
import { textOrFail } from "./values-to-trino.ts";

/** What a list has beside NULLs, and what is known of it. */
const PRESENT = "filter($1, dh_v -> dh_v is not null)";
const [GREATEST, LEAST, COUNT] = [`array_max(${PRESENT})`, `array_min(${PRESENT})`, `cardinality(${PRESENT})`];
const AVERAGE = `(reduce($1, cast(null as double), (s, dh_v) -> coalesce(s + cast(dh_v as double), s, cast(dh_v as double)), s -> s) / nullif(${COUNT}, 0))`;

const isArray = ({ args }: Call, text: SqlText) => args.every((arg) => evidentType(text, arg) === "array");

/** Arrays, maps and series. */
export const LISTS_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "array_to_string",
    reason: "NULL where all are",
    find: asCall(
      "array_to_string list_to_string array_join",
      2,
      `case when cardinality($1) = 0 or cardinality(filter($1, dh_v -> dh_v is not null)) > 0 then array_join(transform($1, dh_v -> ${textOrFail("dh_v")}), $2) end`,
      "string",
    ),
  },
  {
    construct: "len",
    reason: "Trino's cardinality",
    find: asCall("len length array_length", 1, "cardinality($1)", "integer", isArray),
  },
  {
    construct: "array_length",
    reason: "Trino's cardinality",
    find: asCall("array_length", 1, "cardinality($1)", "integer"),
  },
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
    find: asCall(
      "contains",
      2,
      "case when $1 is not null and $2 is not null then coalesce(contains($1, $2), false) end",
      "boolean",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "array",
    ),
  },
  { construct: "list_max", reason: "NULLs are left out", find: asCall("list_max array_max", 1, GREATEST) },
  { construct: "list_min", reason: "NULLs are left out", find: asCall("list_min array_min", 1, LEAST) },
  {
    construct: "list_aggregate",
    reason: "NULLs are left out",
    find: inCallsOf("list_aggregate list_aggr array_aggregate array_aggr", [2], ({ args: [list, by] }, text) => {
      const template = { max: GREATEST, min: LEAST, count: COUNT, avg: AVERAGE }[textOf(text, by) ?? ""];
      return template === undefined || list === undefined ? null : { template, type: null, args: [list] };
    }),
  },
  {
    construct: "list_unique",
    reason: "how many, without NULLs",
    find: asCall("list_unique array_unique", 1, `cardinality(array_distinct(${PRESENT}))`, "integer"),
  },
  {
    construct: "list_reverse_sort",
    reason: "NULLs stay at the end",
    find: asCall(
      "list_reverse_sort array_reverse_sort",
      1,
      `concat(reverse(array_sort(${PRESENT})), filter($1, dh_v -> dh_v is null))`,
      "array",
    ),
  },
  {
    construct: "list_has_all",
    reason: "NULLs are left out",
    find: asCall(
      "list_has_all array_has_all",
      2,
      "(case when $1 is not null and $2 is not null then cardinality(array_except(filter($2, dh_v -> dh_v is not null), $1)) = 0 end)",
      "boolean",
    ),
  },
  {
    construct: "map_contains",
    reason: "a key that is there",
    find: asCall(
      "map_contains",
      2,
      "(case when $1 is not null and $2 is not null then contains(map_keys($1), $2) end)",
      "boolean",
    ),
  },
  { construct: "x in [a, b]", reason: "Trino takes no list; of values that are there it is the same", find: inLists },
  {
    construct: "list_position",
    reason: "NULL where it is not found",
    find: asCall(
      "list_position array_position list_indexof array_indexof",
      2,
      "nullif(array_position($1, $2), 0)",
      "integer",
      ({ args: [, value] }, text) => text.only(value)?.kind === "string" || text.only(value)?.kind === "number",
    ),
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
  {
    construct: "list_concat of arrays",
    reason: "Trino's is concat",
    find: inCallsOf("list_concat array_concat list_cat array_cat concat", [2], (call, text) =>
      isArray(call, text) ? { template: "concat($1, $2)", type: "array" } : null,
    ),
  },
  {
    construct: "list_append",
    reason: "Trino has ||",
    find: asCall(
      "list_append array_append array_push_back",
      2,
      "($1 || array[$2])",
      "array",
      ({ args: [list] }, text) => list !== undefined && evidentType(text, list) === "array",
    ),
  },
  {
    construct: "list_reverse",
    reason: "Trino's is reverse",
    find: asCall("list_reverse array_reverse", 1, "reverse($1)", "array"),
  },
  {
    construct: "flatten",
    reason: "the translator makes rows of it",
    find: asCall("flatten", 1, "flatten($1)", "array"),
  },
  {
    construct: "list_distinct in order",
    reason: "without NULLs",
    find: (text) =>
      inCallsOf("list_sort array_sort", [1], ({ args: [list] }) => {
        const inner = list === undefined ? undefined : text.callOver(list);
        if (inner === undefined || !/^(list|array)_distinct$/.test(inner.name)) return null;
        return {
          template: "array_sort(array_distinct(filter($1, dh_v -> dh_v is not null)))",
          type: "array",
          args: inner.args,
        };
      })(text),
  },
  {
    construct: "list_sum",
    reason: "Trino has reduce",
    find: inCallsOf("list_sum list_aggregate list_aggr array_aggregate", [1, 2], ({ name, args: [list, by] }, text) => {
      if (
        list === undefined ||
        (name !== "list_sum" && textOf(text, by) !== "sum") ||
        (name === "list_sum" && by !== undefined)
      )
        return null;
      return {
        template: "reduce($1, null, (s, dh_v) -> coalesce(s + dh_v, s, dh_v), s -> s)",
        type: "number",
        args: [list],
      };
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
    find: asCall(
      "map_extract element_at",
      2,
      "case when contains(map_keys($1), $2) then array[element_at($1, $2)] else array[] end",
      "array",
    ),
  },
  {
    construct: "map_extract_value",
    reason: "Trino's element_at",
    find: asCall("map_extract_value", 2, "element_at($1, $2)"),
  },
  {
    construct: "list_has_any",
    reason: "NULLs are left out",
    find: asCall(
      "list_has_any array_has_any",
      2,
      "arrays_overlap(filter($1, dh_v -> dh_v is not null), filter($2, dh_v -> dh_v is not null))",
      "boolean",
    ),
  },
  { construct: "list_count", reason: "NULLs are left out", find: asCall("list_count", 1, COUNT, "integer") },
  { construct: "list_avg", reason: "Trino has reduce", find: asCall("list_avg", 1, AVERAGE, "double") },
  { construct: "map {…}", reason: "the translator makes a row of it", find: mapLiterals },
  { construct: "generate_series", reason: "Trino's sequence goes down", find: series },
  {
    construct: "list_extract",
    reason: "Trino's element_at",
    find: asCall("list_extract list_element array_extract", 2, "element_at($1, $2)"),
  },
  {
    construct: "list_prepend",
    reason: "Trino has ||",
    find: asCall(
      "list_prepend array_prepend",
      2,
      "(array[$1] || $2)",
      "array",
      ({ args: [, list] }, text) => list !== undefined && evidentType(text, list) === "array",
    ),
  },
];

/** x[2:3] of an array or a text. */
function slices(text: SqlText): ReturnType<Rewrite["find"]> {
  return text.tokens.flatMap((_, at) => {
    const close = text.partner(at);
    const colon = text.sign(at + 1, ":") ? at + 1 : at + 2;
    if (!text.sign(at, "[") || close === undefined || close > colon + 2 || !text.sign(colon, ":")) return [];
    const first = colon === at + 1 ? 1 : (wholeOf(text, { from: at + 1, to: colon }) ?? 0);
    const last = colon + 1 === close ? Infinity : (wholeOf(text, { from: colon + 1, to: close }) ?? -1);
    const container = text.operandBefore(at);
    const type = evidentType(text, container);
    if (first < 1 || last < first || (type !== "array" && type !== "string")) return [];
    const name = type === "array" ? "slice" : "substr";
    const length = last < Infinity ? String(last - first + 1) : type === "array" ? "cardinality($1)" : "length($1)";
    return [
      {
        from: container.from,
        to: close + 1,
        args: [container],
        template: `${name}($1, ${String(first)}, ${length})`,
        type,
      },
    ];
  });
}

function mapLiterals(text: SqlText): ReturnType<Rewrite["find"]> {
  return text.tokens.flatMap((_, at) => {
    const close = text.partner(at + 1);
    if (!text.is(at, "map") || !text.sign(at + 1, "{") || close === undefined) return [];
    const entries = text.split({ from: at + 2, to: close });
    const args = entries.flatMap((entry) => {
      const colon = text.tokens.findIndex((_one, i) => i > entry.from && i < entry.to && text.sign(i, ":"));
      return colon < 0
        ? []
        : [
            { from: entry.from, to: colon },
            { from: colon + 1, to: entry.to },
          ];
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
    if (
      !/^(range|generate_series)$/.test(call.name) ||
      close === undefined ||
      call.args.length < 1 ||
      step === undefined ||
      step < 1
    )
      return [];
    if (!call.args.every((arg) => evidentType(text, arg) === "integer")) return [];
    const [first, last] = call.args.length > 1 ? ["$1", "$2"] : ["0", "$1"];
    const end = call.name === "range" ? `${last} - 1` : last;
    const list = `case when ${end} < ${first} then array[] else sequence(cast(${first} as bigint), ${end}, ${String(step)}) end`;
    const rows = text.is(call.at - 1, "from", "join");
    if (!rows) return [{ from: call.at, to: close + 1, args: call.args, template: list, type: "array" as const }];
    const named = text.is(close + 1, "as") ? close + 2 : close + 1;
    const hasName =
      ["word", "name"].includes(text.tokens[named]?.kind ?? "") &&
      !text.is(
        named,
        "where",
        "order",
        "group",
        "limit",
        "join",
        "cross",
        "left",
        "inner",
        "union",
        "having",
        "qualify",
        "using",
        "on",
      );
    if (!hasName || !text.sign(named + 1, "(")) return [];
    return [{ from: call.at, to: close + 1, args: call.args, template: `unnest(${list})`, type: null }];
  });
}

/** x in ['a', 'b'] of literals, none of which is NULL. */
function inLists(text: SqlText): readonly Site[] {
  return text.tokens.flatMap((_, at): readonly Site[] => {
    const close = text.partner(at + 1);
    if (!text.is(at, "in") || !text.sign(at + 1, "[") || close === undefined) return [];
    const args = text.split({ from: at + 2, to: close });
    const isPlain = args.every((arg) => ["string", "number"].includes(text.only(arg)?.kind ?? ""));
    if (args.length === 0 || !isPlain) return [];
    const template = `(${args.map((_one, i) => `$${String(i + 1)}`).join(", ")})`;
    return [{ from: at + 1, to: close + 1, args, template, type: null, early: true }];
  });
}
