import { evidentType, isNull } from "../hazards/evident-type.ts";
import { scaleOf } from "../hazards/decimal-scale.ts";
import type { Cast, SqlText } from "../hazards/sql-text.ts";
import { inCallsOf, isFollowed, type Rewrite, type Site } from "./rewrite.ts";

/** Casts to a decimal of what may be a double, as a place to write; `write` gets the type's two numbers. */
function castsToDecimal(
  plain: readonly [number, number],
  write: (type: string, scale: number, isDouble: boolean) => string | null,
): Rewrite["find"] {
  return (text) =>
    text.casts.flatMap((cast) => {
      const numbers = decimalOf(cast, plain);
      if (numbers === null || cast.lenient || isNull(text, cast.value)) return [];
      const from = evidentType(text, cast.value);
      if (!["double", "number", null].includes(from)) return [];
      const [precision, scale] = numbers;
      const template = write(`decimal(${String(precision)}, ${String(scale)})`, scale, from === "double");
      if (template === null) return [];
      return [{ ...placeOf(text, cast), args: [cast.value], template, type: "decimal" as const }];
    });
}

function placeOf(text: SqlText, { at, value }: Cast) {
  return { from: text.sign(at, "::") ? value.from : at, to: text.castEnd(at) };
}

/** Precision and scale of a type; `plain` are those of one that names none. */
function decimalOf({ type }: Cast, plain: readonly [number, number]): readonly [number, number] | null {
  if (/^(decimal|numeric)$/.test(type)) return plain;
  const [, precision, scale] = /^(?:decimal|numeric)\((\d+)(?:,(\d+))?\)$/.exec(type) ?? [];
  return precision === undefined ? null : [Number(precision), Number(scale ?? 0)];
}

/** DuckDB multiplies a double, and rounds that; above 2^53 a double has no fraction, and is refused. */
function roundedProduct(type: string, scale: number): string {
  const product = `round(cast($1 as double) * 1e${String(scale)})`;
  const whole = `cast(cast(${product} as bigint) as decimal(19, 0))`;
  const shifted = scale === 0 ? whole : `${whole} * decimal '0.${"1".padStart(scale, "0")}'`;
  return `case when abs(cast($1 as double)) * 1e${String(scale)} < 9e15 or $1 is null then cast(${shifted} as ${type}) else cast(fail('not translated: a cast of a large double to a decimal') as ${type}) end`;
}

/** Casts to a decimal of no given scale: `type` is what it means in the language that they are written in. */
function castsWithoutScale(type: string): Rewrite["find"] {
  return (text) =>
    text.casts
      .filter((cast) => /^(decimal|numeric)$/.test(cast.type))
      .map((cast) => ({
        ...placeOf(text, cast),
        args: [cast.value],
        template: `${cast.lenient ? "try_cast" : "cast"}($1 as ${type})`,
        type: "decimal" as const,
      }));
}

export const DECIMALS_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "cast to a decimal",
    reason: "DuckDB rounds a double times ten to the scale, Trino its digits",
    find: castsToDecimal([18, 3], (type, scale, isDouble) => {
      if (scale > 18) return null;
      const rounded = roundedProduct(type, scale);
      if (isDouble) return rounded;
      return `case typeof($1) when 'double' then ${rounded} when 'real' then cast(fail('not translated: a cast of a real to a decimal') as ${type}) when 'json' then cast(fail('not translated: a cast of JSON to a decimal') as ${type}) else cast($1 as ${type}) end`;
    }),
  },
  {
    construct: "decimal without a scale",
    reason: "18 digits, three of them behind the point, where Trino has none behind",
    find: castsWithoutScale("decimal(18, 3)"),
  },
];

/** What is a whole number of the last places, rounded away from zero where it is half of one. */
function rounded(dividend: string, divisor: string, sign: string, scale: number): string {
  const whole = `cast(((2 * abs(${dividend}) + abs(${divisor})) // (2 * abs(${divisor}))) * ${sign} as decimal(38, 0))`;
  if (scale === 0) return `(${whole})`;
  return `cast(${whole} * 0.${"1".padStart(scale, "0")} as decimal(38, ${String(scale)}))`;
}

