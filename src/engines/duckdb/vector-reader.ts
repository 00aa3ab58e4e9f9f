import bindings, { type Vector } from "@duckdb/node-bindings";
import { BoolBuilder, FixedBuilder, FixedListBuilder, ListBuilder, StructBuilder } from "../../arrow/build-column.ts";
import { BytesBuilder, INLINED, type ScatteredTexts } from "../../arrow/build-texts.ts";
import { getBit } from "../../arrow/buffers.ts";
import type { ColumnBuilder } from "../../arrow/column-builder.ts";
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

/** A bit a row; null: all values are there, which DuckDB mostly says in as many bits. */
function validity(vector: Vector, rows: number): Uint8Array | null {
  const bits = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null;
  return bits === null || areOnes(bits, rows) ? null : bits;
}

function areOnes(bits: Uint8Array, count: number): boolean {
  const whole = count >> 3;
  for (let at = 0; at < whole; at++) if (bits[at] !== 0xff) return false;
  const rest = (1 << (count & 7)) - 1;
  return ((bits[whole] ?? 0) & rest) === rest;
}

function fixedLoader(
  builder: FixedBuilder,
  { width, widened: isWidened }: NonNullable<ArrowColumn["raw"]>,
): LoadVector {
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const data = bindings.vector_get_data(vector, rows * width);
    return (start, count) => {
      if (isWidened) builder.appendWidened(data, width, valid, start, count);
      else builder.appendRaw(data, valid, count, start);
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
  let [froms, lengths] = [new Uint32Array(0), new Uint32Array(0)];
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const words = wordsOf(bindings.vector_get_data(vector, rows * 16));
    if (rows > lengths.length) [froms, lengths] = [new Uint32Array(rows), new Uint32Array(rows)];
    for (let row = 0; row < rows; row++) {
      const isThere = valid === null || getBit(valid, row);
      froms[row] = words[row * 4] ?? 0;
      lengths[row] = isThere ? (words[row * 4 + 2] ?? 0) : 0;
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
  const reader = new TextReader();
  return (vector, rows) => {
    const valid = validity(vector, rows);
    const data = bindings.vector_get_data(vector, rows * 16);
    const words = wordsOf(data);
    let texts: ScatteredTexts | null = null;
    return (start, count) => {
      if (texts === null && builder.appendInlined(words, valid, start, count)) return;
      texts ??= reader.read(data, words, valid, rows);
      builder.appendTexts(texts, start, count);
    };
  };
}

/** What memory is mapped in, on every machine a part of that: where one byte can be read, the others around it can. */
const PAGE = 4096;

/** Reads the texts of a vector. What was read counts until the next vector is: its memory is used again. */
class TextReader {
  private size = 0;
  private which = new Uint32Array(0);
  private at = new Uint32Array(0);
  private lengths = new Uint32Array(0);
  /** The rows of texts that are not inlined. */
  private long = new Uint32Array(0);
  private readonly extents = new Extents();

  /** Of 16 bytes a text the first four are its length; behind them is itself, or, of a long one, its first bytes and its address. */
  read(data: Uint8Array, words: Uint32Array, valid: Uint8Array | null, rows: number): ScatteredTexts {
    this.grow(rows);
    const { which, at, lengths, long, extents } = this;
    const count = this.scan(words, valid, rows);
    const buffers = extents.read();
    for (let index = 0; index < count; index++) {
      const row = long[index] ?? 0;
      const extent = which[row] ?? 0;
      which[row] = 1 + (extents.buffers[extent] ?? 0);
      at[row] = (at[row] ?? 0) + (extents.offsets[extent] ?? 0);
    }
    return { valid, buffers: [data, ...buffers], which, at, lengths };
  }

  private grow(rows: number): void {
    if (rows <= this.size) return;
    this.size = rows;
    this.which = new Uint32Array(rows);
    this.at = new Uint32Array(rows);
    this.lengths = new Uint32Array(rows);
    this.long = new Uint32Array(rows);
    this.extents.grow(rows);
  }

  /** Gives the number of long texts. Of them `which` is the extent, and `at` the place in it. */
  private scan(words: Uint32Array, valid: Uint8Array | null, rows: number): number {
    const { which, at, lengths, long, extents } = this;
    extents.count = 0;
    let [count, start, end] = [0, 0, -1];
    for (let row = 0; row < rows; row++) {
      const length = valid === null || getBit(valid, row) ? (words[row * 4] ?? 0) : 0;
      lengths[row] = length;
      which[row] = 0;
      at[row] = row * 16 + 4;
      if (length <= INLINED) continue;
      const address = (words[row * 4 + 3] ?? 0) * 2 ** 32 + (words[row * 4 + 2] ?? 0);
      if (address !== end) extents.begin((start = address));
      extents.end((end = address + length));
      which[row] = extents.count - 1;
      at[row] = address - start;
      long[count++] = row;
    }
    return count;
  }
}

/** Memory that texts take one right behind the other, as DuckDB mostly lays them. */
class Extents {
  count = 0;
  /** Of each extent: the buffer that `read` gave with it, and where it begins there. */
  buffers = new Uint32Array(0);
  offsets = new Uint32Array(0);
  private starts = new Float64Array(0);
  private ends = new Float64Array(0);

  grow(count: number): void {
    this.buffers = new Uint32Array(count);
    this.offsets = new Uint32Array(count);
    this.starts = new Float64Array(count);
    this.ends = new Float64Array(count);
  }

  begin(address: number): void {
    this.starts[this.count++] = address;
  }

  end(address: number): void {
    this.ends[this.count - 1] = address;
  }

  /** Reads the pages that hold them, those in a row at once: a call for each text costs more than all its bytes. */
  read(): Uint8Array[] {
    const { starts, buffers, offsets } = this;
    const order = Array.from({ length: this.count }, (_, extent) => extent);
    order.sort((one, other) => (starts[one] ?? 0) - (starts[other] ?? 0));
    const runs: { readonly start: number; end: number }[] = [];
    for (const extent of order) {
      const start = pageOf(starts[extent] ?? 0);
      const end = pageOf((this.ends[extent] ?? 0) - 1) + PAGE;
      let run = runs.at(-1);
      if (run === undefined || start > run.end) runs.push((run = { start, end }));
      else run.end = Math.max(run.end, end);
      buffers[extent] = runs.length - 1;
      offsets[extent] = (starts[extent] ?? 0) - run.start;
    }
    return runs.map(({ start, end }) => readMemory(start, end - start));
  }
}

function pageOf(address: number): number {
  return address - (address % PAGE);
}

const pointer = new Uint32Array(2);

function readMemory(address: number, size: number): Uint8Array {
  pointer[0] = address % 2 ** 32;
  pointer[1] = Math.floor(address / 2 ** 32);
  return bindings.get_data_from_pointer(pointer.buffer, 0, size);
}

function wordsOf(data: Uint8Array): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : Uint8Array.from(data);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
