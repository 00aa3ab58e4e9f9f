import { parseLiteral } from "./literal.ts";
import { NativeMarker, TextMarker } from "./native-markers.ts";
import { JinjaError } from "./errors.ts";
import { PyFloat, pyStr, type Value } from "./values.ts";

/** dbt's rule: one piece keeps its value, several are joined as text, markers say what a text means. */
export function nativeValue(chunks: readonly Value[]): Value {
  const [only] = chunks;
  if (only === undefined) return "";
  if (chunks.length > 1) return chunks.map(pyStr).join("");
  if (only instanceof TextMarker) return only.text;
  return only instanceof NativeMarker ? markedValue(only) : only;
}

function markedValue(marker: NativeMarker): Value {
  const literal = parseLiteral(marker.text);
  const value = literal === undefined ? marker.text : literal;
  if (marker.wants === "bool" && typeof value !== "boolean") refuse(marker.text, "bool");
  if (marker.wants === "number" && !isNumber(value)) refuse(marker.text, "number");
  return value;
}

function isNumber(value: Value): boolean {
  return typeof value === "number" || typeof value === "bigint" || value instanceof PyFloat;
}

function refuse(text: string, type: string): never {
  throw new JinjaError("JinjaRenderingError", `Could not convert value '${text}' into type '${type}'`);
}
