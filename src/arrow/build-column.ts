import type { ArrowBatch, ArrowField, ArrowInterval, ArrowType } from "../contracts/arrow.ts";
import { GrowingBits, GrowingBytes, int16View, int32View } from "./buffers.ts";
import { BytesBuilder, Offsets } from "./build-texts.ts";
import { Nullable, type ColumnBuilder, type Node } from "./column-builder.ts";

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
  private finished = 0;

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
    const own = ++this.finished;
    const release = (): void => {
      // Of the last batch alone is it known that nobody else reads its memory.
      if (own === this.finished) for (const column of this.columns) column.release();
    };
    return { length, nodes, buffers, release };
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

  release(): void {
    // It has no buffers.
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

  override release(): void {
    super.release();
    this.values.release();
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

  /** The same of integers of 2, 4 or 8 bytes, where the builder's have 16: the sign fills what is new. */
  appendWidened(integers: Uint8Array, width: number, valid: Uint8Array | null, start: number, count: number): void {
    this.appendValid(valid, start, count);
    const target = this.values.int32s(count * 4);
    const words = Math.max(1, width >> 2);
    const end = (start + count) * width;
    const source = (width === 2 ? int16View : int32View)(integers.subarray(start * width, end));
    for (let row = 0; row < count; row++) {
      const last = source[row * words + words - 1] ?? 0;
      const to = row * 4;
      target[to] = source[row * words] ?? 0;
      target[to + 1] = words === 2 ? last : last >> 31;
      target[to + 2] = target[to + 3] = last >> 31;
    }
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    buffers.push(this.values.take());
  }

  override release(): void {
    super.release();
    this.values.release();
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
    const ends = this.offsets.extend(count);
    for (let row = 0; row < count; row++) ends[row] = end += lengths[start + row] ?? 0;
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

  override release(): void {
    super.release();
    this.offsets.release();
    this.items.release();
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

  override release(): void {
    super.release();
    this.items.release();
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

  override release(): void {
    super.release();
    for (const field of this.fields) field.release();
  }
}
