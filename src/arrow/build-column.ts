import type { ArrowBatch, ArrowField, ArrowInterval, ArrowType } from "../contracts/arrow.ts";
import { GrowingBits, GrowingBytes } from "./buffers.ts";

type Node = ArrowBatch["nodes"][number];

/**
 * Takes values one by one, or as raw memory, and gives a column's buffers. A value is, by kind: boolean; number or bigint
 * (int, date, time and timestamp in their unit, a decimal's digits); number; string; Uint8Array; ArrowInterval; a list's
 * and a struct's values in order; a map's [key, value] pairs. Null is null.
 */
export interface ColumnBuilder {
  readonly length: number;
  /** Bytes so far, roughly. */
  readonly size: number;
  append(value: unknown): void;
  /** Puts the nodes and buffers behind those that are there, and begins anew. */
  finish(nodes: Node[], buffers: Uint8Array[]): void;
}

export function columnBuilder(type: ArrowType): ColumnBuilder {
  switch (type.kind) {
    case "null":
      return new NullBuilder();
    case "bool":
      return new BoolBuilder();
    case "utf8":
    case "binary":
      return new BytesBuilder();
    case "list":
      return new ListBuilder(columnBuilder(type.item));
    case "map":
      return new ListBuilder(new StructBuilder([columnBuilder(type.key), columnBuilder(type.value)]));
    case "fixed-list":
      return new FixedListBuilder(type.size, columnBuilder(type.item));
    case "struct":
      return new StructBuilder(type.fields.map((field) => columnBuilder(field.type)));
    default:
      return new FixedBuilder(fixedWidth(type), fixedWriter(type));
  }
}

/** The builders of a result's columns. */
export class BatchBuilder {
  readonly columns: readonly ColumnBuilder[];

  constructor(fields: readonly ArrowField[]) {
    this.columns = fields.map((field) => columnBuilder(field.type));
  }

  get size(): number {
    return this.columns.reduce((sum, column) => sum + column.size, 0);
  }

  finish(length: number): ArrowBatch {
    const nodes: Node[] = [];
    const buffers: Uint8Array[] = [];
    for (const column of this.columns) column.finish(nodes, buffers);
    return { length, nodes, buffers };
  }
}

type FixedType = Extract<
  ArrowType,
  { kind: "int" | "float" | "decimal" | "time" | "timestamp" } | { kind: "null" | "bool" | "date" | "interval" }
>;

/** Bytes of a value. */
export function fixedWidth(type: ArrowType): number {
  switch (type.kind) {
    case "int":
    case "float":
    case "decimal":
      return type.bits / 8;
    case "time":
      return type.unit === "s" || type.unit === "ms" ? 4 : 8;
    case "date":
      return 4;
    case "timestamp":
      return 8;
    case "interval":
      return 16;
    default:
      throw new Error(`bug: ${type.kind} has no fixed width`);
  }
}

type Write = (bytes: Buffer, at: number, value: unknown) => void;

function fixedWriter(type: FixedType | ArrowType): Write {
  if (type.kind === "int") return intWriter(type.bits, type.signed);
  if (type.kind === "float")
    return type.bits === 32
      ? (bytes, at, value) => bytes.writeFloatLE(Number(value), at)
      : (bytes, at, value) => bytes.writeDoubleLE(Number(value), at);
  if (type.kind === "decimal") {
    const words = type.bits / 64;
    return (bytes, at, value) => {
      writeWide(bytes, at, toBigInt(value), words);
    };
  }
  if (type.kind === "interval")
    return (bytes, at, value) => {
      const { months, days, nanos } = value as ArrowInterval;
      bytes.writeInt32LE(months, at);
      bytes.writeInt32LE(days, at + 4);
      bytes.writeBigInt64LE(nanos, at + 8);
    };
  return intWriter(fixedWidth(type) === 4 ? 32 : 64, true);
}

