import {
  DataType,
  DateUnit,
  Precision,
  Type,
  type Data,
  type Field,
  type RecordBatch,
  type Schema,
} from "apache-arrow";
import type { ArrivedBatch, ArrowField, ArrowType, TimeUnit } from "../contracts/arrow.ts";
import { fail } from "../contracts/diagnostic.ts";
import { columnMemory } from "./column-memory.ts";
import { MAX_DEPTH } from "./verify-message.ts";

export function readSchema(schema: Schema): ArrowField[] {
  return schema.fields.map((field) => readField(field, 0));
}

function readField(field: Field, depth: number): ArrowField {
  const name = field.name as string | null;
  if (name === null || name === "") fail("DH1812", "The schema has a column without a name");
  return { name, type: readType(field, depth) };
}

/** A batch as columns; what is laid out in a way of its own has its values read when they are asked for. */
export function readBatch(batch: RecordBatch): ArrivedBatch {
  const columns = batch.data.children.map((data) => {
    let read: Read | null = null;
    const values = (start: number, end: number): unknown[] => {
      const one = (read ??= reader(data));
      return Array.from({ length: end - start }, (_, row) => one(start + row));
    };
    return { memory: columnMemory(data), values };
  });
  return { length: batch.numRows, columns };
}

const UNITS: readonly TimeUnit[] = ["s", "ms", "us", "ns"];

function readType(field: Field, depth: number): ArrowType {
  if (depth > MAX_DEPTH) fail("DH1812", "The schema is nested too deep");
  const own: unknown = field.type;
  const type = (DataType.isDictionary(own) ? own.dictionary : own) as DataType;
  const child = (index: number): ArrowType => {
    const part = (type.children as Field[] | null)?.[index];
    return part === undefined ? { kind: "null" } : readType(part, depth + 1);
  };
  if (DataType.isInt(type)) return { kind: "int", bits: type.bitWidth, signed: type.isSigned };
  if (DataType.isFloat(type)) return { kind: "float", bits: type.precision === Precision.DOUBLE ? 64 : 32 };
  if (DataType.isDecimal(type))
    return {
      kind: "decimal",
      precision: type.precision,
      scale: type.scale,
      bits: type.bitWidth > 128 ? 256 : 128,
    };
  if (DataType.isTime(type)) return { kind: "time", unit: UNITS[type.unit] ?? "us" };
  if (DataType.isTimestamp(type))
    return { kind: "timestamp", unit: UNITS[type.unit] ?? "us", zone: type.timezone ?? null };
  if (DataType.isMap(type)) {
    const [entries] = type.children as (Field | undefined)[];
    const [key, value] = ((entries?.type as DataType | undefined)?.children ?? []) as (Field | undefined)[];
    if (key === undefined || value === undefined) refuse(field);
    return { kind: "map", key: readType(key, depth + 1), value: readType(value, depth + 1) };
  }
  if (DataType.isFixedSizeList(type)) return { kind: "fixed-list", size: type.listSize, item: child(0) };
  if (DataType.isStruct(type))
    return {
      kind: "struct",
      fields: type.children.map((part) => readField(part, depth + 1)),
    };
  switch (type.typeId) {
    case Type.Null:
      return { kind: "null" };
    case Type.Bool:
      return { kind: "bool" };
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return { kind: "utf8" };
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return { kind: "binary" };
    case Type.Date:
      return { kind: "date" };
    case Type.Interval:
    case Type.Duration:
      return { kind: "interval" };
    case Type.List:
    case Type.LargeList:
      return { kind: "list", item: child(0) };
    default:
      return refuse(field);
  }
}

function refuse(field: Field): never {
  fail("DH1812", `The column ${field.name} has the type ${String(field.type)}, which is not taken`);
}

type Read = (row: number) => unknown;

/** Reads the buffers themselves: apache-arrow's own values lose digits of times and decimals. */
function reader(data: Data): Read {
  // Of no rows apache-arrow makes no parts either.
  if (data.length === 0) return () => null;
  const read = valueReader(data);
  if (data.nullCount === 0) return read;
  return (row) => (data.getValid(row) ? read(row) : null);
}

function valueReader(data: Data): Read {
  const type = data.type;
  if (DataType.isDictionary(type)) return dictionaryReader(data);
  if (DataType.isDecimal(type)) return decimalReader(data, type.bitWidth / 32);
  const values = data.values as ArrayLike<number | bigint>;
  const { offset } = data;
  switch (type.typeId) {
    case Type.Null:
      return () => null;
    case Type.Bool: {
      const bits = data.values as Uint8Array;
      return (row) => ((bits[(offset + row) >> 3] ?? 0) & (1 << ((offset + row) & 7))) !== 0;
    }
    case Type.Float:
      return DataType.isFloat(type) && type.precision === Precision.HALF
        ? (row) => halfFloat(Number(values[row]))
        : (row) => values[row];
    case Type.Date:
      // Of 64 bits: milliseconds.
      return DataType.isDate(type) && type.unit === DateUnit.MILLISECOND
        ? (row) => Math.floor(Number(longAt(data, row)) / 86_400_000)
        : (row) => values[row];
    case Type.Int:
    case Type.Time:
      return (row) => values[row];
    case Type.Timestamp:
      return (row) => longAt(data, row);
    case Type.Duration: {
      const nanos = DataType.isDuration(type) ? 1000n ** BigInt(3 - type.unit) : 1n;
      return (row) => ({ months: 0, days: 0, nanos: longAt(data, row) * nanos });
    }
    case Type.Interval:
      return intervalReader(data);
    case Type.FixedSizeBinary: {
      const width = DataType.isFixedSizeBinary(type) ? type.byteWidth : 0;
      const bytes = data.values as Uint8Array;
      return (row) => bytes.subarray(row * width, (row + 1) * width);
    }
    default:
      return nestedReader(data);
  }
}

