import type { ArrivedBatch, ArrowBatch, ArrowField, ArrowInterval, ArrowType } from "../contracts/arrow.ts";
import { getBit } from "./buffers.ts";

type Read = (row: number) => unknown;

/** The values of a batch, column by column, in the form that `columnBuilder` takes. */
export function readColumns(fields: readonly ArrowField[], batch: ArrowBatch): unknown[][] {
  const source = new BatchReader(batch);
  return fields.map(({ type }) => {
    const read = source.column(type);
    return Array.from({ length: batch.length }, (_, row) => read(row));
  });
}

/** The same as of rows that come from outside. */
export function asArrived(fields: readonly ArrowField[], batch: ArrowBatch): ArrivedBatch {
  const columns = readColumns(fields, batch).map((cells) => ({
    memory: null,
    values: (start: number, end: number) => cells.slice(start, end),
  }));
  return { length: batch.length, columns };
}

class BatchReader {
  private readonly batch: ArrowBatch;
  private node = 0;
  private buffer = 0;

  constructor(batch: ArrowBatch) {
    this.batch = batch;
  }

  column(type: ArrowType): Read {
    const { length = 0, nullCount = 0 } = this.batch.nodes[this.node++] ?? {};
    if (type.kind === "null") return () => null;
    const valid = this.next();
    const read = this.values(type, length);
    return nullCount === 0 ? read : (row) => (getBit(valid, row) ? read(row) : null);
  }

  private next(): Buffer {
    const bytes = this.batch.buffers[this.buffer++] ?? new Uint8Array(0);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  private values(type: ArrowType, length: number): Read {
    switch (type.kind) {
      case "bool": {
        const bits = this.next();
        return (row) => getBit(bits, row);
      }
      case "utf8":
      case "binary":
        return this.texts(type.kind === "utf8");
      case "list":
        return this.lists(type.item);
      case "map":
        return this.lists({
          kind: "struct",
          fields: [
            { name: "key", type: type.key },
            { name: "value", type: type.value },
          ],
        });
      case "fixed-list": {
        const item = this.column(type.item);
        return (row) => Array.from({ length: type.size }, (_, index) => item(row * type.size + index));
      }
      case "struct": {
        const parts = type.fields.map((field) => this.column(field.type));
        return (row) => parts.map((part) => part(row));
      }
      default:
        return length === 0 ? this.skip() : fixedReader(type, this.next());
    }
  }

  private skip(): Read {
    this.next();
    return () => null;
  }

  private texts(isText: boolean): Read {
    const offsets = this.next();
    const bytes = this.next();
    return (row) => {
      const [start, end] = [offsets.readInt32LE(row * 4), offsets.readInt32LE(row * 4 + 4)];
      return isText ? bytes.toString("utf8", start, end) : bytes.subarray(start, end);
    };
  }

  private lists(itemType: ArrowType): Read {
    const offsets = this.next();
    const item = this.column(itemType);
    return (row) => {
      const [start, end] = [offsets.readInt32LE(row * 4), offsets.readInt32LE(row * 4 + 4)];
      return Array.from({ length: end - start }, (_, index) => item(start + index));
    };
  }
}

function fixedReader(type: ArrowType, bytes: Buffer): Read {
  switch (type.kind) {
    case "int": {
      const width = type.bits / 8;
      if (width === 8)
        return type.signed ? (row) => bytes.readBigInt64LE(row * 8) : (row) => bytes.readBigUInt64LE(row * 8);
      return type.signed ? (row) => bytes.readIntLE(row * width, width) : (row) => bytes.readUIntLE(row * width, width);
    }
    case "float":
      return type.bits === 32 ? (row) => bytes.readFloatLE(row * 4) : (row) => bytes.readDoubleLE(row * 8);
    case "decimal":
      return (row) => readWide(bytes, row, type.bits / 64);
    case "time":
      return type.unit === "s" || type.unit === "ms"
        ? (row) => BigInt(bytes.readInt32LE(row * 4))
        : (row) => bytes.readBigInt64LE(row * 8);
    case "date":
      return (row) => bytes.readInt32LE(row * 4);
    case "timestamp":
      return (row) => bytes.readBigInt64LE(row * 8);
    case "interval":
      return (row): ArrowInterval => ({
        months: bytes.readInt32LE(row * 16),
        days: bytes.readInt32LE(row * 16 + 4),
        nanos: bytes.readBigInt64LE(row * 16 + 8),
      });
    default:
      throw new Error(`bug: ${type.kind} is not of fixed width`);
  }
}

function readWide(bytes: Buffer, row: number, words: number): bigint {
  const at = row * words * 8;
  let value = bytes.readBigInt64LE(at + (words - 1) * 8);
  for (let word = words - 2; word >= 0; word--) value = (value << 64n) | bytes.readBigUInt64LE(at + word * 8);
  return value;
}
