import { bytesRepr } from "../../shared/python-bytes.ts";
import { floatRepr } from "../../shared/python-float.ts";
import { isRecord } from "../../shared/objects.ts";
import { isoMoment } from "./moments.ts";
import { isoFormat, isoTime } from "../../shared/python-time.ts";
import { jsonString } from "../../shared/python-json.ts";
import { dayIntervalText, monthIntervalText } from "./interval-text.ts";

/** A type as the protocol spells it out, beside its text. Source: https://trino.io/docs/current/develop/client-protocol.html */
export interface TypeSignature {
  readonly rawType: string;
  readonly arguments: readonly { readonly kind: string; readonly value: unknown }[];
}

/**
 * An array, map or row as dbt hands it to templates: the Python client makes values of each part by its type, and dbt
 * writes them as JSON with what JSON does not have as text (decimals become floats, rows lists).
 */
export function nestedJson(type: TypeSignature, value: unknown): string {
  if (value === null || value === undefined) return "null";
  const { rawType } = type;
  if (rawType === "array" && Array.isArray(value))
    return `[${value.map((entry) => nestedJson(partOf(type, 0), entry)).join(", ")}]`;
  if (rawType === "row" && Array.isArray(value))
    return `[${value.map((entry, index) => nestedJson(partOf(type, index), entry)).join(", ")}]`;
  if (rawType === "map" && isRecord(value)) {
    const entries = Object.entries(value).map(
      ([key, entry]) => `${keyJson(partOf(type, 0), key)}: ${nestedJson(partOf(type, 1), entry)}`,
    );
    return `{${entries.join(", ")}}`;
  }
  return scalarJson(rawType, typeof value === "string" ? value : JSON.stringify(value));
}

function scalarJson(rawType: string, text: string): string {
  switch (rawType) {
    case "boolean":
    case "tinyint":
    case "smallint":
    case "integer":
    case "bigint":
      return text;
    case "double":
    case "real":
      return /^-?(NaN|Infinity)$/.test(text) ? text : floatRepr(Number(text));
    case "decimal":
      return floatRepr(Number(text));
    default:
      return jsonString(pythonText(rawType, text));
  }
}

/** JSON's keys are texts; Python writes those of numbers and truth values without quotes of their own. */
function keyJson({ rawType }: TypeSignature, key: string): string {
  const plain = rawType === "double" || rawType === "real" ? scalarJson(rawType, key) : pythonText(rawType, key);
  return jsonString(plain);
}

/** str() of what the Python client makes of a value, or its ISO form; texts as they are. */
export function pythonText(rawType: string, text: string): string {
  switch (rawType) {
    case "time":
    case "time with time zone":
      return isoTime(text);
    case "timestamp":
      return isoFormat(text.replace(" ", "T"));
    case "timestamp with time zone": {
      const moment = isoMoment(text);
      return isoFormat(moment.slice(0, -6), moment.slice(-6));
    }
    case "interval day to second":
      return dayIntervalText(text);
    case "interval year to month":
      return monthIntervalText(text);
    case "varbinary":
      return bytesRepr(Buffer.from(text, "base64"));
    default:
      return text;
  }
}

const UNKNOWN: TypeSignature = { rawType: "unknown", arguments: [] };

/** The type of an array's elements, of a map's keys (0) or values (1), or of a row's field. */
function partOf(type: TypeSignature, index: number): TypeSignature {
  const value = type.arguments[index]?.value;
  const part = isRecord(value) && isRecord(value["typeSignature"]) ? value["typeSignature"] : value;
  return isSignature(part) ? part : UNKNOWN;
}

function isSignature(value: unknown): value is TypeSignature {
  return isRecord(value) && typeof value["rawType"] === "string" && Array.isArray(value["arguments"]);
}
