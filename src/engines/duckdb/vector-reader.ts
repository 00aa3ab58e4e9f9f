import bindings, { type Vector } from "@duckdb/node-bindings";
import {
  BoolBuilder,
  BytesBuilder,
  FixedBuilder,
  FixedListBuilder,
  ListBuilder,
  StructBuilder,
  type ColumnBuilder,
  type ScatteredTexts,
} from "../../arrow/build-column.ts";
import { getBit } from "../../arrow/buffers.ts";
import type { ArrowColumn } from "./arrow-types.ts";

/** Puts `count` rows from `start` on behind those that the column's builder has. */
type AppendRows = (start: number, count: number) => void;
/** Reads the memory of a vector with so many rows. */
export type LoadVector = (vector: Vector, rows: number) => AppendRows;

/**
 * Reads a column's memory as a whole. Null: a part of it has another layout in Arrow; its values are converted one by one.
 * Source: https://duckdb.org/docs/stable/clients/c/vector
 */
export function vectorLoader({ raw, parts }: ArrowColumn, builder: ColumnBuilder | undefined): LoadVector | null {
  if (builder instanceof FixedBuilder && raw !== null) return fixedLoader(builder, raw);
  if (builder instanceof BoolBuilder) return boolLoader(builder);
  if (builder instanceof BytesBuilder && raw !== null) return textLoader(builder);
  if (builder instanceof StructBuilder) return structLoader(builder, parts ?? []);
  if (builder instanceof FixedListBuilder) return arrayLoader(builder, parts?.[0]);
  if (!(builder instanceof ListBuilder)) return null;
  const [item, value] = parts ?? [];
  if (item === undefined) return null;
  // A map is a list of structs.
  const { items } = builder;
  const entries = items instanceof StructBuilder && value !== undefined ? structLoader(items, [item, value]) : null;
  const load = value === undefined ? vectorLoader(item, items) : entries;
  return load === null ? null : listLoader(builder, load);
}

function validity(vector: Vector, rows: number): Uint8Array | null {
  return bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
}

function fixedLoader(
  builder: FixedBuilder,
  { width, widened: isWidened }: NonNullable<ArrowColumn["raw"]>,
): LoadVector {
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const data = bindings.vector_get_data(vector, rows * width);
    const values = isWidened ? widened(data, width) : data;
    return (start, count) => {
      builder.appendRaw(values, valid, count, start);
    };
  };
}

function boolLoader(builder: BoolBuilder): LoadVector {
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const bytes = bindings.vector_get_data(vector, rows);
    return (start, count) => {
      builder.appendBytes(bytes, valid, start, count);
    };
  };
}

function structLoader(builder: StructBuilder, parts: readonly ArrowColumn[]): LoadVector | null {
  const loaders: LoadVector[] = [];
  for (const [index, part] of parts.entries()) {
    const load = vectorLoader(part, builder.fields[index]);
    if (load === null) return null;
    loaders.push(load);
  }
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const appends = loaders.map((load, index) => load(bindings.struct_vector_get_child(vector, index), rows));
    return (start, count) => {
      builder.appendPresent(valid, start, count);
      for (const append of appends) append(start, count);
    };
  };
}

function arrayLoader(builder: FixedListBuilder, item: ArrowColumn | undefined): LoadVector | null {
  const load = item === undefined ? null : vectorLoader(item, builder.items);
  if (load === null) return null;
  const size = builder.count;
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const appendItems = load(bindings.array_vector_get_child(vector), rows * size);
    return (start, count) => {
      builder.appendPresent(valid, start, count);
      appendItems(start * size, count * size);
    };
  };
}

