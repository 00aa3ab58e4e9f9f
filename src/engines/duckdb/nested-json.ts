import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeTZValue,
  DuckDBTimeValue,
  DuckDBUnionType,
  DuckDBUnionValue,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import { bytesRepr } from "../../shared/python-bytes.ts";
import { floatRepr } from "../../shared/python-float.ts";
import { jsonString } from "../../shared/python-json.ts";
import { isoFormat, isoTime, timedeltaText } from "../../shared/python-time.ts";

const MICROS_A_DAY = 86_400_000_000n;

/**
 * A list, struct or map as dbt hands it to templates: DuckDB's Python client makes values of each part, and dbt writes them
 * as JSON with what JSON does not have as text (decimals become floats).
 */
export function nestedJson(value: DuckDBValue, type: DuckDBType): string {
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    const part = type instanceof DuckDBListType || type instanceof DuckDBArrayType ? type.valueType : type;
    return `[${value.items.map((item) => nestedJson(item, part)).join(", ")}]`;
  }
  if (value instanceof DuckDBStructValue) {
    const partOf = (name: string): DuckDBType =>
      type instanceof DuckDBStructType ? (type.entryTypes[type.entryNames.indexOf(name)] ?? type) : type;
    return `{${Object.entries(value.entries)
      .map(([name, entry]) => `${jsonString(name)}: ${nestedJson(entry, partOf(name))}`)
      .join(", ")}}`;
  }
  if (value instanceof DuckDBMapValue) {
    const [keys, values] = type instanceof DuckDBMapType ? [type.keyType, type.valueType] : [type, type];
    return `{${value.entries
      .map(({ key, value: entry }) => `${keyJson(key, keys)}: ${nestedJson(entry, values)}`)
      .join(", ")}}`;
  }
  if (value instanceof DuckDBUnionValue) {
    const part = type instanceof DuckDBUnionType ? type.memberTypes[type.memberTags.indexOf(value.tag)] : undefined;
    return nestedJson(value.value, part ?? type);
  }
  return scalarJson(value, type);
}

function scalarJson(value: DuckDBValue, type: DuckDBType): string {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return /^(FLOAT|DOUBLE)$/.test(String(type)) ? floatJson(value) : String(value);
  if (value instanceof DuckDBDecimalValue) return floatRepr(value.toDouble());
  return jsonString(pythonText(value));
}

function floatJson(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? floatRepr(value) : value < 0 ? "-Infinity" : "Infinity";
}

/** JSON's keys are texts; Python writes those of numbers and truth values without quotes of their own. */
function keyJson(key: DuckDBValue, type: DuckDBType): string {
  const text = scalarJson(key, type);
  return text.startsWith('"') ? text : jsonString(text);
}

/** str() of what the Python client makes of a value, or its ISO form; texts as they are. */
export function pythonText(value: DuckDBValue): string {
  if (value instanceof DuckDBIntervalValue)
    return timedeltaText(BigInt(value.months * 30 + value.days) * MICROS_A_DAY + value.micros);
  if (value instanceof DuckDBBlobValue) return bytesRepr(value.bytes);
  if (value instanceof DuckDBTimeValue || value instanceof DuckDBTimeTZValue) return isoTime(String(value));
  if (value instanceof DuckDBTimestampTZValue) {
    const [, moment = "", zone = ""] = /^(.*?)([+-]\d\d(?::\d\d)*)?$/.exec(String(value).replace(" ", "T")) ?? [];
    return isoFormat(moment, zone.length === 3 ? `${zone}:00` : zone);
  }
  if (isMoment(value)) return isoFormat(String(value).replace(" ", "T"));
  return String(value);
}

function isMoment(value: DuckDBValue): boolean {
  return [
    DuckDBTimestampValue,
    DuckDBTimestampSecondsValue,
    DuckDBTimestampMillisecondsValue,
    DuckDBTimestampNanosecondsValue,
  ].some((moment) => value instanceof moment);
}
