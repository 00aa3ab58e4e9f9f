import { evidentType, type EvidentType } from "../hazards/evident-type.ts";
import { factorTypes, isSubscript } from "../hazards/operands.ts";
import { subtraction } from "../hazards/time-rules.ts";
import type { Range, SqlText } from "../hazards/sql-text.ts";
import { wholeOf, type Rewrite, type Site } from "./rewrite.ts";

/** Signs that bind at least as tight as a sum: what stands beside them is no operand of its own. */
const TIGHT = ["+", "-", "*", "/", "//", "%", "^", "**", "||", "->", "->>", "::", "."];

/** Writes an operator of the rank of `*` with its right side; `judge` gives the template or null. */
function infix(
  signs: readonly string[],
  judge: (at: number, right: Range, text: SqlText) => Pick<Site, "template" | "type"> | null,
): Rewrite["find"] {
  return (text) =>
    text.tokens.flatMap((_, at) => {
      if (!text.sign(at, ...signs) || at === 0) return [];
      const right = text.operandAfter(at + 1);
      if (text.is(right.from, "case", "interval", "not", "exists")) return [];
      const written = judge(at, right, text);
      return written === null ? [] : [{ from: at, to: right.to, args: [right], infix: true, ...written }];
    });
}

/** Writes `left sign right` as a whole where nothing beside it binds as tight. */
function between(
  sign: string,
  judge: (left: Range, right: Range, text: SqlText) => Pick<Site, "template" | "type"> | null,
): Rewrite["find"] {
  return (text) =>
    text.tokens.flatMap((_, at) => {
      if (!text.sign(at, sign) || at === 0) return [];
      const [left, right] = [text.operandBefore(at), text.operandAfter(at + 1)];
      if (left.from < 0 || text.sign(left.from - 1, ...TIGHT)) return [];
      if (text.sign(right.to, "*", "/", "//", "%", "^", "**", "->", "->>")) return [];
      const written = judge(left, right, text);
      return written === null ? [] : [{ from: left.from, to: right.to, args: [left, right], ...written }];
    });
}

const are = (type: EvidentType, text: SqlText, ...ranges: readonly Range[]) =>
  ranges.every((range) => evidentType(text, range) === type);

const isInteger = (types: readonly EvidentType[]) => types.every((type) => type === "integer");

/** `x[1]`: what is before the bracket, and what is in it. */
function subscripts(judge: (index: Range, container: Range, text: SqlText) => string | null): Rewrite["find"] {
  return (text) =>
    text.tokens.flatMap((_, at) => {
      const close = text.partner(at);
      if (!isSubscript(text, at) || close === undefined || text.sign(at - 1, ".")) return [];
      const [container, index] = [text.operandBefore(at), { from: at + 1, to: close }];
      if (index.from === index.to || hasColon(text, index)) return [];
      const template = judge(index, container, text);
      return template === null
        ? []
        : [{ from: container.from, to: close + 1, args: [container, index], template, type: null }];
    });
}

function hasColon(text: SqlText, { from, to }: Range): boolean {
  for (let at = from; at < to; at++) {
    if (text.sign(at, "(", "[", "{")) at = text.partner(at) ?? at;
    else if (text.sign(at, ":")) return true;
  }
  return false;
}

/** DuckDB's // cuts whole numbers off and divides doubles; a decimal's scale it does not keep, so that is an error. */
function divisionsOfUnknown(text: SqlText): Site[] {
  return text.tokens.flatMap((_, at) => {
    if (!text.sign(at, "/") || at === 0) return [];
    const types = factorTypes(text, at);
    if (isInteger(types) || types.includes("double") || types.includes("decimal")) return [];
    const right = text.operandAfter(at + 1);
    let from = text.operandBefore(at).from;
    while (text.sign(from - 1, "*", "/", "%")) from = text.operandBefore(from - 1).from;
    if (
      text.is(right.from, "case", "interval") ||
      text.is(from, "interval") ||
      text.sign(from - 1, "^", "**", "||", "->")
    )
      return [];
    const decimals =
      "typeof($1) like 'DECIMAL%' or typeof($2) like 'DECIMAL%' or typeof($1) = 'FLOAT' or typeof($2) = 'FLOAT'";
    const template = `(case when ${decimals} then error('not translated: a division of decimals') else ($1) // ($2) end)`;
    return [{ from, to: right.to, args: [{ from, to: at }, right], template, type: "number" }];
  });
}

