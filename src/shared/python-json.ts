import { floatRepr } from "./python-float.ts";

/** A text in JSON as Python writes it: in ASCII. */
export function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** As json.dumps(value, sort_keys=True) has it. Floats with an integer's value are Number objects. */
export function pythonJson(value: unknown): string {
  if (value instanceof Number) return floatRepr(Number(value));
  if (typeof value === "string") return jsonString(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${jsonString(key)}: ${pythonJson(entry)}`).join(", ")}}`;
}
