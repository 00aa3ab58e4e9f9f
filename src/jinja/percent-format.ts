import { reserve } from "./limits.ts";
import { exponentText, fixedText, generalText } from "./float-format.ts";
import {
  numberOf,
  PyDict,
  PyFloat,
  PyObject,
  pyRepr,
  pyStr,
  PyTuple,
  raise,
  textLength,
  textOf,
  typeName,
  type Value,
} from "./values.ts";

const DIRECTIVE = /%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([^])?/g;

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Hands out the arguments of a % format, one by one or by name. */
class FormatArguments {
  readonly #values: Value[];
  readonly #mapping: Value;
  #next = 0;
  #named = false;

  constructor(values: Value) {
    this.#values = values instanceof PyTuple ? values : [values];
    this.#mapping = values;
  }

  next(): Value {
    const value = this.#values[this.#next++];
    return value === undefined ? raise("TypeError", "not enough arguments for format string") : value;
  }

  named(key: string): Value {
    this.#named = true;
    const mapping = this.#mapping;
    if (mapping instanceof PyDict) return mapping.get(key) ?? (mapping.has(key) ? null : raise("KeyError", `'${key}'`));
    if (mapping instanceof PyObject && !(mapping instanceof PyTuple)) {
      const value = mapping.getItem(key);
      if (value !== undefined) return value;
    }
    return raise("TypeError", "format requires a mapping");
  }

