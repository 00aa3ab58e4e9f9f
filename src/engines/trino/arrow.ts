import { BatchBuilder } from "../../arrow/build-column.ts";
import type { ArrowBatch, ArrowField, ArrowType, EngineStream } from "../../contracts/arrow.ts";
import type { TypeSignature } from "./nested-json.ts";
import type { Page, PageColumn } from "./transport.ts";

/** A batch is sent when it has so many rows or bytes; pages of the protocol are smaller. */
const BATCH_ROWS = 65_536;
const BATCH_BYTES = 4 << 20;

/** How a type travels, and what makes the protocol's JSON into its values (see columnBuilder). */
interface ArrowColumn {
  readonly type: ArrowType;
  readonly encode: (value: unknown) => unknown;
}

/**
 * Reads a query as its pages come: who does not ask for the next page holds the server back. Other statements are run to
 * their end first: how much they wrote is said last of all.
 */
export async function streamPages(pages: AsyncGenerator<Page>, cancel: () => void): Promise<EngineStream> {
  const waiting: Page[] = [];
  const seen: Seen = { columns: null, queryId: null, affected: null, isQuery: true };
  for (let next = await pages.next(); next.done !== true; next = await pages.next()) {
    note(seen, next.value);
    waiting.push(next.value);
    if (seen.columns !== null && seen.isQuery) break;
  }
  const { queryId, affected } = seen;
  const columns = seen.columns ?? [];
  const encoders = columns.map((column) => arrowColumn(signatureOf(column)));
  const fields = encoders.map(({ type }, index) => ({ name: columns[index]?.name ?? "", type }));
  return { fields, queryId, affected, batches: batchesOf(waiting, pages, encoders, fields), cancel };
}

/** What the pages have said so far. */
interface Seen {
  columns: readonly PageColumn[] | null;
  queryId: string | null;
  affected: number | null;
  isQuery: boolean;
}

function note(seen: Seen, page: Page): void {
  seen.queryId = page.id;
  if (page.columns !== undefined) seen.columns = page.columns;
  if (page.updateCount !== undefined) seen.affected = Number(page.updateCount);
  if (page.updateType !== undefined) seen.isQuery = false;
}

async function* batchesOf(
  first: readonly Page[],
  pages: AsyncGenerator<Page>,
  columns: readonly ArrowColumn[],
  fields: readonly ArrowField[],
): AsyncGenerator<ArrowBatch> {
  const builder = new BatchBuilder(fields);
  let rows = 0;
  const take = (): ArrowBatch => {
    const batch = builder.finish(rows);
    rows = 0;
    return batch;
  };
  try {
    for await (const page of chain(first, pages)) {
      for (const row of page.data ?? []) {
        columns.forEach(({ encode }, index) => {
          const value = row[index] ?? null;
          builder.columns[index]?.append(value === null ? null : encode(value));
        });
        rows++;
        if (rows >= BATCH_ROWS || (rows % 256 === 0 && builder.size >= BATCH_BYTES)) yield take();
      }
    }
  } finally {
    // Whoever stops reading ends the query as well.
    await pages.return(undefined);
  }
  if (rows > 0) yield take();
}

async function* chain(first: readonly Page[], rest: AsyncGenerator<Page>): AsyncGenerator<Page> {
  yield* first;
  yield* rest;
}