function intWriter(bits: 8 | 16 | 32 | 64, signed: boolean): Write {
  if (bits === 64)
    return signed
      ? (bytes, at, value) => bytes.writeBigInt64LE(toBigInt(value), at)
      : (bytes, at, value) => bytes.writeBigUInt64LE(toBigInt(value), at);
  const width = bits / 8;
  return signed
    ? (bytes, at, value) => bytes.writeIntLE(Number(value), at, width)
    : (bytes, at, value) => bytes.writeUIntLE(Number(value), at, width);
}

function toBigInt(value: unknown): bigint {
  return typeof value === "bigint" ? value : BigInt(value as number | string);
}

/** Two's complement, the lowest 64 bits first. */
function writeWide(bytes: Buffer, at: number, value: bigint, words: number): void {
  for (let word = 0; word < words; word++)
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value >> BigInt(64 * word)), at + 8 * word);
}

class NullBuilder implements ColumnBuilder {
  length = 0;
  readonly size = 0;

  append(): void {
    this.length++;
  }

  finish(nodes: Node[]): void {
    nodes.push({ length: this.length, nullCount: this.length });
    this.length = 0;
  }
}

const NO_BYTES = new Uint8Array(0);

/** Which of a column's values are there; a column without nulls sends no bits. */
abstract class Nullable {
  protected readonly present = new GrowingBits();

  get length(): number {
    return this.present.length;
  }

  /** `valid`: a bit a value, null where all are there. */
  protected appendValid(valid: Uint8Array | null, start: number, count: number): void {
    if (valid === null) this.present.appendOnes(count);
    else this.present.appendBits(valid, start, count);
  }

  protected begin(nodes: Node[], buffers: Uint8Array[]): void {
    const { length, zeros } = this.present;
    nodes.push({ length, nullCount: zeros });
    const bits = this.present.take();
    buffers.push(zeros === 0 ? NO_BYTES : bits);
  }
}

export class BoolBuilder extends Nullable implements ColumnBuilder {
  private readonly values = new GrowingBits();

  get size(): number {
    return this.length >> 2;
  }

  append(value: unknown): void {
    this.present.append(value !== null);
    this.values.append(value === true);
  }

  /** A byte a value. */
  appendBytes(bytes: Uint8Array, valid: Uint8Array | null, start: number, count: number): void {
    this.appendValid(valid, start, count);
    for (let row = start; row < start + count; row++) this.values.append(bytes[row] === 1);
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    buffers.push(this.values.take());
  }
}

/** Values of one width. Memory of an engine with the same layout can be taken as it is. */
export class FixedBuilder extends Nullable implements ColumnBuilder {
  private readonly values = new GrowingBytes();
  private readonly width: number;
  private readonly write: Write;

  constructor(width: number, write: Write) {
    super();
    this.width = width;
    this.write = write;
  }

  get size(): number {
    return this.values.length;
  }

  append(value: unknown): void {
    this.present.append(value !== null);
    const at = this.values.reserve(this.width);
    if (value === null) this.values.bytes.fill(0, at, at + this.width);
    else this.write(this.values.bytes, at, value);
  }

  /** Rows from `start` on; `valid`: a bit a value, null where all are there. */
  appendRaw(values: Uint8Array, valid: Uint8Array | null, count: number, start = 0): void {
    this.appendValid(valid, start, count);
    this.values.append(values.subarray(start * this.width, (start + count) * this.width));
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    buffers.push(this.values.take());
  }
}

/** Offsets of 32 bits: a batch ends long before them. */
class Offsets {
  private readonly bytes = new GrowingBytes();
  private isEmpty = true;

  push(end: number): void {
    if (this.isEmpty) this.write(0);
    this.isEmpty = false;
    this.write(end);
  }

  private write(value: number): void {
    const at = this.bytes.reserve(4);
    this.bytes.bytes.writeInt32LE(value, at);
  }

  get size(): number {
    return this.bytes.length;
  }

  take(): Uint8Array {
    if (this.isEmpty) this.write(0);
    this.isEmpty = true;
    return this.bytes.take();
  }
}

/** Texts or bytes in an engine's memory, each somewhere in one of some buffers. */
export interface ScatteredTexts {
  readonly valid: Uint8Array | null;
  readonly buffers: readonly Uint8Array[];
  /** Of each: the buffer, where it begins there, and its bytes; 0 bytes where it is null. */
  readonly which: Uint32Array;
  readonly at: Uint32Array;
  readonly lengths: Uint32Array;
}