  /** Python complains about arguments nobody asked for, unless they could be a mapping. */
  finish(): void {
    if (this.#named || this.#next >= this.#values.length) return;
    const values = this.#mapping;
    const isMapping =
      !(values instanceof PyTuple) &&
      typeof values !== "string" &&
      (values instanceof PyDict ||
        Array.isArray(values) ||
        (values instanceof PyObject && values.getItem !== PyObject.prototype.getItem && textOf(values) === undefined));
    if (!isMapping) raise("TypeError", "not all arguments converted during string formatting");
  }
}

/** template % values */
export function percentFormat(template: string, values: Value): string {
  const args = new FormatArguments(values);
  let length = 0;
  const text = template.replace(
    DIRECTIVE,
    (
      all: string,
      key: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string | undefined,
      offset: number,
    ) => {
      if (type === undefined)
        return raise(
          "ValueError",
          all.startsWith("%(") || !all.includes("(") ? "incomplete format" : "incomplete format key",
        );
      if (type === "%") return "%";
      if (type === "(") return raise("ValueError", "incomplete format key");
      const named = key === undefined ? undefined : args.named(key);
      const star = width === "*" ? starValue(args) : Number(width ?? 0);
      const digits = precision === undefined ? undefined : precision === "*" ? starValue(args) : Number(precision);
      const directive = { flags: star < 0 ? `${flags}-` : flags, width: Math.abs(star), precision: digits, type };
      if (!"diouxXeEfFgGcrsa".includes(type)) {
        return raise(
          "ValueError",
          `unsupported format character '${type}' (0x${(type.codePointAt(0) ?? 0).toString(16)}) at index ${offset + all.length - 1}`,
        );
      }
      reserve(directive.width);
      if (digits !== undefined) reserve(digits);
      const result = convert(directive, named === undefined ? args.next() : named);
      reserve((length += result.length));
      return result;
    },
  );
  args.finish();
  return text;
}

function starValue(args: FormatArguments): number {
  const value = args.next();
  return typeof value === "number" ? value : raise("TypeError", "* wants int");
}

function convert(directive: Directive, value: Value): string {
  switch (directive.type) {
    case "s":
      return padText(directive, pyStr(value));
    case "r":
    case "a":
      return padText(directive, pyRepr(value));
    case "c":
      return padText({ ...directive, precision: undefined }, character(value));
    case "d":
    case "i":
    case "u":
      return integer(directive, decimalOf(value, directive.type));
    case "o":
    case "x":
    case "X":
      return integer(directive, wholeOf(value, directive.type));
    default:
      return float(directive, value);
  }
}

function padText(directive: Directive, text: string): string {
  const cut = directive.precision === undefined ? text : Array.from(text).slice(0, directive.precision).join("");
  const missing = directive.width - textLength(cut);
  if (missing <= 0) return cut;
  return directive.flags.includes("-") ? cut + " ".repeat(missing) : " ".repeat(missing) + cut;
}

function character(value: Value): string {
  const text = textOf(value);
  if (text !== undefined && textLength(text) === 1) return text;
  const code = typeof value === "boolean" ? Number(value) : value;
  if (typeof code !== "number") return raise("TypeError", "%c requires int or char");
  if (code < 0 || code > 0x10ffff) return raise("OverflowError", "%c arg not in range(0x110000)");
  return String.fromCodePoint(code);
}

function decimalOf(value: Value, type: string): bigint {
  if (value instanceof PyFloat) {
    if (Number.isNaN(value.value)) return raise("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(value.value)) return raise("OverflowError", "cannot convert float infinity to integer");
    return BigInt(Math.trunc(value.value));
  }
  const whole = value instanceof PyObject ? hostNumber(value) : numberOf(value);
  if (whole === undefined)
    return raise("TypeError", `%${type} format: a real number is required, not ${typeName(value)}`);
  return BigInt(Math.trunc(Number(whole))) === BigInt(typeof whole === "bigint" ? whole : Math.trunc(whole))
    ? BigInt(typeof whole === "bigint" ? whole : Math.trunc(whole))
    : BigInt(whole);
}

/** A number of the host, such as Decimal, tells its value by __float__. */
function hostNumber(value: PyObject): number | bigint | undefined {
  const convertor = value.getAttribute("__float__");
  return typeof convertor === "function" ? numberOf(convertor([], {})) : undefined;
}

function wholeOf(value: Value, type: string): bigint {
  const whole = value instanceof PyFloat ? undefined : numberOf(value);
  return whole === undefined
    ? raise("TypeError", `%${type} format: an integer is required, not ${typeName(value)}`)
    : BigInt(whole);
}

function padNumber(directive: Directive, sign: string, digits: string): string {
  const missing = directive.width - sign.length - digits.length;
  if (missing <= 0) return sign + digits;
  if (directive.flags.includes("-")) return sign + digits + " ".repeat(missing);
  if (directive.flags.includes("0")) return sign + "0".repeat(missing) + digits;
  return " ".repeat(missing) + sign + digits;
}

function signOf(negative: boolean, flags: string): string {
  return negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function integer(directive: Directive, value: bigint): string {
  const { type, flags, precision } = directive;
  const base = type === "o" ? 8 : type === "x" || type === "X" ? 16 : 10;
  const plain = (value < 0n ? -value : value).toString(base).padStart(precision ?? 0, "0");
  const digits = type === "X" ? plain.toUpperCase() : plain;
  const prefix = flags.includes("#") && base !== 10 ? `0${type}` : "";
  return padNumber(directive, signOf(value < 0n, flags) + prefix, digits);
}

function float(directive: Directive, value: Value): string {
  const number = value instanceof PyObject ? hostNumber(value) : numberOf(value);
  if (number === undefined) return raise("TypeError", `must be real number, not ${typeName(value)}`);
  const double = Number(number);
  const size = Math.abs(double);
  const precision = directive.precision ?? 6;
  const kind = directive.type.toLowerCase();
  const text =
    kind === "f"
      ? fixedText(size, precision)
      : kind === "e"
        ? exponentText(size, precision)
        : generalText(size, precision, directive.flags.includes("#"));
  const digits = directive.type === kind ? text : text.toUpperCase();
  const flags = Number.isFinite(double) ? directive.flags : directive.flags.replaceAll("0", "");
  return padNumber({ ...directive, flags }, signOf(double < 0 || Object.is(double, -0), flags), digits);
}
