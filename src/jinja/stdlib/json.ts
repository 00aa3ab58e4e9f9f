import { floatRepr } from "../../shared/python-float.ts";
import { spend, reserve } from "../limits.ts";
import { PyDict, PyFloat, raise, textOf, typeName, type Value } from "../values.ts";
import { sortValues } from "../compare.ts";

export interface JsonOptions {
  readonly sortKeys?: boolean;
  /** Spaces (or the text) of one level; null prints everything on one line. */
  readonly indent?: number | string | null;
}

/** json.dumps() with Python's separators: ", " and ": ". */
export function jsonDumps(value: Value, options: JsonOptions = {}): string {
  const { indent = null } = options;
  const step = indent === null ? null : typeof indent === "number" ? " ".repeat(Math.max(0, indent)) : indent;
  const text = dump(value, { sortKeys: options.sortKeys ?? false, step, open: new Set() }, "\n");
  reserve(text.length);
  return text;
}

interface Printing {
  readonly sortKeys: boolean;
  readonly step: string | null;
  readonly open: Set<object>;
}

function dump(value: Value, printing: Printing, lineBreak: string): string {
  spend(1);
  const text = textOf(value);
  if (text !== undefined) return jsonText(text);
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number" || typeof value === "bigint") return value.toString();
  if (value instanceof PyFloat) return floatJson(value.value);
  if (Array.isArray(value)) return inside(value, printing, () => dumpList(value, printing, lineBreak));
  if (value instanceof PyDict) return inside(value, printing, () => dumpDict(value, printing, lineBreak));
  return raise("TypeError", `Object of type ${typeName(value)} is not JSON serializable`);
}

function inside(container: object, printing: Printing, print: () => string): string {
  if (printing.open.has(container)) raise("ValueError", "Circular reference detected");
  printing.open.add(container);
  const text = print();
  printing.open.delete(container);
  return text;
}

function floatJson(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return floatRepr(value);
}

/** ASCII only, as json.dumps does by default. */
export function jsonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function wrap(open: string, close: string, parts: string[], printing: Printing, lineBreak: string): string {
  if (parts.length === 0) return open + close;
  if (printing.step === null) return `${open}${parts.join(", ")}${close}`;
  const inner = lineBreak + printing.step;
  return `${open}${inner}${parts.join(`,${inner}`)}${lineBreak}${close}`;
}

function dumpList(items: Value[], printing: Printing, lineBreak: string): string {
  const inner = lineBreak + (printing.step ?? "");
  return wrap(
    "[",
    "]",
    items.map((item) => dump(item, printing, inner)),
    printing,
    lineBreak,
  );
}

function dumpDict(dict: PyDict, printing: Printing, lineBreak: string): string {
  const inner = lineBreak + (printing.step ?? "");
  const keys = printing.sortKeys ? sortValues([...dict.keys()], (key) => key, false) : [...dict.keys()];
  const parts = keys.map((key) => `${jsonText(keyText(key))}: ${dump(dict.get(key) ?? null, printing, inner)}`);
  return wrap("{", "}", parts, printing, lineBreak);
}

function keyText(key: Value): string {
  const text = textOf(key);
  if (text !== undefined) return text;
  if (key === null) return "null";
  if (typeof key === "boolean") return key ? "true" : "false";
  if (typeof key === "number" || typeof key === "bigint") return key.toString();
  if (key instanceof PyFloat) return floatJson(key.value);
  return raise("TypeError", `keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

export { jsonLoads } from "./json-loads.ts";
