import { evidentType, isNull } from "./evident-type.ts";
import type { Range, SqlText } from "./sql-text.ts";

/** How many digits a number has behind its point, as far as the text shows it; a whole number has none. */
export interface Scale {
  readonly scale: number;
  readonly isDecimal: boolean;
}

const WHOLE: Scale = { scale: 0, isDecimal: false };
/** Functions that keep the scale of their first argument; of decimals Trino's round does too. */
const KEEPING = ["sum", "min", "max", "abs", "nullif", "round", "lag", "lead", "first_value", "last_value"];

/** The scale of a decimal or a whole number in Trino's SQL, or null. */
export function scaleOf(text: SqlText, range: Range): Scale | null {
  const { from, to } = range;
  if (to <= from) return null;
  if (text.sign(from, "-", "+"))
    return text.operandAfter(from).to === to ? scaleOf(text, { from: from + 1, to }) : sums(text, range);
  if (text.sign(from, "(") && text.partner(from) === to - 1) return scaleOf(text, { from: from + 1, to: to - 1 });
  const token = text.only(range) ?? (text.is(from, "decimal") && to - from === 2 ? text.tokens[from + 1] : undefined);
  if (token?.kind === "number" || (token?.kind === "string" && text.is(from, "decimal"))) return ofDigits(token.text);
  const column =
    to - from === 1 ? text.valuesOf(from) : to - from === 3 && text.sign(from + 1, ".") ? text.valuesOf(to - 1) : null;
  if (column !== null) return greatest(column.map((value) => (isNull(text, value) ? WHOLE : scaleOf(text, value))));
  const cast = text.castOver(range);
  if (cast !== undefined) return ofType(cast.type);
  if (text.is(from, "case") && text.is(to - 1, "end")) return greatest(branches(text, range));
  return ofCall(text, range) ?? sums(text, range);
}

function ofDigits(written: string): Scale | null {
  const [, fraction] = /^'?-?\d+(\.\d*)?'?$/.exec(written) ?? [];
  if (!/^'?-?\d/.test(written) || /e/i.test(written)) return null;
  return fraction === undefined
    ? written.startsWith("'")
      ? { scale: 0, isDecimal: true }
      : WHOLE
    : { scale: fraction.length - 1, isDecimal: true };
}

function ofType(type: string): Scale | null {
  if (/^(tiny|small|big)?int(eger)?$/.test(type)) return WHOLE;
  if (!/^(decimal|numeric)(\(|$)/.test(type)) return null;
  return { scale: Number(/,(\d+)\)$/.exec(type)?.[1] ?? 0), isDecimal: true };
}

function greatest(scales: readonly (Scale | null)[]): Scale | null {
  const known = scales.filter((scale) => scale !== null);
  if (known.length < scales.length || known.length === 0) return null;
  return { scale: Math.max(...known.map(({ scale }) => scale)), isDecimal: known.some(({ isDecimal }) => isDecimal) };
}

/** A call, also with FILTER and OVER. */
function ofCall(text: SqlText, { from, to }: Range): Scale | null {
  const close = text.partner(from + 1);
  const call = close === undefined ? undefined : text.callOver({ from, to: close + 1 });
  if (call === undefined || text.operandAfter(from).to !== to) return null;
  const [value] = call.args;
  if (KEEPING.includes(call.name) && value !== undefined) return scaleOf(text, value);
  if (call.name === "avg" && value !== undefined) {
    const scale = scaleOf(text, value);
    return scale?.isDecimal === true ? scale : null;
  }
  if (call.name === "if")
    return greatest(call.args.slice(1).map((arg) => (isNull(text, arg) ? WHOLE : scaleOf(text, arg))));
  if (call.name === "coalesce") return greatest(call.args.map((arg) => scaleOf(text, arg)));
  return evidentType(text, { from, to: (close ?? from) + 1 }) === "integer" ? WHOLE : null;
}

/** What stands after THEN and ELSE. */
function branches(text: SqlText, { from, to }: Range): (Scale | null)[] {
  const values: (Scale | null)[] = [];
  for (let at = from + 1; at < to - 1; at++) {
    if (text.sign(at, "(", "[")) at = text.partner(at) ?? at;
    else if (text.is(at, "case")) return [null];
    else if (text.is(at, "then", "else")) {
      const begin = at + 1;
      while (at + 1 < to - 1 && !text.is(at + 1, "when", "else")) {
        at = text.sign(at + 1, "(", "[") ? (text.partner(at + 1) ?? at + 1) : at + 1;
      }
      const value = { from: begin, to: at + 1 };
      values.push(isNull(text, value) ? WHOLE : scaleOf(text, value));
    }
  }
  return values;
}

/** Sums keep the greater scale, products add them up, and quotients keep the greater. */
function sums(text: SqlText, { from, to }: Range): Scale | null {
  const terms: Scale[] = [];
  let sign = "+";
  for (let at = from; at < to;) {
    const operand = text.operandAfter(at);
    if (operand.to > to || (operand.from === from && operand.to === to)) return null;
    const scale = scaleOf(text, operand);
    if (scale === null) return null;
    const before = terms.at(-1);
    if (before === undefined || ["+", "-"].includes(sign)) terms.push(scale);
    else terms[terms.length - 1] = product(before, scale, sign);
    if (operand.to === to) return greatest(terms);
    sign = text.tokens[operand.to]?.text ?? "";
    if (!text.sign(operand.to, "+", "-", "*", "/")) return null;
    at = operand.to + 1;
  }
  return null;
}

function product(left: Scale, right: Scale, sign: string): Scale {
  const scale = sign === "*" ? left.scale + right.scale : Math.max(left.scale, right.scale);
  return { scale, isDecimal: left.isDecimal || right.isDecimal };
}