/** A minus between two values of unknown type: it becomes one that dates do not have, so that they are refused. */
function minusOfNumbers(template: string): Rewrite["find"] {
  return (text) =>
    text.tokens.flatMap((_, at) => {
      if (subtraction(at, text) !== "warning") return [];
      if (text.sign(text.operandBefore(at).from - 1, "||", "->", "->>")) return [];
      return [{ from: at, to: at + 1, args: [], template, type: null, early: true }];
    });
}

export const OPERATORS_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "a / b",
    reason: "DuckDB divides every number as a double, also by zero",
    find: infix(["/"], () => ({ template: "/ cast($1 as double)", type: "double" })),
  },
  {
    construct: "a // b",
    reason: "whole numbers are cut off, and NULL by zero; doubles are divided as by /",
    find: infix(["//"], (at, _, text) => {
      const types = factorTypes(text, at);
      if (isInteger(types)) return { template: "/ nullif($1, 0)", type: "integer" };
      return types.includes("double") ? { template: "/ cast($1 as double)", type: "double" } : null;
    }),
  },
  {
    construct: "a % b",
    reason: "NULL by zero, where Trino fails",
    find: infix(["%"], (at, right, text) => {
      const types = factorTypes(text, at);
      const number = wholeOf(text, right);
      if (number !== undefined && number !== 0) return null;
      return types.every((type) => type === "integer" || type === "decimal")
        ? { template: "% nullif($1, 0)", type: isInteger(types) ? "integer" : "decimal" }
        : null;
    }),
  },
  {
    construct: "date - date",
    reason: "a number of days, where Trino gives an interval",
    find: between("-", (left, right, text) =>
      are("date", text, left, right) ? { template: "date_diff('day', $2, $1)", type: "integer" } : null,
    ),
  },
  {
    construct: "date + 1",
    reason: "Trino adds no number to a date",
    find: (text) => [
      ...between("+", (left, right) =>
        are("date", text, left) && are("integer", text, right)
          ? { template: "date_add('day', $2, $1)", type: "date" }
          : null,
      )(text),
      ...between("-", (left, right) =>
        are("date", text, left) && are("integer", text, right)
          ? { template: "date_add('day', -($2), $1)", type: "date" }
          : null,
      )(text),
    ],
  },
  {
    construct: "a - b",
    reason: "of dates Trino gives an interval; with 0 added it refuses them",
    find: minusOfNumbers("+ 0 -"),
  },
  {
    construct: "a >> b",
    reason: "of negative numbers Trino's shifts zeros in",
    find: between(">>", (_, right, text) => {
      const count = wholeOf(text, right) ?? -1;
      return count >= 0 && count < 31 ? { template: "bitwise_right_shift_arithmetic($1, $2)", type: "integer" } : null;
    }),
  },
  {
    construct: "x[i]",
    reason: "outside of an array or map DuckDB gives NULL, as Trino's element_at",
    find: subscripts((index, container, text) => {
      if (are("string", text, container))
        return wholeOf(text, index) === undefined || Number(wholeOf(text, index)) < 1 ? null : "substr($1, $2, 1)";
      return wholeOf(text, index) === 0 ? null : "element_at($1, $2)";
    }),
  },
];

export const OPERATORS_TO_DUCKDB: readonly Rewrite[] = [
  {
    construct: "a / b",
    reason: "Trino cuts whole numbers off and divides doubles also by zero",
    find: (text) => [
      ...infix(["/"], (at) => {
        const types = factorTypes(text, at);
        if (isInteger(types)) return { template: "// $1", type: "integer" };
        return types.includes("double") ? { template: "/ $1", type: "double" } : null;
      })(text),
      ...divisionsOfUnknown(text),
    ],
  },
  {
    construct: "date - date",
    reason: "an interval in Trino",
    find: between("-", (left, right, text) =>
      are("date", text, left, right) ? { template: "to_days(cast($1 - $2 as integer))", type: "interval" } : null,
    ),
  },
  {
    construct: "a - b",
    reason: "of dates DuckDB gives days; multiplied it refuses them",
    find: minusOfNumbers("* 1 -"),
  },
  {
    construct: "x[i]",
    reason: "DuckDB takes every index",
    find: subscripts(() => "($1)[$2]"),
  },
];
