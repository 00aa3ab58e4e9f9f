import { evidentType } from "../hazards/evident-type.ts";
import type { Call, Range, SqlText } from "../hazards/sql-text.ts";
import { asCall, distinctRows, inCallsOf, isFollowed, wholeOf, type Rewrite } from "./rewrite.ts";

/** The n-th of the sorted values, from 0, between two where n is no whole number; of decimals DuckDB gives one, rounded down. */
function between(position: string): string {
  const at = (n: string) => `element_at(dh_v, cast(${n} as integer) + 1)`;
  const value = `case when typeof($1) like 'decimal%' then cast(fail('not translated: a percentile of decimals') as double) else cast($1 as double) end`;
  return `element_at(transform(array[array_agg(${value} order by $1) filter (where $1 is not null)], dh_v ->
    ${at(`floor(${position})`)} + (${at(`ceil(${position})`)} - ${at(`floor(${position})`)}) * (${position} - floor(${position}))), 1)`.replace(
    /\s+/g,
    " ",
  );
}

/** As text what both engines write alike, and as DuckDB does moments and doubles without an exponent; else rather an error. */
export function textOrFail(value: string): string {
  const same = `regexp_like(typeof(${value}), '^(varchar|tinyint|smallint|integer|bigint|decimal|boolean|date$$|uuid|unknown)')`;
  const text = `cast(${value} as varchar)`;
  const isMoment = `typeof(${value}) like 'timestamp(_)' and regexp_like(${text}, '^(?!0000)[0-9]{4}-')`;
  const moment = `regexp_replace(regexp_replace(${text}, '(\\.[0-9]*?)0+$$', '$$1'), '\\.$$', '')`;
  const isPlain = `typeof(${value}) = 'double' and regexp_like(format('%s', ${value}), '^-?[0-9]+\\.[0-9]+$$')`;
  const isLong = `typeof(${value}) = 'double' and regexp_like(format('%s', ${value}), '^-?[0-9]\\.[0-9]+E([7-9]|1[0-4])$$')`;
  const long = `regexp_replace(regexp_replace(cast(cast(format('%s', ${value}) as decimal(38, 10)) as varchar), '0+$$', ''), '\\.$$', '.0')`;
  return `case when ${same} then ${text} when ${value} is null then null when ${isMoment} then ${moment} when ${isPlain} then format('%s', ${value}) when ${isLong} then ${long} else cast(fail('not translated: a cast to text of what the engines write differently') as varchar) end`;
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

/** A boolean, or one comparison. */
function isCondition(text: SqlText, range: Range): boolean {
  if (evidentType(text, range) === "boolean") return true;
  const left = text.operandAfter(range.from);
  if (!text.sign(left.to, "=", "<>", "!=", "<", ">", "<=", ">=")) return false;
  return text.operandAfter(left.to + 1).to === range.to;
}

const plain = (call: Call, text: SqlText) => !isFollowed(text, call);

/** Numbers, casts and aggregates. */
export const VALUES_TO_TRINO: readonly Rewrite[] = [
  { construct: "count of rows", reason: "the translator passes over those with a NULL inside", find: distinctRows },
  {
    construct: "avg",
    reason: "a double of whatever number",
    find: asCall("avg mean", 1, "avg(cast($1 as double))", "double"),
  },
  {
    construct: "median",
    reason: "Trino's percentiles are approximate",
    find: asCall("median", 1, between("((cardinality(dh_v) - 1) / 2e0)"), "double", plain),
  },
  {
    construct: "quantile_cont",
    reason: "Trino's percentiles are approximate",
    find: quantile((share) => between(`((cardinality(dh_v) - 1) * ${share}e0)`)),
  },
  {
    construct: "max_by",
    reason: "rows without a value are passed over",
    find: inCallsOf("max_by min_by arg_max arg_min argmax argmin", [2], (call, text) =>
      isFollowed(text, call)
        ? null
        : {
            template: `${call.name.includes("max") ? "max_by" : "min_by"}($1, $2) filter (where $1 is not null)`,
            type: null,
          },
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
    find: asCall(
      "product",
      1,
      "reduce_agg(cast($1 as double), 1e0, (a, b) -> a * b, (a, b) -> a * b)",
      "double",
      plain,
    ),
  },
  {
    construct: "bit_and",
    reason: "Trino's name is longer",
    find: asCall("bit_and", 1, "bitwise_and_agg($1)", "integer"),
  },
  { construct: "bit_or", reason: "Trino's name is longer", find: asCall("bit_or", 1, "bitwise_or_agg($1)", "integer") },
  {
    construct: "bit_xor",
    reason: "Trino's name is longer",
    find: asCall("bit_xor", 1, "bitwise_xor_agg($1)", "integer"),
  },
  {
    construct: "list",
    reason: "Trino's is array_agg",
    find: (text) =>
      text.calls
        .filter(({ name, at }) => name === "list" && !text.sign(at - 1, "."))
        .map(({ at }) => ({ from: at, to: at + 1, args: [], template: "array_agg", type: null, early: true })),
  },
  {
    construct: "group_concat",
    reason: "another name of string_agg",
    find: (text) =>
      text.calls
        .filter(({ name, at }) => /^(group_concat|listagg)$/.test(name) && !text.sign(at - 1, "."))
        .map(({ at }) => ({ from: at, to: at + 1, args: [], template: "string_agg", type: null, early: true })),
  },
  {
    construct: "sum of booleans",
    reason: "Trino adds no booleans",
    find: asCall(
      "sum",
      1,
      "sum(case when $1 then 1 when not $1 then 0 end)",
      "integer",
      ({ args: [value] }, text) => value !== undefined && isCondition(text, value),
    ),
  },
  {
    construct: "greatest",
    reason: "NULLs are left out",
    find: inCallsOf("greatest least", [1, 2, 3, 4, 5, 6, 7, 8, 9], ({ name, args }, text) => {
      const types = args.map((arg) => evidentType(text, arg));
      const [type] = types;
      const list = args.map((_, i) => `$${String(i + 1)}`).join(", ");
      const pick = name === "greatest" ? "array_max" : "array_min";
      return {
        template: `${pick}(filter(array[${list}], dh_v -> dh_v is not null))`,
        type: types.every((one) => one === type) ? (type ?? null) : null,
      };
    }),
  },
  {
    construct: "cast of a double to a whole number",
    reason: "halves go to the even neighbour",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const whole = {
          tinyint: "tinyint",
          smallint: "smallint",
          integer: "integer",
          int: "integer",
          bigint: "bigint",
        }[type];
        if (whole === undefined || evidentType(text, value) !== "double") return [];
        const end = text.castEnd(at);
        const rounded = "case when abs($1 - truncate($1)) = 0.5 then 2 * round($1 / 2) else round($1) end";
        const template = `${lenient ? "try_cast" : "cast"}(${rounded} as ${whole})`;
        return [
          { from: text.sign(at, "::") ? value.from : at, to: end, args: [value], template, type: "integer" as const },
        ];
      }),
  },
  {
    construct: "cast of an unknown number to a whole one",
    reason: "of doubles, halves go to the even neighbour",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const whole = {
          tinyint: "tinyint",
          smallint: "smallint",
          integer: "integer",
          int: "integer",
          bigint: "bigint",
        }[type];
        if (
          whole === undefined ||
          lenient ||
          ![null, "number"].includes(evidentType(text, value)) ||
          text.only(value)?.text.toLowerCase() === "null"
        )
          return [];
        const double = "cast($1 as double)";
        const rounded = `case when abs(${double} - truncate(${double})) = 0.5 then 2 * round(${double} / 2) else round(${double}) end`;
        const template = `case when typeof($1) in ('double', 'real') then cast(${rounded} as ${whole}) else cast($1 as ${whole}) end`;
        return [
          {
            from: text.sign(at, "::") ? value.from : at,
            to: text.castEnd(at),
            args: [value],
            template,
            type: "integer" as const,
          },
        ];
      }),
  },
  {
    construct: "cast to text",
    reason: "doubles and moments are written otherwise, and refused; a length is ignored",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const from = evidentType(text, value);
        const place = {
          from: text.sign(at, "::") ? value.from : at,
          to: text.castEnd(at),
          args: [value],
          type: "string" as const,
        };
        if (/^varchar\(\d+\)$/.test(type) && ["string", "integer", "date"].includes(from ?? ""))
          return [{ ...place, template: "cast($1 as varchar)" }];
        if (
          !/^(varchar|text|string)$/.test(type) ||
          lenient ||
          ![null, "double", "timestamp", "number"].includes(from) ||
          text.only(value)?.text.toLowerCase() === "null"
        )
          return [];
        return [{ ...place, template: textOrFail("$1") }];
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
        if (
          !/^(percentile|quantile)_cont$/.test(call.name) ||
          !text.is(open - 2, "within") ||
          close === undefined ||
          share === null
        )
          return [];
        if (
          !text.is(open + 1, "order") ||
          text.is(close - 1, "desc", "asc", "first", "last") ||
          text.is(end, "filter", "over")
        )
          return [];
        return [
          {
            from: call.at,
            to: end,
            args: [{ from: open + 3, to: close }],
            template: between(`((cardinality(dh_v) - 1) * ${share}e0)`),
            type: "double" as const,
          },
        ];
      }),
  },
  {
    construct: "interval 3 days",
    reason: "Trino knows units in the singular only",
    find: (text) =>
      text.tokens.flatMap((token, at) => {
        const unit = /^(second|minute|hour|day|month|year)s$/i.exec(token.text)?.[1];
        const counted = ["number", "string"].includes(text.tokens[at - 1]?.kind ?? "") || text.sign(at - 1, ")");
        return unit !== undefined &&
          counted &&
          (text.is(at - 2, "interval") ||
            (text.sign(at - 1, ")") && text.is((text.partner(at - 1) ?? 1) - 1, "interval")))
          ? [{ from: at, to: at + 1, args: [], template: unit, type: null, early: true }]
          : [];
      }),
  },
  {
    construct: "grouping_id",
    reason: "Trino's grouping",
    find: inCallsOf("grouping_id", [1, 2, 3, 4, 5, 6], ({ args }) => ({
      template: `grouping(${args.map((_, i) => `$${String(i + 1)}`).join(", ")})`,
      type: "integer",
    })),
  },
  { construct: "log", reason: "Trino's takes a base", find: asCall("log", 1, "log10($1)", "double") },
  { construct: "isnan", reason: "Trino writes is_nan", find: asCall("isnan", 1, "is_nan($1)", "boolean") },
  { construct: "isinf", reason: "Trino writes is_infinite", find: asCall("isinf", 1, "is_infinite($1)", "boolean") },
  {
    construct: "isfinite",
    reason: "Trino writes is_finite",
    find: asCall(
      "isfinite",
      1,
      "is_finite($1)",
      "boolean",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "double",
    ),
  },
  {
    construct: "bit_count",
    reason: "Trino asks for the bits",
    find: asCall(
      "bit_count",
      1,
      "bit_count($1, 64)",
      "integer",
      ({ args: [value] }, text) => (wholeOf(text, value) ?? -1) >= 0,
    ),
  },
  {
    construct: "count_if",
    reason: "NULL where there is nothing to judge",
    find: asCall("count_if countif", 1, "sum(case when $1 then 1 when not $1 then 0 end)", "integer"),
  },
];
