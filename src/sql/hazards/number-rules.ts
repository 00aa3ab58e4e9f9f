import { evidentType, isNull } from "./evident-type.ts";
import { factorTypes } from "./operands.ts";
import { atTokens, inCalls, inCasts, type HazardRule } from "./rule.ts";
import type { Range, SqlText } from "./sql-text.ts";

/** Integers as text that both engines read alike. */
const PLAIN_INTEGER = /^'[+-]?\d+'$/;

const NAN = /^'\s*[+-]?nan\s*'$/i;

function isLiteral(text: SqlText, range: Range): boolean {
  const token = text.only(text.sign(range.from, "-") ? { from: range.from + 1, to: range.to } : range);
  return (
    token !== undefined && token.kind !== "name" && !(token.kind === "word" && !text.is(range.from, "true", "false"))
  );
}

export const NUMBER_RULES: readonly HazardRule[] = [
  {
    construct: "division",
    difference: "DuckDB divides into a double; Trino cuts integers off and keeps a decimal's scale, and fails on 0",
    portable: "cast one side: `a / cast(b as double)`; for whole numbers `floor` of that; `nullif(b, 0)` against zero",
    find: atTokens((at, text) =>
      text.sign(at, "/") && at > 0 && !factorTypes(text, at).includes("double") ? "error" : null,
    ),
  },
  {
    construct: "avg of a decimal",
    difference: "DuckDB gives a double; Trino a decimal of the column's scale (and a real for a real)",
    portable: "`avg(cast(x as double))`",
    find: inCalls("avg", ({ args: [arg] }, text) => {
      const type = arg === undefined ? null : evidentType(text, arg);
      if (type === "integer" || type === "double") return null;
      return type === "decimal" ? "error" : "warning";
    }),
  },
  {
    construct: "cast to a whole number",
    difference:
      "of a double ending in .5 DuckDB rounds to the even neighbour, Trino away from zero; TRY_CAST reads '1.7' in DuckDB only",
    portable: "`cast(round(x) as bigint)`, or `floor`",
    find: inCasts(/^(tiny|small|big|huge|u\w*)?int(eger)?\d?$/, ({ value, lenient }, text) => {
      const literal = text.only(value);
      if (literal?.kind === "string") return lenient && !PLAIN_INTEGER.test(literal.text) ? "error" : null;
      const type = evidentType(text, value);
      if (isRounded(text, value) || isNull(text, value)) return null;
      if (type === "double") return "error";
      return type === null || type === "number" || (type === "string" && lenient) ? "warning" : null;
    }),
  },
  {
    construct: "cast to a decimal",
    difference: "a double between two decimals, such as 1.005, is rounded differently",
    portable: "`cast(round(x, 2) as decimal(…))` of a double, or decimals from the start",
    find: inCasts(/^(decimal|numeric)/, ({ value }, text) => {
      const type = evidentType(text, value);
      if (isRounded(text, value) || isNull(text, value)) return null;
      if (type === "double") return "error";
      return type === null || type === "number" ? "warning" : null;
    }),
  },
  {
    construct: "decimal without a scale",
    difference: "18 digits, three of them behind the point, in DuckDB; 38 and none behind it in Trino",
    portable: "`decimal(18, 3)`, with both numbers",
    find: inCasts(/^(decimal|numeric)$/, () => "error"),
  },
  {
    construct: "cast to real",
    difference: "sums and averages of a real are double in DuckDB, real in Trino",
    portable: "`cast(x as double)`",
    find: inCasts(/^(real|float|float4)$/, () => "warning"),
  },
  {
    construct: "greatest and least",
    difference: "DuckDB leaves NULLs out, Trino gives NULL if one is NULL",
    portable: "`coalesce` every argument that can be NULL, and say what NULL means",
    find: inCalls("greatest least", ({ args }, text) =>
      args.every((arg) => isLiteral(text, arg) || isCoalesced(text, arg)) ? null : "error",
    ),
  },
  {
    construct: "NaN",
    difference: "DuckDB calls NaN equal to itself and greater than every number, Trino neither",
    portable: "keep NaN out: `nullif`, `case when is_nan(x)`",
    // The text 'nan' is a number only where it is cast to one.
    find: (text) => [
      ...inCasts(/^(double(precision)?|float\d?|real)$/, ({ value }, all) =>
        NAN.test(all.only(value)?.text ?? "") ? "error" : null,
      )(text),
      ...atTokens((at) =>
        (text.is(at, "nan") && text.sign(at + 1, "(")) ||
        (text.is(at, "double", "real", "float") && NAN.test(text.tokens[at + 1]?.text ?? "")) ||
        (text.is(at, "precision") && NAN.test(text.tokens[at + 1]?.text ?? ""))
          ? "error"
          : null,
      )(text),
    ],
  },
  {
    construct: "correlation and regression",
    difference: "of integers DuckDB gives doubles, Trino reals; of one row NaN and NULL",
    portable: "cast both arguments to double, and ask for more than one row",
    find: inCalls(
      "corr covar_pop covar_samp regr_slope regr_intercept regr_r2 regr_avgx regr_avgy regr_sxx regr_sxy regr_syy",
    ),
  },
  {
    construct: "skewness",
    difference: "DuckDB estimates it for the whole from a sample, Trino gives the sample's",
    portable: "write the formula out",
    find: inCalls("skewness"),
  },
  {
    construct: "a number in hexadecimal",
    difference: "DuckDB reads 0x1F as a zero with the name x1F",
    portable: "a decimal number",
    find: atTokens((at, text) => {
      const [number, word] = [text.tokens[at], text.tokens[at + 1]];
      const glued = word?.kind === "word" && number !== undefined && number.start + number.text.length === word.start;
      return glued && number.kind === "number" ? "error" : null;
    }),
  },
  {
    construct: "try",
    difference: "DuckDB gives infinity for a division by zero, so there is nothing to try",
    portable: "`a / nullif(b, 0)`",
    find: inCalls("try"),
  },
];

function isRounded(text: SqlText, { from, to }: Range): boolean {
  return text.is(from, "round", "floor", "ceil", "ceiling", "truncate", "trunc") && text.partner(from + 1) === to - 1;
}

/** coalesce(x, literal) is never NULL. */
function isCoalesced(text: SqlText, range: Range): boolean {
  const call = text.callOver(range);
  const last = call?.name === "coalesce" ? call.args.at(-1) : undefined;
  return last !== undefined && isLiteral(text, last);
}
