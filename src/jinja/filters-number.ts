import { binary, int, multiply, unary } from "./arithmetic.ts";
import { isInt, Signature, toInt } from "./arguments.ts";
import type { Filter } from "./environment.ts";
import { JinjaError } from "./errors.ts";
import { fixedText } from "./float-format.ts";
import { convertToFloat, parseInteger, truncateToInt } from "./number-parse.ts";
import { numberOf, PyFloat, PyObject, raise, textOf, truthy, typeName, Undefined, type Value } from "./values.ts";

function isOneOf(error: unknown, types: readonly string[]): boolean {
  return error instanceof JinjaError && types.includes(error.pythonType);
}

const intArgs = new Signature("do_int", "value default? base?");

const toInteger: Filter = (_state, value, args, kwargs) => {
  const [, fallback = 0, base = 10] = intArgs.bind([value, ...args], kwargs);
  const text = textOf(value);
  try {
    return text === undefined ? truncateToInt(undefinedFails(value)) : parseInteger(text, toInt(base));
  } catch (error) {
    if (!isOneOf(error, ["TypeError", "ValueError"])) throw error;
  }
  try {
    return truncateToInt(new PyFloat(convertToFloat(value)));
  } catch (error) {
    if (isOneOf(error, ["TypeError", "ValueError", "OverflowError"])) return fallback;
    throw error;
  }
};

function undefinedFails(value: Value): Value {
  return value instanceof Undefined ? value.fail() : value;
}

const floatArgs = new Signature("do_float", "value default?");

const toFloatFilter: Filter = (_state, value, args, kwargs) => {
  const [, fallback = new PyFloat(0)] = floatArgs.bind([value, ...args], kwargs);
  try {
    return new PyFloat(convertToFloat(undefinedFails(value)));
  } catch (error) {
    if (isOneOf(error, ["TypeError", "ValueError"])) return fallback;
    throw error;
  }
};

/** round() of a double to decimal places, half to even on its exact value. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 323) return value;
  if (digits < -308) return 0;
  if (digits >= 0) {
    const rounded = Number(fixedText(Math.abs(value), digits));
    return value < 0 ? -rounded : rounded;
  }
  const scale = 10 ** -digits;
  return Number(roundInt(BigInt(Math.trunc(value)), -digits)) + 0 * scale;
}

function roundInt(value: bigint, digits: number): bigint {
  const scale = 10n ** BigInt(digits);
  const half = scale / 2n;
  const positive = value < 0n ? -value : value;
  const rest = positive % scale;
  const down = positive - rest;
  const up = rest > half || (rest === half && (down / scale) % 2n === 1n) ? down + scale : down;
  return value < 0n ? -up : up;
}

/** round(value, digits) */
export function roundValue(value: Value, digits: Value): Value {
  if (value instanceof PyObject) {
    const round = value instanceof Undefined ? undefined : value.getAttribute("__round__");
    if (typeof round === "function") return round([digits], {});
  }
  const number = numberOf(value);
  if (number === undefined) return raise("TypeError", `type ${typeName(value)} doesn't define __round__ method`);
  const places = toInt(digits);
  if (value instanceof PyFloat) {
    if (Number.isNaN(value.value) || !Number.isFinite(value.value)) return value;
    return new PyFloat(roundFloat(value.value, Math.min(places, 400)));
  }
  if (places >= 0) return isInt(value) ? int(BigInt(value)) : value;
  return int(roundInt(BigInt(number), Math.min(-places, 1000)));
}

const roundArgs = new Signature("do_round", "value precision? method?");

const round: Filter = (_state, value, args, kwargs) => {
  const [, precision = 0, method = "common"] = roundArgs.bind([value, ...args], kwargs);
  if (method !== "common" && method !== "ceil" && method !== "floor")
    raise("FilterArgumentError", "method must be common, ceil or floor");
  if (method === "common") return roundValue(value, precision);
  const scale = binary("**", 10, precision);
  const scaled = multiply(value, scale);
  const number = numberOf(scaled) ?? raise("TypeError", `must be real number, not ${typeName(scaled)}`);
  if (typeof number === "bigint") return binary("/", number, scale);
  if (!Number.isFinite(number)) return truncateToInt(new PyFloat(number));
  const whole = method === "ceil" ? Math.ceil(number) : Math.floor(number);
  return binary("/", truncateToInt(new PyFloat(whole)), scale);
};

const abs: Filter = (_state, value) => {
  if (value instanceof PyFloat) return new PyFloat(Math.abs(value.value));
  if (isInt(value)) return Number(value) < 0 ? unary("-", value) : unary("+", value);
  if (value instanceof Undefined) return raise("TypeError", "bad operand type for abs(): 'Undefined'");
  const own = value instanceof PyObject ? value.getAttribute("__abs__") : undefined;
  if (typeof own === "function") return own([], {});
  return raise("TypeError", `bad operand type for abs(): '${typeName(value)}'`);
};

const PREFIXES = ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const sizeArgs = new Signature("do_filesizeformat", "value binary?");

const filesizeformat: Filter = (_state, value, args, kwargs) => {
  const [, binaryUnits = false] = sizeArgs.bind([value, ...args], kwargs);
  const bytes = convertToFloat(undefinedFails(value));
  const base = truthy(binaryUnits) ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const names = PREFIXES.map((name) => (base === 1024 ? `${name.charAt(0).toUpperCase()}iB` : name));
  const index = names.findIndex((_name, i) => bytes < base ** (i + 2));
  const at = index === -1 ? names.length - 1 : index;
  return `${fixedText((base * bytes) / base ** (at + 2), 1)} ${names[at] ?? ""}`;
};

export const numberFilters: readonly [string, Filter][] = [
  ["int", toInteger],
  ["float", toFloatFilter],
  ["round", round],
  ["abs", abs],
  ["filesizeformat", filesizeformat],
];
