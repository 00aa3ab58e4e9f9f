/**
 * What apache-arrow takes for granted of a message: that its offsets and lengths lie inside it, and that its parts are no
 * more than it can hold. A lying length would keep it busy for minutes, or fill the memory.
 * Source: https://github.com/apache/arrow/blob/main/format/Message.fbs, Schema.fbs;
 * https://flatbuffers.dev/internals/ (tables, vtables, vectors)
 */
export interface VerifiedMessage {
  /** Null: a schema, or something without rows. */
  readonly batch: {
    readonly isCompressed: boolean;
    /** Where in the body. */
    readonly buffers: readonly { readonly offset: number; readonly length: number }[];
  } | null;
  readonly bodyLength: number;
}

/** Deeper nested types than any table has; a schema may not make us call ourselves without end. */
export const MAX_DEPTH = 32;
/** Values of one column in one message: each takes memory here, though a null need not on the wire. */
export const MAX_VALUES = 1 << 24;
/** Parts of a schema. */
const MAX_TABLES = 200_000;
const STRUCT_BYTES = 16;
const [SCHEMA, DICTIONARY, RECORDS] = [1, 2, 3];

/** Throws RangeError for what no reader may see. The header is without a frame. */
export function verifyMessage(header: Uint8Array, body: Uint8Array): VerifiedMessage {
  const walk = new Walk(header);
  const message = walk.target(0);
  const kind = walk.byte(message, 1);
  const content = walk.table(message, 2);
  const bodyLength = walk.long(message, 3);
  walk.metadata(message, 4);
  if (bodyLength < 0 || bodyLength > body.length) throw new RangeError("a message says that its body is another one");
  if (content === null || ![SCHEMA, DICTIONARY, RECORDS].includes(kind)) return { batch: null, bodyLength };
  if (kind === SCHEMA) {
    walk.fields(content, 1, 0);
    walk.metadata(content, 2);
    return { batch: null, bodyLength };
  }
  const batch = kind === RECORDS ? content : walk.table(content, 1);
  return { batch: batch === null ? null : verifyBatch(walk, batch, bodyLength), bodyLength };
}

function verifyBatch(walk: Walk, batch: number, bodyLength: number): VerifiedMessage["batch"] {
  const lengths = [walk.long(batch, 0), ...walk.pairs(batch, 1).flat()];
  if (lengths.some((length) => length < 0)) throw new RangeError("a batch has a negative length");
  if (lengths.some((length) => length > MAX_VALUES))
    throw new RangeError(
      `a batch has more than ${MAX_VALUES.toLocaleString("en")} values in a column: send smaller batches`,
    );
  const buffers = walk.pairs(batch, 2).map(([offset, length]) => ({ offset, length }));
  if (buffers.some(({ offset, length }) => offset < 0 || length < 0 || offset + length > bodyLength))
    throw new RangeError("a buffer lies outside of its batch");
  const views = walk.longs(batch, 4);
  if (views.some((count) => count < 0 || count > buffers.length))
    throw new RangeError("a batch has other buffers than it says");
  return { isCompressed: walk.table(batch, 3) !== null, buffers };
}

/** Reads a flatbuffer; a DataView refuses by itself what lies outside. */
class Walk {
  private readonly view: DataView;
  private tables = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  target(at: number): number {
    return at + this.view.getUint32(at, true);
  }

  /** Where a field is; null: it was left out. */
  private place(table: number, field: number): number | null {
    const vtable = table - this.view.getInt32(table, true);
    const entry = 4 + 2 * field;
    const offset = entry < this.view.getUint16(vtable, true) ? this.view.getUint16(vtable + entry, true) : 0;
    return offset === 0 ? null : table + offset;
  }

  byte(table: number, field: number): number {
    const at = this.place(table, field);
    return at === null ? 0 : this.view.getUint8(at);
  }

  long(table: number, field: number): number {
    const at = this.place(table, field);
    return at === null ? 0 : Number(this.view.getBigInt64(at, true));
  }

  table(table: number, field: number): number | null {
    const at = this.place(table, field);
    if (at === null) return null;
    this.countTable();
    const target = this.target(at);
    this.view.getUint16(target - this.view.getInt32(target, true), true);
    return target;
  }

  pairs(table: number, field: number): [number, number][] {
    const { start, count } = this.vector(table, field, STRUCT_BYTES);
    const long = (at: number): number => Number(this.view.getBigInt64(at, true));
    return Array.from({ length: count }, (_, index) => {
      const at = start + STRUCT_BYTES * index;
      return [long(at), long(at + 8)];
    });
  }

  longs(table: number, field: number): number[] {
    const { start, count } = this.vector(table, field, 8);
    return Array.from({ length: count }, (_, index) => Number(this.view.getBigInt64(start + 8 * index, true)));
  }

  /** A schema's columns, or a column's parts. */
  fields(table: number, field: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError("the schema is nested too deep");
    for (const column of this.each(table, field)) {
      this.vector(column, 0, 1);
      this.table(column, 3);
      const dictionary = this.table(column, 4);
      if (dictionary !== null) this.table(dictionary, 1);
      this.fields(column, 5, depth + 1);
      this.metadata(column, 6);
    }
  }

  /** Pairs of texts. */
  metadata(table: number, field: number): void {
    for (const pair of this.each(table, field)) {
      this.vector(pair, 0, 1);
      this.vector(pair, 1, 1);
    }
  }

  private each(table: number, field: number): number[] {
    const { start, count } = this.vector(table, field, 4);
    return Array.from({ length: count }, (_, index) => {
      this.countTable();
      return this.target(start + 4 * index);
    });
  }

  private vector(table: number, field: number, width: number): { start: number; count: number } {
    const at = this.place(table, field);
    if (at === null) return { start: 0, count: 0 };
    const start = this.target(at) + 4;
    const count = this.view.getUint32(start - 4, true);
    if (start + count * width > this.view.byteLength) throw new RangeError("a message is shorter than it says");
    return { start, count };
  }

  private countTable(): void {
    if (++this.tables > MAX_TABLES) throw new RangeError("a schema has too many parts");
  }
}