/** 64-bit values come as BigInt64Array, or as pairs of 32 bits. */
function longAt(data: Data, row: number): bigint {
  const values = data.values as BigInt64Array | Int32Array;
  if (values instanceof BigInt64Array) return values[row] ?? 0n;
  return (BigInt(values[row * 2 + 1] ?? 0) << 32n) | BigInt((values[row * 2] ?? 0) >>> 0);
}

function decimalReader(data: Data, words: number): Read {
  const values = data.values as Uint32Array;
  return (row) => {
    let value = 0n;
    for (let word = words - 1; word >= 0; word--) value = (value << 32n) | BigInt(values[row * words + word] ?? 0);
    return BigInt.asIntN(words * 32, value);
  };
}

function intervalReader(data: Data): Read {
  const values = data.values as Int32Array;
  const { unit } = data.type as unknown as { unit: number };
  // Year to month, day and milliseconds, or months, days and nanoseconds.
  if (unit === 0) return (row) => ({ months: values[row] ?? 0, days: 0, nanos: 0n });
  if (unit === 1)
    return (row) => ({
      months: 0,
      days: values[row * 2] ?? 0,
      nanos: BigInt(values[row * 2 + 1] ?? 0) * 1_000_000n,
    });
  return (row) => ({
    months: values[row * 4] ?? 0,
    days: values[row * 4 + 1] ?? 0,
    nanos: (BigInt(values[row * 4 + 3] ?? 0) << 32n) | BigInt((values[row * 4 + 2] ?? 0) >>> 0),
  });
}

function dictionaryReader(data: Data): Read {
  const keys = data.values as ArrayLike<number | bigint>;
  const chunks = (data.dictionary?.data ?? []) as readonly Data[];
  const values = chunks.flatMap((chunk) => {
    const read = reader(chunk);
    return Array.from({ length: chunk.length }, (_, row) => read(row));
  });
  return (row) => {
    const key = Number(keys[row]);
    if (!(key >= 0 && key < values.length)) throw new RangeError("a dictionary has no such entry");
    return values[key];
  };
}

function nestedReader(data: Data): Read {
  const type = data.type;
  if (DataType.isFixedSizeList(type)) {
    const item = childReader(data, 0);
    const size = type.listSize;
    if (!(size >= 0 && (data.offset + data.length) * size <= (data.children[0]?.length ?? 0))) outside("list");
    return (row) => Array.from({ length: size }, (_, index) => item((data.offset + row) * size + index));
  }
  if (DataType.isStruct(type)) {
    const parts = data.children.map((_, index) => childReader(data, index));
    return (row) => parts.map((part) => part(data.offset + row));
  }
  const offsets = data.valueOffsets as ArrayLike<number | bigint> | undefined;
  if (offsets === undefined) return viewReader(data);
  const start = (row: number): number => Number(offsets[row]);
  if ([Type.List, Type.LargeList, Type.Map].includes(type.typeId)) {
    const item = childReader(data, 0);
    const count = data.children[0]?.length ?? 0;
    return (row) => {
      const [from, to] = [start(row), start(row + 1)];
      if (!(from >= 0 && to >= from && to <= count)) outside("list");
      return Array.from({ length: to - from }, (_, index) => item(from + index));
    };
  }
  const bytes = data.values as Uint8Array;
  const isText = type.typeId === Type.Utf8 || type.typeId === Type.LargeUtf8;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return (row) => {
    const [from, to] = [start(row), start(row + 1)];
    if (!(from >= 0 && to >= from && to <= buffer.length)) outside("text");
    return isText ? buffer.toString("utf8", from, to) : buffer.subarray(from, to);
  };
}

function childReader(data: Data, index: number): Read {
  const child = data.children[index];
  if (child === undefined) throw new RangeError("a nested column lacks its parts");
  return reader(child);
}

/** Views of texts and bytes: 16 bytes each, short ones inside, long ones in one of several buffers. */
function viewReader(data: Data): Read {
  const views = data.values as Uint8Array;
  const buffers = (data as { variadicBuffers?: readonly Uint8Array[] }).variadicBuffers ?? [];
  const isText = data.type.typeId === Type.Utf8View;
  const view = Buffer.from(views.buffer, views.byteOffset, views.length);
  return (row) => {
    const at = row * 16;
    const length = view.readInt32LE(at);
    if (length < 0) outside("text");
    const bytes = length <= 12 ? view.subarray(at + 4, at + 4 + length) : longView(view, at, length, buffers);
    return isText ? bytes.toString("utf8") : bytes;
  };
}

function longView(view: Buffer, at: number, length: number, buffers: readonly Uint8Array[]): Buffer {
  const source = buffers[view.readInt32LE(at + 8)];
  const from = view.readInt32LE(at + 12);
  if (source === undefined || from < 0 || from + length > source.length) outside("text");
  return Buffer.from(source.buffer, source.byteOffset + from, length);
}

function outside(what: string): never {
  throw new RangeError(`a ${what} lies outside of its batch`);
}

function halfFloat(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
