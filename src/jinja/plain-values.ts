import { PyIterator } from "./iterators.ts";
import {
  pyRepr,
  PyDict,
  PyFloat,
  PyObject,
  PySet,
  PyTuple,
  textOf,
  toList,
  tuple,
  Undefined,
  type Kwargs,
  type Value,
} from "./values.ts";
import { DictView } from "./views.ts";

/** A plain JavaScript value as a template value: integers are ints, other numbers floats; markers name floats and tuples. */
export function fromJavaScript(value: unknown): Value {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : new PyFloat(value);
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "function":
      return fromFunction(value as (...args: unknown[]) => unknown);
    case "object":
      return value === null ? null : fromObject(value);
    default:
      return value === undefined ? new Undefined() : null;
  }
}

function fromObject(value: object): Value {
  if (
    value instanceof PyFloat ||
    value instanceof PyDict ||
    value instanceof PySet ||
    value instanceof PyObject ||
    value instanceof PyTuple
  )
    return value;
  if (Array.isArray(value)) return value.map(fromJavaScript);
  if (value instanceof Map)
    return PyDict.fromEntries(Array.from(value, ([key, item]) => [fromJavaScript(key), fromJavaScript(item)] as const));
  const keys = Object.keys(value);
  const record = value as Readonly<Record<string, unknown>>;
  if (keys.length === 1) {
    const { __float__: float, __tuple__: items } = record;
    if (typeof float === "number") return new PyFloat(float);
    if (typeof float === "string") return new PyFloat(Number(float));
    if (Array.isArray(items)) return tuple(items.map(fromJavaScript));
  }
  return PyDict.fromEntries(keys.map((key) => [key, fromJavaScript(record[key])] as const));
}

function fromFunction(callee: (...args: unknown[]) => unknown): Value {
  const wrapped = (args: Value[], kwargs: Kwargs): Value => {
    const named = Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [name, toJavaScript(value)]));
    const result = callee(args.map(toJavaScript), named);
    return result === undefined ? null : fromJavaScript(result);
  };
  Object.defineProperty(wrapped, "name", { value: callee.name });
  return wrapped;
}

/** The way back, in the same form: what fromJavaScript accepts. */
export function toJavaScript(value: Value): unknown {
  const text = textOf(value);
  if (text !== undefined) return text;
  if (value instanceof PyFloat) return { __float__: value.value };
  if (value instanceof PyTuple) return { __tuple__: value.map(toJavaScript) };
  if (Array.isArray(value)) return value.map(toJavaScript);
  if (value instanceof PyDict) return dictToJavaScript(value);
  if (value instanceof PySet || value instanceof DictView || value instanceof PyIterator)
    return toList(value).map(toJavaScript);
  if (value instanceof Undefined) return undefined;
  return value;
}

function dictToJavaScript(dict: PyDict): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, value] of dict.entries()) {
    // defineProperty, so that a key named __proto__ is a key like any other.
    Object.defineProperty(record, typeof key === "string" ? key : pyRepr(key), {
      value: toJavaScript(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return record;
}