function signatureOf({ type, typeSignature }: PageColumn): TypeSignature {
  return typeSignature ?? { rawType: type, arguments: [] };
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const number = (value: unknown): number => (typeof value === "number" ? value : Number(value));
const int = (bits: 8 | 16 | 32 | 64): ArrowColumn => ({
  type: { kind: "int", bits, signed: true },
  encode: bits === 64 ? (value) => BigInt(value as string | number) : number,
});
const float = (bits: 32 | 64): ArrowColumn => ({ type: { kind: "float", bits }, encode: number });
const AS_TEXT: ArrowColumn = { type: { kind: "utf8" }, encode: text };
const AS_BYTES: ArrowColumn = { type: { kind: "binary" }, encode: (value) => Buffer.from(text(value), "base64") };

/** What is not named here is a text in the protocol, and stays one: json, uuid, ipaddress, char, time with time zone … */
const COLUMNS: Readonly<Record<string, ArrowColumn>> = {
  boolean: { type: { kind: "bool" }, encode: (value) => value === true || value === "true" },
  tinyint: int(8),
  smallint: int(16),
  integer: int(32),
  bigint: int(64),
  real: float(32),
  double: float(64),
  varbinary: AS_BYTES,
  hyperloglog: AS_BYTES,
  p4hyperloglog: AS_BYTES,
  setdigest: AS_BYTES,
  qdigest: AS_BYTES,
  tdigest: AS_BYTES,
  unknown: { type: { kind: "null" }, encode: () => null },
  date: { type: { kind: "date" }, encode: (value) => daysOf(text(value)) },
  "interval day to second": { type: { kind: "interval" }, encode: (value) => dayInterval(text(value)) },
  "interval year to month": { type: { kind: "interval" }, encode: (value) => monthInterval(text(value)) },
};

function arrowColumn(signature: TypeSignature): ArrowColumn {
  const { rawType } = signature;
  switch (rawType) {
    case "decimal":
      return decimalColumn(numberOf(signature, 0), numberOf(signature, 1));
    case "time": {
      const nanos = numberOf(signature, 0, 3) > 6;
      return {
        type: { kind: "time", unit: nanos ? "ns" : "us" },
        encode: (value) => timeOf(text(value), nanos ? 9 : 6),
      };
    }
    case "timestamp":
    case "timestamp with time zone": {
      // As DuckDB has it, whatever the declared precision: microseconds, and nanoseconds only where there may be some.
      const nanos = numberOf(signature, 0, 3) > 6;
      const zone = rawType === "timestamp" ? null : "UTC";
      return {
        type: { kind: "timestamp", unit: nanos ? "ns" : "us", zone },
        encode: (value) => momentOf(text(value), nanos ? 9 : 6),
      };
    }
    case "array": {
      const item = arrowColumn(partOf(signature, 0));
      const encode = (value: unknown): unknown => (value as unknown[]).map(optional(item));
      return { type: { kind: "list", item: item.type }, encode };
    }
    case "map":
      return mapColumn(arrowColumn(partOf(signature, 0)), arrowColumn(partOf(signature, 1)));
    case "row":
      return rowColumn(signature);
    default:
      return COLUMNS[rawType] ?? AS_TEXT;
  }
}

/** Of a type's text, for types that have no parts; the others are texts. */
export function arrowTypeOf(text: string): ArrowType {
  const [, name = "", numbers = "", rest = ""] =
    /^([a-z ]+?)\s*(?:\(([\d, ]+)\))?( with time zone)?$/i.exec(text) ?? [];
  const values = numbers === "" ? [] : numbers.split(",").map((value) => ({ kind: "LONG", value: Number(value) }));
  const type = arrowColumn({ rawType: `${name}${rest}`, arguments: values }).type;
  return type.kind === "null" ? { kind: "utf8" } : type;
}

function optional({ encode }: ArrowColumn): (value: unknown) => unknown {
  return (value) => (value === null || value === undefined ? null : encode(value));
}

function decimalColumn(precision: number, scale: number): ArrowColumn {
  return {
    type: { kind: "decimal", precision, scale, bits: 128 },
    encode: (value) => {
      const [whole = "0", fraction = ""] = text(value).split(".");
      return BigInt(`${whole}${fraction.padEnd(scale, "0")}`);
    },
  };
}

/** Keys are names of the JSON object, whatever their type. */
function mapColumn(key: ArrowColumn, value: ArrowColumn): ArrowColumn {
  return {
    type: { kind: "map", key: key.type, value: value.type },
    encode: (map) => Object.entries(map as object).map(([name, entry]) => [key.encode(name), optional(value)(entry)]),
  };
}

function rowColumn(signature: TypeSignature): ArrowColumn {
  const parts = signature.arguments.map((_, index) => arrowColumn(partOf(signature, index)));
  const fields = parts.map((part, index) => ({ name: fieldName(signature, index), type: part.type }));
  return {
    type: { kind: "struct", fields },
    encode: (row) => parts.map((part, index) => optional(part)((row as unknown[])[index])),
  };
}

const UNKNOWN: TypeSignature = { rawType: "unknown", arguments: [] };

interface Argument {
  readonly typeSignature?: TypeSignature;
  readonly fieldName?: { readonly name: string } | null;
}

/** A part's type stands in the argument itself, or for rows beside the field's name. */
function partOf({ arguments: all }: TypeSignature, index: number): TypeSignature {
  const value = all[index]?.value as (Argument & TypeSignature) | undefined;
  return value?.typeSignature ?? value ?? UNKNOWN;
}

function fieldName({ arguments: all }: TypeSignature, index: number): string {
  return (all[index]?.value as Argument | undefined)?.fieldName?.name ?? `field${String(index)}`;
}

function numberOf({ arguments: all }: TypeSignature, index: number, usual = 0): number {
  const value = all[index]?.value;
  return typeof value === "number" ? value : usual;
}

/** `-0044-03-15` is a date too. */
const MOMENT = /^([+-]?\d+)-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?))?(?: (.+))?$/;