/** Up to so many bytes a loop is faster than a call. */
const SHORT = 48;

export class BytesBuilder extends Nullable implements ColumnBuilder {
  private readonly offsets = new Offsets();
  private readonly values = new GrowingBytes();

  get size(): number {
    return this.values.length + this.offsets.size;
  }

  append(value: unknown): void {
    this.present.append(value !== null);
    if (typeof value === "string") {
      // A UTF-16 unit takes three bytes at most; what was too much is given back.
      const at = this.values.reserve(value.length * 3);
      this.values.length = at + this.values.bytes.write(value, at);
    } else if (value !== null) this.values.append(value as Uint8Array);
    this.offsets.push(this.values.length);
  }

  appendTexts(texts: ScatteredTexts, start: number, count: number): void {
    const { which, at, lengths } = texts;
    this.appendValid(texts.valid, start, count);
    let size = 0;
    for (let row = start; row < start + count; row++) size += lengths[row] ?? 0;
    let to = this.values.reserve(size);
    const target = this.values.bytes;
    for (let row = start; row < start + count; row++) {
      const [from, length] = [at[row] ?? 0, lengths[row] ?? 0];
      const source = texts.buffers[which[row] ?? 0] ?? NO_BYTES;
      if (length <= SHORT) for (let index = 0; index < length; index++) target[to + index] = source[from + index] ?? 0;
      else target.set(source.subarray(from, from + length), to);
      to += length;
      this.offsets.push(to);
    }
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    buffers.push(this.offsets.take(), this.values.take());
  }
}

export class ListBuilder extends Nullable implements ColumnBuilder {
  private readonly offsets = new Offsets();
  readonly items: ColumnBuilder;

  constructor(items: ColumnBuilder) {
    super();
    this.items = items;
  }

  /** Before their items, which have to follow in the same order. A list that is null has the length 0. */
  appendLengths(lengths: Uint32Array, valid: Uint8Array | null, start: number, count: number): void {
    this.appendValid(valid, start, count);
    let end = this.items.length;
    for (let row = start; row < start + count; row++) this.offsets.push((end += lengths[row] ?? 0));
  }

  get size(): number {
    return this.items.size + this.offsets.size;
  }

  append(value: unknown): void {
    this.present.append(value !== null);
    if (value !== null) for (const item of value as readonly unknown[]) this.items.append(item);
    this.offsets.push(this.items.length);
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    buffers.push(this.offsets.take());
    this.items.finish(nodes, buffers);
  }
}

export class FixedListBuilder extends Nullable implements ColumnBuilder {
  readonly count: number;
  readonly items: ColumnBuilder;

  constructor(count: number, items: ColumnBuilder) {
    super();
    this.count = count;
    this.items = items;
  }

  /** So many items of each have to follow. */
  appendPresent(valid: Uint8Array | null, start: number, count: number): void {
    this.appendValid(valid, start, count);
  }

  get size(): number {
    return this.items.size;
  }

  append(value: unknown): void {
    this.present.append(value !== null);
    const items = value as readonly unknown[] | null;
    for (let index = 0; index < this.count; index++) this.items.append(items?.[index] ?? null);
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    this.items.finish(nodes, buffers);
  }
}

export class StructBuilder extends Nullable implements ColumnBuilder {
  readonly fields: readonly ColumnBuilder[];

  constructor(fields: readonly ColumnBuilder[]) {
    super();
    this.fields = fields;
  }

  /** Its fields have to follow. */
  appendPresent(valid: Uint8Array | null, start: number, count: number): void {
    this.appendValid(valid, start, count);
  }

  get size(): number {
    return this.fields.reduce((sum, field) => sum + field.size, 0);
  }

  append(value: unknown): void {
    this.present.append(value !== null);
    const values = value as readonly unknown[] | null;
    this.fields.forEach((field, index) => {
      field.append(values?.[index] ?? null);
    });
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    for (const field of this.fields) field.finish(nodes, buffers);
  }
}
