import type { ArrowInterval, ArrowType, TimeUnit } from "../contracts/arrow.ts";
import type { Json } from "../contracts/json.ts";

const DIGITS: Readonly<Record<TimeUnit, number>> = { s: 0, ms: 3, us: 6, ns: 9 };

/** A type as Arrow's own libraries write it, whichever engine it came from. */
export function typeText(type: ArrowType): string {
  switch (type.kind) {
    case "int":
      return `${type.signed ? "" : "u"}int${String(type.bits)}`;
    case "float":
      return type.bits === 32 ? "float" : "double";
    case "decimal":
      return `decimal${String(type.bits)}(${String(type.precision)}, ${String(type.scale)})`;
    case "utf8":
      return "string";
    case "date":
      return "date32[day]";
    case "time":
      return `time${type.unit === "s" || type.unit === "ms" ? "32" : "64"}[${type.unit}]`;
    case "timestamp":
      return `timestamp[${type.unit}${type.zone === null ? "" : `, tz=${type.zone}`}]`;
    case "interval":
      return "month_day_nano_interval";
    case "list":
      return `list<item: ${typeText(type.item)}>`;
    case "fixed-list":
      return `fixed_size_list<item: ${typeText(type.item)}>[${String(type.size)}]`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(", ")}>`;
    case "map":
      return `map<${typeText(type.key)}, ${typeText(type.value)}>`;
    default:
      return type.kind;
  }
}

/** A value for JSON: what JavaScript numbers would round (64-bit integers, decimals, NaN) is a text, times are in ISO form. */
export function cellJson(type: ArrowType, value: unknown): Json {
  if (value === null) return null;
  switch (type.kind) {
    case "int":
      return type.bits === 64 ? (value as bigint).toString() : (value as number);
    case "float":
      return Number.isFinite(value) ? (value as number) : (value as number).toString();
    case "list":
    case "fixed-list":
      return (value as unknown[]).map((item) => cellJson(type.item, item));
    case "struct":
      return Object.fromEntries(
        type.fields.map((field, index) => [field.name, cellJson(field.type, (value as unknown[])[index])]),
      );
    case "map":
      return (value as [unknown, unknown][]).map(([key, entry]) => [
        cellJson(type.key, key),
        cellJson(type.value, entry),
      ]);
    case "bool":
    case "utf8":
      return value as boolean | string;
    default:
      return scalarText(type, value);
  }
}

/** A value for CSV and tables; nested ones as JSON. */
export function cellText(type: ArrowType, value: unknown): string {
  const json = cellJson(type, value);
  return json === null ? "" : typeof json === "object" ? JSON.stringify(json) : String(json);
}

function scalarText(type: ArrowType, value: unknown): string {
  switch (type.kind) {
    case "decimal":
      return decimalText(value as bigint, type.scale);
    case "binary":
      return Buffer.from(value as Uint8Array).toString("hex");
    case "date":
      return dateText(value as number);
    case "time":
      return timeText(value as bigint, DIGITS[type.unit]);
    case "timestamp":
      return momentText(value as bigint, DIGITS[type.unit]) + (type.zone === null ? "" : "+00:00");
    case "interval":
      return intervalText(value as ArrowInterval);
    default:
      throw new Error(`bug: ${type.kind} has no text`);
  }
}

function decimalText(digits: bigint, scale: number): string {
  if (scale === 0) return digits.toString();
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

function dateText(days: number): string {
  // JavaScript's dates reach 271,821 BC; DuckDB's reach further.
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? `${String(days)} days` : yearText(date.toISOString().slice(0, -14));
}

/** Years of five digits come with a sign that only JavaScript writes. */
function yearText(text: string): string {
  return text.replace(/^\+0*/, "");
}

function timeText(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const seconds = value / scale;
  const pad = (part: bigint): string => part.toString().padStart(2, "0");
  return `${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}${fraction(value % scale, digits)}`;
}

function fraction(value: bigint, digits: number): string {
  return value === 0n ? "" : `.${value.toString().padStart(digits, "0")}`;
}

function momentText(value: bigint, digits: number): string {
  const day = 86_400n * 10n ** BigInt(digits);
  const inDay = ((value % day) + day) % day;
  return `${dateText(Number((value - inDay) / day))}T${timeText(inDay, digits)}`;
}

/** ISO 8601: P1Y2M3DT4.5S; each part keeps its sign. */
function intervalText({ months, days, nanos }: ArrowInterval): string {
  const seconds = decimalText(nanos, 9).replace(/\.?0+$/, "");
  const date = `${months === 0 ? "" : `${String(months)}M`}${days === 0 ? "" : `${String(days)}D`}`;
  return nanos === 0n && date !== "" ? `P${date}` : `P${date}T${seconds}S`;
}