function daysOf(value: string): number {
  const [, year = "0", month = "1", day = "1"] = MOMENT.exec(value) ?? [];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return Math.round(date.getTime() / 86_400_000);
}

/** In units of so many digits; what is finer is cut off. */
function timeOf(value: string, digits: number): bigint {
  const [, hours = "0", minutes = "0", seconds = "0", fraction = ""] =
    /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?/.exec(value) ?? [];
  const whole = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return whole * 10n ** BigInt(digits) + BigInt(fraction.slice(0, digits).padEnd(digits, "0"));
}

function momentOf(value: string, digits: number): bigint {
  const [, , , , time = "00:00:00", zone = "UTC"] = MOMENT.exec(value) ?? [];
  const scale = 10n ** BigInt(digits);
  const wall = BigInt(daysOf(value)) * 86_400n * scale + timeOf(time, digits);
  return zone === "UTC" ? wall : wall - BigInt(offsetOf(zone, Number(wall / (scale / 1000n)))) * scale;
}

/** Seconds east of Greenwich of a zone at a wall-clock time (in milliseconds as if it were UTC). */
function offsetOf(zone: string, wall: number): number {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) return (fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 3600 + Number(fixed[3]) * 60);
  // The first guess takes the wall clock for UTC; the second corrects it by the offset that gave.
  const guess = zoneOffset(zone, wall);
  return zoneOffset(zone, wall - guess * 1000);
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function zoneOffset(zone: string, moment: number): number {
  let format = FORMATS.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    FORMATS.set(zone, format);
  }
  const name = format.formatToParts(new Date(moment)).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const [, sign = "+", hours = "0", minutes = "0", seconds = "0"] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}

/** `-0 01:00:00.000` → nanoseconds; days of a day-to-second interval are 24 hours. */
function dayInterval(value: string): unknown {
  const [, sign = "", days = "0", time = "00:00:00"] = /^(-?)(\d+) (.+)$/.exec(value) ?? [];
  const nanos = timeOf(time, 9);
  return sign === "-" ? { months: 0, days: -Number(days), nanos: -nanos } : { months: 0, days: Number(days), nanos };
}

/** `1-3`: years and months. */
function monthInterval(value: string): unknown {
  const [, sign = "", years = "0", months = "0"] = /^(-?)(\d+)-(\d+)$/.exec(value) ?? [];
  const total = Number(years) * 12 + Number(months);
  return { months: sign === "-" ? -total : total, days: 0, nanos: 0n };
}