/** As a whole number, moved so many places. */
function moved(value: string, scale: number, places: number): string {
  return `cast(cast(${value} as decimal(38, ${String(scale)})) * cast(1${"0".repeat(places)} as decimal(${String(places + 1)}, 0)) as hugeint)`;
}

/** Divisions of decimals whose scales the text shows: Trino's answer has the greater of the two. */
function divisions(text: SqlText): readonly Site[] {
  return text.tokens.flatMap((_, at): readonly Site[] => {
    if (!text.sign(at, "/") || at === 0) return [];
    const right = text.operandAfter(at + 1);
    let from = text.operandBefore(at).from;
    while (text.sign(from - 1, "*", "/", "%")) from = text.operandBefore(from - 1).from;
    const left = { from, to: at };
    const [dividend, divisor] = [scaleOf(text, left), scaleOf(text, right)];
    if (dividend === null || divisor === null || !(dividend.isDecimal || divisor.isDecimal)) return [];
    const scale = Math.max(dividend.scale, divisor.scale);
    if (scale + divisor.scale + dividend.scale > 24 || text.is(right.from, "case")) return [];
    const template = rounded(
      moved("$1", dividend.scale, divisor.scale + scale),
      moved("$2", divisor.scale, divisor.scale),
      "sign($1) * sign($2)",
      scale,
    );
    const orFails = `(case when $2 = 0 and $1 is not null then error('not translated: a division by zero') else ${template} end)`;
    return [{ from, to: right.to, args: [left, right], template: orFails, type: "decimal" }];
  });
}

export const DECIMALS_TO_DUCKDB: readonly Rewrite[] = [
  {
    construct: "decimal '1.50'",
    reason: "it has the digits that are written",
    find: (text) =>
      text.tokens.flatMap((_, at): readonly Site[] => {
        const [, digits] = /^'(-?\d+\.\d+)'$/.exec(text.tokens[at + 1]?.text ?? "") ?? [];
        if (!text.is(at, "decimal") || digits === undefined || text.is(at - 1, "as")) return [];
        return [{ from: at, to: at + 2, args: [], template: `(${digits})`, type: "decimal" }];
      }),
  },
  { construct: "a / b of decimals", reason: "the greater scale is kept, and the rest rounded", find: divisions },
  {
    construct: "avg of a decimal",
    reason: "its scale is kept, and the rest rounded",
    find: inCallsOf("avg", [1], (call, text) => {
      const [value] = call.args;
      const scale = value === undefined ? null : scaleOf(text, value);
      if (scale === null || !scale.isDecimal || scale.scale > 18 || isFollowed(text, call)) return null;
      const dividend = moved("sum($1)", scale.scale, scale.scale);
      return { template: rounded(dividend, "count($1)", "sign(sum($1))", scale.scale), type: "decimal" };
    }),
  },
  {
    construct: "cast to a decimal",
    reason: "Trino rounds the digits of a double",
    find: castsToDecimal([38, 0], (type, scale, isDouble) => {
      // Digits with an exponent DuckDB does not read right.
      const tiny = `when abs($1) < ${scale < 4 ? "0.0001" : `4e-${String(scale + 1)}`} then cast(0 as ${type})`;
      const digits = `(case when $1 is null or $1 = 0 or abs($1) between 0.0001 and 1e15 then cast(cast($1 as varchar) as ${type}) ${tiny} else error('not translated: a cast of a very large or small double to a decimal') end)`;
      if (isDouble)
        return `(case when typeof($1) = 'FLOAT' then error('not translated: a cast of a real to a decimal') else ${digits} end)`;
      return `(case when typeof($1) = 'DOUBLE' then ${digits} when typeof($1) in ('FLOAT', 'JSON') then error('not translated: a cast of a real or JSON to a decimal') else cast($1 as ${type}) end)`;
    }),
  },
  {
    construct: "decimal without a scale",
    reason: "38 digits, none behind the point, where DuckDB has three",
    find: castsWithoutScale("decimal(38, 0)"),
  },
];
