import { raise } from "./errors.ts";
import { PyFloat, PyObject, pyRepr, textOf, typeName, type Value } from "./values.ts";
import { strip } from "./str-split.ts";

const MAX_DIGITS = 4300;
const PREFIXES: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 16: "0x" };

function normalize(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function parseDigits(text: string, base: number): bigint | undefined {
  if (!/^[\da-z]+(?:_[\da-z]+)*$/i.test(text)) return undefined;
  const digits = text.replaceAll("_", "").toLowerCase();
  if (base === 10 && /^\d+$/.test(digits)) return BigInt(digits);
  let result = 0n;
  for (const char of digits) {
    const digit = parseInt(char, 36);
    if (digit >= base) return undefined;
    result = result * BigInt(base) + BigInt(digit);
  }
  return result;
}

function withoutPrefix(digits: string, base: number): { digits: string; base: number } | undefined {
  const prefix = digits.slice(0, 2).toLowerCase();
  const found = Object.entries(PREFIXES).find(([, text]) => text === prefix);
  if (found !== undefined && (base === 0 || base === Number(found[0])))
    return { digits: digits.slice(2).replace(/^_/, ""), base: Number(found[0]) };
  if (base !== 0) return { digits, base };
  return /^0+[1-9_]*[1-9]/.test(digits) ? undefined : { digits, base: 10 };
}

/** int(text, base) */
export function parseInteger(text: string, base: number, original: Value = text): number | bigint {
  const fail = (): never => raise("ValueError", `invalid literal for int() with base ${base}: ${pyRepr(original)}`);
  if (base !== 0 && (base < 2 || base > 36)) return raise("ValueError", "int() base must be >= 2 and <= 36, or 0");
  const match = /^([+-]?)(.*)$/s.exec(strip(text, undefined, true, true));
  const parts = withoutPrefix(match?.[2] ?? "", base) ?? fail();
  if (parts.digits.length > MAX_DIGITS && parts.base === 10 && /^\d+$/.test(parts.digits)) {
    raise(
      "ValueError",
      `Exceeds the limit (${MAX_DIGITS} digits) for integer string conversion: value has ${parts.digits.length} digits; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  const value = parseDigits(parts.digits, parts.base) ?? fail();
  return normalize(match?.[1] === "-" ? -value : value);
}

const FLOAT_TEXT =
  /^[+-]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?|inf(?:inity)?|nan)$/i;

/** float(text); undefined where Python refuses. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = strip(text, undefined, true, true);
  if (!FLOAT_TEXT.test(trimmed)) return undefined;
  if (/nan/i.test(trimmed)) return Number.NaN;
  if (/inf/i.test(trimmed)) return trimmed.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(trimmed.replaceAll("_", ""));
}

/** int(value) of a value that is no text. */
export function truncateToInt(value: Value): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof PyFloat) {
    if (Number.isNaN(value.value)) return raise("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(value.value)) return raise("OverflowError", "cannot convert float infinity to integer");
    return normalize(BigInt(Math.trunc(value.value)));
  }
  const convert = value instanceof PyObject ? value.getAttribute("__int__") : undefined;
  if (typeof convert === "function") return convert([], {}) as number | bigint;
  return raise(
    "TypeError",
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  );
}

/** float(value) */
export function convertToFloat(value: Value): number {
  const text = textOf(value);
  if (text !== undefined)
    return parseFloatText(text) ?? raise("ValueError", `could not convert string to float: ${pyRepr(text)}`);
  if (value instanceof PyFloat) return value.value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") {
    const double = Number(value);
    return Number.isFinite(double) ? double : raise("OverflowError", "int too large to convert to float");
  }
  const convert = value instanceof PyObject ? value.getAttribute("__float__") : undefined;
  if (typeof convert === "function") return (convert([], {}) as PyFloat).value;
  return raise("TypeError", `float() argument must be a string or a real number, not '${typeName(value)}'`);
}
