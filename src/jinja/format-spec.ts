import { toDouble } from "./arithmetic.ts";
import { reserve } from "./limits.ts";
import { floatRepr } from "../shared/python-float.ts";
import { PyFloat, PyObject, pyStr, raise, textLength, textOf, typeName, type Value } from "./values.ts";
import { exponentText, fixedText, generalText } from "./float-format.ts";

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC = /^(?:([^])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([_,])?(?:\.(\d+))?([a-zA-Z%])?$/u;

function parseSpec(text: string, value: Value): Spec {
  const match = SPEC.exec(text);
  if (match === null)
    return raise(
      "ValueError",
      text.endsWith(".")
        ? "Format specifier missing precision"
        : `Invalid format specifier '${text}' for object of type '${typeName(value)}'`,
    );
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = match;
  const size = Number(width ?? 0);
  reserve(size);
  if (precision !== undefined) reserve(Number(precision));
  return {
    fill: fill ?? (zero === undefined || align !== undefined ? (zero === undefined ? " " : "0") : "0"),
    align: align ?? (zero === undefined ? "" : "="),
    sign: sign ?? "-",
    alternate: alternate !== undefined,
    zero: zero !== undefined,
    width: size,
    grouping: grouping ?? "",
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? "",
  };
}

/** Fills to the width; `head` (sign, 0x) stays left of the padding with "=". */
function pad(spec: Spec, head: string, body: string, fallback: string): string {
  const missing = spec.width - textLength(head) - textLength(body);
  if (missing <= 0) return head + body;
  const align = spec.align === "" ? fallback : spec.align;
  const left = align === "<" ? 0 : align === "^" ? Math.floor(missing / 2) : missing;
  if (align === "=") return head + spec.fill.repeat(missing) + body;
  return spec.fill.repeat(left) + head + body + spec.fill.repeat(missing - left);
}

function group(digits: string, separator: string, size: number): string {
  if (separator === "") return digits;
  return digits.replace(new RegExp(`\\B(?=(?:[\\da-zA-Z]{${size}})+$)`, "g"), separator);
}

function unknownCode(spec: Spec, value: Value): never {
  return raise("ValueError", `Unknown format code '${spec.type}' for object of type '${typeName(value)}'`);
}

function signOf(negative: boolean, spec: Spec): string {
  return negative ? "-" : spec.sign === "-" ? "" : spec.sign;
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16, d: 10, n: 10, "": 10 };

function formatInt(value: number | bigint, spec: Spec, original: Value): string {
  if (/[eEfFgG%]/.test(spec.type)) return formatFloat(toDouble(value), spec, original);
  const base = BASES[spec.type];
  if (spec.type === "c") return pad(spec, "", String.fromCodePoint(Number(value)), "<");
  if (base === undefined) return unknownCode(spec, original);
  if (spec.precision !== undefined) return raise("ValueError", "Precision not allowed in integer format specifier");
  if (spec.grouping === "," && base !== 10) return raise("ValueError", `Cannot specify ',' with '${spec.type}'.`);
  const plain = (value < 0 ? -value : value).toString(base);
  const digits = group(spec.type === "X" ? plain.toUpperCase() : plain, spec.grouping, base === 10 ? 3 : 4);
  const prefix = spec.alternate && base !== 10 ? `0${spec.type}` : "";
  return padGrouped(spec, signOf(value < 0, spec) + prefix, digits);
}

/** Zero padding takes part in the grouping: format(1234, "08,") is 0,001,234. */
function padGrouped(spec: Spec, head: string, digits: string): string {
  if (spec.grouping === "" || spec.align !== "=" || spec.fill !== "0") return pad(spec, head, digits, ">");
  let body = digits;
  while (head.length + body.length < spec.width) {
    const bare = `0${body.replaceAll(spec.grouping, "")}`;
    const [whole = "", ...rest] = bare.split(".");
    body = [group(whole, spec.grouping, 3), ...rest].join(".");
  }
  return head + body;
}

function floatDigits(value: number, spec: Spec): string {
  const precision = spec.precision ?? 6;
  switch (spec.type) {
    case "f":
    case "F":
      return fixedText(value, precision);
    case "%":
      return `${fixedText(value * 100, precision)}%`;
    case "e":
    case "E":
      return exponentText(value, precision);
    case "g":
    case "G":
    case "n":
      return generalText(value, precision, spec.alternate);
    default:
      return spec.precision === undefined
        ? floatRepr(value)
        : withPoint(generalText(value, spec.precision, false, true));
  }
}

function withPoint(text: string): string {
  return /[.e]|inf|nan/.test(text) ? text : `${text}.0`;
}

function formatFloat(value: number, spec: Spec, original: Value): string {
  if (!/^[eEfFgGn%]?$/.test(spec.type)) return unknownCode(spec, original);
  const negative = value < 0 || Object.is(value, -0);
  const digits = floatDigits(Math.abs(value), spec);
  const cased = /[EFG]/.test(spec.type) ? digits.toUpperCase() : digits;
  const match = /^(\d+)(.*)$/s.exec(cased);
  const body = match === null ? cased : group(match[1] ?? "", spec.grouping, 3) + (match[2] ?? "");
  return padGrouped(spec, signOf(negative, spec), body);
}

function formatText(text: string, spec: Spec, original: Value): string {
  if (spec.type !== "" && spec.type !== "s") return unknownCode(spec, original);
  if (spec.sign !== "-") return raise("ValueError", "Sign not allowed in string format specifier");
  if (spec.alternate) return raise("ValueError", "Alternate form (#) not allowed in string format specifier");
  if (spec.align === "=" && !spec.zero)
    return raise("ValueError", "'=' alignment not allowed in string format specifier");
  if (spec.grouping !== "") return raise("ValueError", `Cannot specify '${spec.grouping}' with 's'.`);
  const cut = spec.precision === undefined ? text : Array.from(text).slice(0, spec.precision).join("");
  return pad(spec.align === "=" ? { ...spec, align: "<" } : spec, "", cut, "<");
}

/** format(value, spec) */
export function formatValue(value: Value, specText: string): string {
  const text = textOf(value);
  if (text !== undefined) return specText === "" ? text : formatText(text, parseSpec(specText, value), value);
  if (value instanceof PyObject) {
    const format = value.getAttribute("__format__");
    if (typeof format === "function") return pyStr(format([specText], {}));
  }
  if (specText === "") return pyStr(value);
  if (typeof value === "number" || typeof value === "bigint")
    return formatInt(value, parseSpec(specText, value), value);
  if (typeof value === "boolean") return formatInt(value ? 1 : 0, parseSpec(specText, value), value);
  if (value instanceof PyFloat) return formatFloat(value.value, parseSpec(specText, value), value);
  return raise("TypeError", `unsupported format string passed to ${typeName(value)}.__format__`);
}
