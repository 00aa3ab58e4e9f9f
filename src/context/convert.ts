import { PyDict, PyFloat, PyObject, PySet, Undefined, pyStr, type Value } from "../jinja/values.ts";
import type { Json, JsonObject } from "../contracts/json.ts";

/** JSON or YAML data as template values: objects become dicts, whole floats (Number objects) floats. */
export function toPython(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isInteger(value) ? value : new PyFloat(value);
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "bigint") return value;
  if (value instanceof Number) return new PyFloat(value.valueOf());
  if (value instanceof PyObject || value instanceof PyDict || value instanceof PyFloat || value instanceof PySet)
    return value;
  if (Array.isArray(value)) return value.map(toPython);
  if (typeof value === "function") return value as Value;
  const dict = new PyDict();
  for (const [key, entry] of Object.entries(value)) dict.set(key, toPython(entry));
  return dict;
}

/** Template values as plain JSON data. Objects that JSON does not know become their text, undefined becomes null. */
export function fromPython(value: Value): Json {
  if (value === null || value instanceof Undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number(value);
  // A whole float stays a Number object, as YAML gives it (see shared/yaml-file.ts).
  if (value instanceof PyFloat) return Number.isInteger(value.value) ? (Object(value.value) as number) : value.value;
  if (value instanceof PyDict) return fromPythonDict(value);
  if (Array.isArray(value)) return Array.from(value, fromPython);
  if (value instanceof PySet) return Array.from(value, fromPython);
  return pyStr(value);
}

export function fromPythonDict(dict: PyDict): JsonObject {
  const result: JsonObject = {};
  for (const [key, entry] of dict.entries()) result[typeof key === "string" ? key : pyStr(key)] = fromPython(entry);
  return result;
}
