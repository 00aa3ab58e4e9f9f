import { setFieldAccess } from "./field-access.ts";
import { BoundMethod, methodOf, typeAttribute } from "./methods.ts";
import { PySlice, sliceIndexes } from "./slices.ts";
import {
  hasAstral,
  lengthOf,
  PyDict,
  PyObject,
  PyTuple,
  pyStr,
  raise,
  textOf,
  tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";

/** Attributes every Python object has, all of them closed to templates. */
const INTERNAL: ReadonlySet<string> = new Set(
  (
    "__class__ __init__ __new__ __doc__ __dict__ __module__ __repr__ __str__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ " +
    "__getattribute__ __setattr__ __delattr__ __dir__ __format__ __reduce__ __reduce_ex__ __sizeof__ __subclasshook__ __init_subclass__"
  ).split(" "),
);
const SEQUENCE_INTERNAL: ReadonlySet<string> = new Set(
  "__add__ __len__ __getitem__ __iter__ __contains__ __mul__ __rmul__".split(" "),
);

function describeObject(value: Value): string {
  if (value === null) return "None";
  return `${value instanceof PyObject ? value.qualifiedType : typeName(value)} object`;
}

/** The undefined for a missing attribute or item of `object`. */
export function missing(object: Value, name: Value, text: (key: Value) => string): Undefined {
  const described = describeObject(object);
  const message =
    typeof name === "string"
      ? `'${described}' has no attribute '${name}'`
      : `${described} has no element ${text(name)}`;
  return new Undefined({ message, name });
}

function isInternal(object: Value, name: string): boolean {
  if (!name.startsWith("__")) return false;
  if (INTERNAL.has(name)) return !(name === "__dict__" || name === "__module__") || object instanceof PyObject;
  return SEQUENCE_INTERNAL.has(name) && lengthOf(object) !== undefined;
}

function unsafe(object: Value, name: string): Undefined {
  return new Undefined({
    hint: `access to attribute '${name}' of '${typeName(object)}' object is unsafe.`,
    name,
    pythonType: "SecurityError",
  });
}

/** A Python attribute, before any rule of Jinja; undefined where there is none. */
export function pythonAttribute(object: Value, name: string): Value | undefined {
  const method = methodOf(object, name);
  if (method !== undefined) return new BoundMethod(object, name, method);
  if (object instanceof PyObject) return object.getAttribute(name);
  return typeAttribute(object, name);
}

/** object.name: attributes first, then items. */
export function getAttribute(object: Value, name: string): Value {
  if (isInternal(object, name)) return unsafe(object, name);
  const attribute = pythonAttribute(object, name);
  if (attribute !== undefined) return name.startsWith("_") ? unsafe(object, name) : attribute;
  const item = pythonItem(object, name);
  return item === undefined ? missing(object, name, String) : item;
}

/** object[key]: items first, then attributes. */
export function getItem(object: Value, key: Value, repr: (value: Value) => string): Value {
  const item = pythonItem(object, key);
  if (item !== undefined) return item;
  const name = textOf(key);
  if (name === undefined) return missing(object, key, repr);
  if (isInternal(object, name)) return unsafe(object, name);
  const attribute = pythonAttribute(object, name);
  if (attribute === undefined) return missing(object, name, repr);
  return name.startsWith("_") ? unsafe(object, name) : attribute;
}

function indexOf(key: Value): number | undefined {
  if (typeof key === "number") return key;
  return typeof key === "boolean" ? (key ? 1 : 0) : undefined;
}

/** object[key] of Python, with undefined instead of an error. */
export function pythonItem(object: Value, key: Value): Value | undefined {
  if (object instanceof PyDict) return isHashable(key) ? object.get(key) : undefined;
  if (Array.isArray(object)) {
    const index = indexOf(key);
    return index === undefined ? undefined : object[index < 0 ? object.length + index : index];
  }
  const text = textOf(object);
  if (text !== undefined) {
    const index = indexOf(key);
    if (index === undefined) return undefined;
    if (!hasAstral(text)) return text[index < 0 ? text.length + index : index];
    const chars = Array.from(text);
    return chars[index < 0 ? chars.length + index : index];
  }
  return object instanceof PyObject ? object.getItem(key) : undefined;
}

function isHashable(key: Value): boolean {
  if (typeof key !== "object" || key === null) return true;
  return !Array.isArray(key) || key instanceof PyTuple ? !(key instanceof PyDict) : false;
}

function pick<T>(items: ArrayLike<T>, start: number, stop: number, step: number): T[] {
  const result: T[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) result.push(items[i] as T);
  return result;
}

/** object[start:stop:step] */
export function slice(object: Value, start: Value, stop: Value, step: Value): Value {
  const text = textOf(object);
  if (text !== undefined) {
    const chars = hasAstral(text) ? Array.from(text) : text;
    const range = sliceIndexes(chars.length, start, stop, step);
    if (range.step === 1 && typeof chars === "string")
      return chars.slice(range.start, Math.max(range.start, range.stop));
    return pick(chars, range.start, range.stop, range.step).join("");
  }
  if (Array.isArray(object)) {
    const range = sliceIndexes(object.length, start, stop, step);
    const items = pick(object, range.start, range.stop, range.step);
    return object instanceof PyTuple ? tuple(items) : items;
  }
  if (object instanceof Undefined) return object.getItem(null);
  if (object instanceof PyObject) {
    const result = object.getItem(new PySlice(start, stop, step));
    if (result !== undefined) return result;
  }
  if (object instanceof PyDict) return raise("TypeError", "unhashable type: 'slice'");
  return raise("TypeError", `'${typeName(object)}' object is not subscriptable`);
}

setFieldAccess(
  (value, name) => getAttribute(value, pyStr(name)),
  (value, key) => getItem(value, key, String),
);
