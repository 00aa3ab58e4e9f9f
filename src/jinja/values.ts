import { raise } from "./errors.ts";
import { reserve, spend } from "./limits.ts";
import { floatRepr } from "../shared/python-float.ts";
import { bigintText } from "./number-text.ts";
import { hashKey, PyDict, PyFloat, PyObject, PySet, PyTuple, type Value } from "./objects.ts";
import { quote } from "./quote.ts";
import { textOf } from "./str-object.ts";

export { JinjaError, raise } from "./errors.ts";
export { NO_KWARGS, PyDict, PyFloat, PyObject, PySet, PyTuple, tuple } from "./objects.ts";
export type { BinaryOperator, HostFunction, Kwargs, Value } from "./objects.ts";
export { ChainableUndefined, Undefined } from "./undefined.ts";

/** The name of the Python type of a value. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case "string":
      return "str";
    case "boolean":
      return "bool";
    case "number":
    case "bigint":
      return "int";
    case "function":
      return "function";
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: Value & (object | null)): string {
  if (value === null) return "NoneType";
  if (value instanceof PyFloat) return "float";
  if (value instanceof PyTuple) return "tuple";
  if (Array.isArray(value)) return "list";
  if (value instanceof PyDict) return "dict";
  if (value instanceof PySet) return value.frozen ? "frozenset" : "set";
  return (value as PyObject).pyType;
}

export function truthy(value: Value): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return value !== 0;
    case "bigint":
    case "function":
      return true;
    default:
      return objectTruthy(value);
  }
}

function objectTruthy(value: Value & (object | null)): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof PyFloat) return value.value !== 0;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  return (value as PyObject).truthy();
}

/** The number of characters as Python counts them: code points, not UTF-16 units. */
export function textLength(text: string): number {
  if (!hasAstral(text)) return text.length;
  let length = 0;
  for (const char of text) length += char.length > 0 ? 1 : 0;
  return length;
}

/** Whether indexes into this text differ between Python and JavaScript. */
export function hasAstral(text: string): boolean {
  return /[\ud800-\udbff][\udc00-\udfff]/.test(text);
}

/** len(); undefined where Python has no length. */
export function lengthOf(value: Value): number | undefined {
  if (typeof value === "string") return textLength(value);
  if (typeof value !== "object" || value === null || value instanceof PyFloat) return undefined;
  if (Array.isArray(value)) return value.length;
  if (value instanceof PyDict || value instanceof PySet) return value.size;
  return value.length();
}

function* watched(size: () => number, items: Iterable<Value>, what: string): Generator<Value> {
  const before = size();
  for (const item of items) {
    yield item;
    if (size() !== before) raise("RuntimeError", `${what} changed size during iteration`);
  }
}

/** iter(), or undefined where the value cannot be iterated. */
export function tryIterate(value: Value): Iterable<Value> | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || value instanceof PyFloat) return undefined;
  if (Array.isArray(value)) return value;
  if (value instanceof PyDict) return watched(() => value.size, value.keys(), "dictionary");
  if (value instanceof PySet) return watched(() => value.size, value, "Set");
  return value.iterate();
}

/** iter(), raising TypeError as Python does. */
export function iterate(value: Value): Iterable<Value> {
  return tryIterate(value) ?? raise("TypeError", `'${typeName(value)}' object is not iterable`);
}

/** list(value), counted, so that an endless iterator ends. */
export function toList(value: Value): Value[] {
  const items = iterate(value);
  if (Array.isArray(items)) {
    spend(items.length >> 4);
    return items.slice() as Value[];
  }
  const result: Value[] = [];
  for (const item of items) {
    spend(1);
    result.push(item);
  }
  return result;
}

/** A number for every int and float that can be compared exactly; bigint otherwise; undefined for other types. */
export function numberOf(value: Value): number | bigint | undefined {
  switch (typeof value) {
    case "number":
    case "bigint":
      return value;
    case "boolean":
      return value ? 1 : 0;
    default:
      return value instanceof PyFloat ? value.value : undefined;
  }
}

function sequencesEqual(a: Value[], b: Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!pyEquals(a[i] as Value, b[i] as Value)) return false;
  return true;
}

function dictsEqual(a: PyDict, b: PyDict): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a.entries()) {
    const other = b.get(key);
    if (other === undefined || !pyEquals(value, other)) return false;
  }
  return true;
}

/** == */
export function pyEquals(a: Value, b: Value): boolean {
  if (typeof a === "string" && typeof b === "string") return a === b;
  if (a === b) return true;
  const left = numberOf(a);
  // JavaScript compares number and bigint by mathematical value, as Python does.
  if (left !== undefined) {
    const right = numberOf(b);
    // eslint-disable-next-line eqeqeq -- bigint == number compares values, === never holds
    return right === undefined ? b instanceof PyObject && b.equals(a) : left == right;
  }
  if (a instanceof PyObject) return a.equals(b);
  if (b instanceof PyObject) return b.equals(a);
  return containersEqual(a, b);
}

function containersEqual(a: Value, b: Value): boolean {
  if (Array.isArray(a)) {
    spend(1);
    return Array.isArray(b) && a instanceof PyTuple === b instanceof PyTuple && sequencesEqual(a, b);
  }
  if (a instanceof PyDict) return b instanceof PyDict && dictsEqual(a, b);
  if (a instanceof PySet) return b instanceof PySet && a.size === b.size && [...a].every((item) => b.has(item));
  return false;
}

export function pyStr(value: Value): string {
  if (typeof value === "string") return value;
  return value instanceof PyObject ? value.str() : pyRepr(value);
}

/** Containers that are being printed now; one inside itself prints as dots. */
const printing: object[] = [];

function nested(container: object, dots: string, print: () => string): string {
  if (printing.includes(container)) return dots;
  printing.push(container);
  try {
    const text = print();
    reserve(text.length);
    return text;
  } finally {
    printing.pop();
  }
}

export function pyRepr(value: Value): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return String(value);
    case "bigint":
      return bigintText(value);
    case "function":
      return `<function ${value.name === "" ? "<lambda>" : value.name}>`;
    default:
      return objectRepr(value);
  }
}

function objectRepr(value: Value & (object | null)): string {
  spend(1);
  if (value === null) return "None";
  if (value instanceof PyFloat) return floatRepr(value.value);
  if (value instanceof PyTuple) return nested(value, "(...)", () => tupleRepr(value));
  if (Array.isArray(value)) return nested(value, "[...]", () => `[${value.map(pyRepr).join(", ")}]`);
  if (value instanceof PyDict) return nested(value, "{...}", () => dictRepr(value));
  if (value instanceof PySet) return setRepr(value);
  return (value as PyObject).repr();
}

function tupleRepr(value: PyTuple): string {
  return value.length === 1 ? `(${pyRepr(value[0] as Value)},)` : `(${value.map(pyRepr).join(", ")})`;
}

function dictRepr(value: PyDict): string {
  return `{${Array.from(value.entries(), ([key, item]) => `${pyRepr(key)}: ${pyRepr(item)}`).join(", ")}}`;
}

function setRepr(value: PySet): string {
  if (value.size === 0) return value.frozen ? "frozenset()" : "set()";
  const items = `{${Array.from(value, pyRepr).join(", ")}}`;
  return value.frozen ? `frozenset(${items})` : items;
}

export { hashKey, quote, textOf };
