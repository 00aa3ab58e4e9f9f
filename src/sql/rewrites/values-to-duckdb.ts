import { evidentType } from "../hazards/evident-type.ts";
import type { Range, SqlText } from "../hazards/sql-text.ts";
import { asCall, distinctRows, inCallsOf, isFollowed, wholeOf, type Rewrite } from "./rewrite.ts";

/** Functions that fail for no value. */
const FAIL_ALIKE = ["nullif", "coalesce", "count", "sum", "element_at"];

/** As text what both engines write alike; else rather an error. */
export function textOrError(value: string): string {
  const same = `regexp_matches(typeof(${value}), '^(VARCHAR|(TINY|SMALL|BIG|HUGE)?INT|INTEGER|DECIMAL|BOOLEAN|DATE$$|UUID|"NULL")')`;
  return `(case when ${same} and typeof(${value}) not like '%[]' then cast(${value} as varchar) else error('not translated: a cast to text of what the engines write differently') end)`;
}

/** Numbers, casts and aggregates. */
export const VALUES_TO_DUCKDB: readonly Rewrite[] = [
  { construct: "count of rows", reason: "the translator passes over those with a NULL inside", find: distinctRows },
  {
    construct: "avg",
    reason: "a double of an integer",
    find: asCall(
      "avg",
      1,
      "avg($1)",
      "double",
      ({ args: [value] }, text) =>
        value !== undefined && ["integer", "double"].includes(evidentType(text, value) ?? ""),
    ),
  },
  {
    construct: "avg of an unknown number",
    reason: "of a decimal Trino keeps the scale, which DuckDB does not",
    find: asCall(
      "avg",
      1,
      "avg(case when typeof($1) like 'DECIMAL%' or typeof($1) = 'FLOAT' then error('not translated: avg of a decimal') else $1 end)",
      "double",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) !== "decimal",
    ),
  },
  {
    construct: "cast to text",
    reason: "doubles and moments are written otherwise, and refused",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        if (
          type !== "varchar" ||
          lenient ||
          evidentType(text, value) !== null ||
          text.only(value)?.text.toLowerCase() === "null"
        )
          return [];
        const template = textOrError("$1");
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
        return [
          {
            from: at,
            to: text.castEnd(at),
            args: [value],
            template: `substr($1, 1, ${length})`,
            type: "string" as const,
          },
        ];
      }),
  },
  {
    construct: "x'…'",
    reason: "bytes",
    find: (text) =>
      text.tokens.flatMap((token, at) => {
        const literal = text.tokens[at + 1];
        if (
          !text.is(at, "x") ||
          literal?.kind !== "string" ||
          literal.start - 1 !== token.start ||
          !/^'([0-9A-Fa-f]{2})*'$/.test(literal.text)
        )
          return [];
        return [{ from: at, to: at + 2, args: [], template: `unhex(${literal.text})`, type: null }];
      }),
  },
  {
    construct: "url_encode",
    reason: "blanks, ~ and * are written otherwise",
    find: asCall(
      "url_encode",
      1,
      "replace(replace(replace(url_encode($1), '%20', '+'), '%2A', '*'), '~', '%7E')",
      "string",
    ),
  },
  {
    construct: "url_decode",
    reason: "a + is a blank",
    find: asCall("url_decode", 1, "url_decode(replace($1, '+', ' '))", "string"),
  },
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
        const whole = {
          tinyint: "tinyint",
          smallint: "smallint",
          integer: "integer",
          int: "integer",
          bigint: "bigint",
        }[type];
        const from = evidentType(text, value);
        if (
          whole === undefined ||
          !["double", "number", null].includes(from) ||
          text.only(value)?.text.toLowerCase() === "null"
        )
          return [];
        // What is no number is refused by round.
        const template = `${lenient ? "try_cast" : "cast"}(round($1) as ${whole})`;
        return [{ from: at, to: text.castEnd(at), args: [value], template, type: "integer" as const }];
      }),
  },
  {
    construct: "bitwise_and",
    reason: "an operator in DuckDB",
    find: asCall("bitwise_and", 2, "(($1) & ($2))", "integer"),
  },
  {
    construct: "bitwise_or",
    reason: "an operator in DuckDB",
    find: asCall("bitwise_or", 2, "(($1) | ($2))", "integer"),
  },
  {
    construct: "bitwise_xor",
    reason: "a function of another name",
    find: asCall("bitwise_xor", 2, "xor($1, $2)", "integer"),
  },
  { construct: "bitwise_not", reason: "an operator in DuckDB", find: asCall("bitwise_not", 1, "(~($1))", "integer") },
  {
    construct: "bitwise_left_shift",
    reason: "an operator in DuckDB",
    find: asCall("bitwise_left_shift", 2, "(cast($1 as bigint) << ($2))", "integer", ({ args }, text) => {
      const [value, count] = args.map((arg) => wholeOf(text, arg) ?? -1);
      // A whole number of 32 bits stays one in Trino.
      return value !== undefined && count !== undefined && value >= 0 && count >= 0 && value * 2 ** count < 2 ** 31;
    }),
  },
  {
    construct: "bigint '1'",
    reason: "the translator does not read it",
    find: (text) =>
      text.tokens.flatMap((token, at) =>
        text.is(at, "tinyint", "smallint", "integer", "bigint", "real") &&
        text.tokens[at + 1]?.kind === "string" &&
        !text.is(at - 1, "as")
          ? [
              {
                from: at,
                to: at + 2,
                args: [{ from: at + 1, to: at + 2 }],
                template: `cast($1 as ${token.text})`,
                type: null,
                early: true,
              },
            ]
          : [],
      ),
  },
  {
    construct: "bitwise_right_shift_arithmetic",
    reason: "an operator in DuckDB",
    find: asCall("bitwise_right_shift_arithmetic", 2, "(($1) >> ($2))", "integer", ({ args: [, count] }, text) => {
      const bits = wholeOf(text, count) ?? -1;
      return bits >= 0 && bits < 31;
    }),
  },
  {
    construct: "bitwise_right_shift",
    reason: "an operator in DuckDB",
    find: asCall("bitwise_right_shift", 2, "(cast($1 as bigint) >> ($2))", "integer", ({ args }, text) =>
      args.every((arg) => (wholeOf(text, arg) ?? -1) >= 0),
    ),
  },
  {
    construct: "bit_count",
    reason: "of 64 bits",
    find: asCall(
      "bit_count",
      2,
      "bit_count(cast($1 as bigint))",
      "integer",
      ({ args: [, bits] }, text) => wholeOf(text, bits) === 64,
    ),
  },
  {
    construct: "bitwise_and_agg",
    reason: "another name",
    find: asCall("bitwise_and_agg", 1, "bit_and($1)", "integer"),
  },
  { construct: "bitwise_or_agg", reason: "another name", find: asCall("bitwise_or_agg", 1, "bit_or($1)", "integer") },
  {
    construct: "bitwise_xor_agg",
    reason: "another name",
    find: asCall("bitwise_xor_agg", 1, "bit_xor($1)", "integer"),
  },
  { construct: "e", reason: "DuckDB has none", find: asCall("e", 0, "exp(1.0)", "double") },
  {
    construct: "infinity",
    reason: "a literal in DuckDB",
    find: asCall("infinity", 0, "cast('Infinity' as double)", "double"),
  },
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
      ({ args: [, low, high] }, text) =>
        [low, high].every((one) => text.only(one)?.kind === "number") &&
        Number(text.only(low)?.text) < Number(text.only(high)?.text),
    ),
  },
  {
    construct: "try",
    reason: "a division by zero is NULL on both; casts and functions fail on other values",
    find: asCall(
      "try",
      1,
      "try($1)",
      null,
      ({ args: [value] }, text) => value !== undefined && failsAlike(text, value),
    ),
  },

  {
    construct: "count_if",
    reason: "0 where there is nothing to judge",
    find: asCall("count_if", 1, "count(case when $1 then 1 end)", "integer"),
  },
  {
    construct: "max_by",
    reason: "rows without a value count",
    find: inCallsOf("max_by min_by", [2], ({ name }) => ({
      template: `${name === "max_by" ? "arg_max_null" : "arg_min_null"}($1, $2)`,
      type: null,
    })),
  },
  {
    construct: "max of n",
    reason: "the translator takes it for greatest",
    find: inCallsOf("max min", [2], ({ name }) => ({ template: `${name}($1, $2)`, type: "array" })),
  },
  {
    construct: "map_agg",
    reason: "DuckDB has none",
    find: asCall(
      "map_agg",
      2,
      "map(list($1) filter (where $1 is not null), list($2) filter (where $1 is not null))",
      null,
      (call, text) => !isFollowed(text, call),
    ),
  },
  {
    construct: "covar of doubles",
    reason: "of integers Trino gives reals",
    find: inCallsOf("covar_pop covar_samp", [2], ({ name, args }, text) =>
      args.every((arg) => evidentType(text, arg) === "double") ? { template: `${name}($1, $2)`, type: "double" } : null,
    ),
  },
];

/** Whether nothing is called or cast, of which one engine makes a value and the other an error. */
function failsAlike(text: SqlText, { from, to }: Range): boolean {
  const isInside = ({ at }: { at: number }) => at >= from && at < to;
  return !text.casts.some(isInside) && !text.calls.some((call) => isInside(call) && !FAIL_ALIKE.includes(call.name));
}