/** A list of DuckDB has 16 bytes: where its items begin among those of the vector, and how many there are. */
function listLoader(builder: ListBuilder, load: LoadVector): LoadVector {
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const words = wordsOf(bindings.vector_get_data(vector, rows * 16));
    const [froms, lengths] = [new Uint32Array(rows), new Uint32Array(rows)];
    for (let row = 0; row < rows; row++) {
      if (valid !== null && !getBit(valid, row)) continue;
      froms[row] = words[row * 4] ?? 0;
      lengths[row] = words[row * 4 + 2] ?? 0;
    }
    const appendItems = load(bindings.list_vector_get_child(vector), bindings.list_vector_get_size(vector));
    return (start, count) => {
      builder.appendLengths(lengths, valid, start, count);
      // Lists mostly lie one behind the other; they need not.
      let [from, to] = [0, 0];
      for (let row = start; row < start + count; row++) {
        const [first, length] = [froms[row] ?? 0, lengths[row] ?? 0];
        if (length === 0) continue;
        if (first !== to) {
          appendItems(from, to - from);
          from = first;
        }
        to = first + length;
      }
      appendItems(from, to - from);
    };
  };
}

function textLoader(builder: BytesBuilder): LoadVector {
  return (vector, rows) => {
    const texts = readTexts(vector, rows);
    return (start, count) => {
      builder.appendTexts(texts, start, count);
    };
  };
}

/** Of a text DuckDB keeps 16 bytes: its length, then itself where it is short, else its first bytes and where it is. */
const INLINED = 12;
/**
 * Memory between two texts that is read along with them. Less than a page: every page in between then holds a part of one
 * of the two, so that all of it can be read.
 */
const MAX_GAP = 4095;

/** Long texts that lie near each other are read at once: each read costs more than some bytes do. */
function readTexts(vector: Vector, rows: number): ScatteredTexts {
  const valid = validity(vector, rows);
  const data = bindings.vector_get_data(vector, rows * 16);
  const words = wordsOf(data);
  const [which, at, lengths] = [new Uint32Array(rows), new Uint32Array(rows), new Uint32Array(rows)];
  const addresses = new Float64Array(rows);
  const long: number[] = [];
  let isSorted = true;
  for (let row = 0; row < rows; row++) {
    if (valid !== null && !getBit(valid, row)) continue;
    lengths[row] = words[row * 4] ?? 0;
    at[row] = row * 16 + 4;
    if ((words[row * 4] ?? 0) <= INLINED) continue;
    const address = (words[row * 4 + 3] ?? 0) * 2 ** 32 + (words[row * 4 + 2] ?? 0);
    addresses[row] = address;
    if (long.length > 0 && address < (addresses[long[long.length - 1] ?? 0] ?? 0)) isSorted = false;
    long.push(row);
  }
  if (!isSorted) long.sort((one, other) => (addresses[one] ?? 0) - (addresses[other] ?? 0));
  const buffers = [data];
  for (let index = 0; index < long.length;) {
    const first = long[index] ?? 0;
    const start = addresses[first] ?? 0;
    let end = start;
    for (; index < long.length; index++) {
      const row = long[index] ?? 0;
      const address = addresses[row] ?? 0;
      if (address - end > MAX_GAP) break;
      which[row] = buffers.length;
      at[row] = address - start;
      end = Math.max(end, address + (lengths[row] ?? 0));
    }
    const pointer = data.byteOffset + first * 16 + 8;
    buffers.push(bindings.get_data_from_pointer(data.buffer as ArrayBuffer, pointer, end - start));
  }
  return { valid, buffers, which, at, lengths };
}

function wordsOf(data: Uint8Array): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : Uint8Array.from(data);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/** Integers of 2, 4 or 8 bytes as such of 16; the sign fills what is new. */
function widened(data: Uint8Array, width: number): Uint8Array {
  const source =
    width === 8
      ? new Int32Array(data.buffer, data.byteOffset, data.length / 4)
      : width === 4
        ? new Int32Array(data.buffer, data.byteOffset, data.length / 4)
        : new Int16Array(data.buffer, data.byteOffset, data.length / 2);
  const count = data.length / width;
  const wide = new Int32Array(count * 4);
  for (let index = 0; index < count; index++) {
    const at = index * 4;
    if (width === 8) {
      wide[at] = source[index * 2] ?? 0;
      wide[at + 1] = source[index * 2 + 1] ?? 0;
      wide[at + 2] = wide[at + 3] = (source[index * 2 + 1] ?? 0) >> 31;
    } else {
      const value = source[index] ?? 0;
      wide[at] = value;
      wide[at + 1] = wide[at + 2] = wide[at + 3] = value >> 31;
    }
  }
  return new Uint8Array(wide.buffer);
}
