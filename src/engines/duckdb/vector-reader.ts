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
    if (areInlined(words, valid, rows))
      return (start, count) => {
        builder.appendInlined(words, valid, start, count);
      };
    const texts = reader.read(data, words, valid, rows);
    return (start, count) => {
      builder.appendTexts(texts, start, count);
    };
  };
}

/** Of a text DuckDB keeps 16 bytes: its length, then itself where it is short, else its first bytes and where it is. */
function areInlined(words: Uint32Array, valid: Uint8Array | null, rows: number): boolean {
  for (let row = 0; row < rows; row++)
    if ((words[row * 4] ?? 0) > INLINED && (valid === null || getBit(valid, row))) return false;
  return true;
}

/** What memory is mapped in, on every machine a part of that: where one byte can be read, the others around it can. */
const PAGE = 4096;

/** Reads the texts of a vector. What was read counts until the next vector is: its memory is used again. */
class TextReader {
  private size = 0;
  private which = new Uint32Array(0);
  private at = new Uint32Array(0);
  private lengths = new Uint32Array(0);
  private addresses = new Float64Array(0);
  /** The rows of texts that are not inlined. */
  private long = new Uint32Array(0);

  read(data: Uint8Array, words: Uint32Array, valid: Uint8Array | null, rows: number): ScatteredTexts {
    this.grow(rows);
    const long = this.scan(words, valid, rows);
    const { which, at, lengths } = this;
    return { valid, buffers: [data, ...this.gather(long)], which, at, lengths };
  }

  private grow(rows: number): void {
    if (rows <= this.size) return;
    this.size = rows;
    this.which = new Uint32Array(rows);
    this.at = new Uint32Array(rows);
    this.lengths = new Uint32Array(rows);
    this.addresses = new Float64Array(rows);
    this.long = new Uint32Array(rows);
  }

  /** Takes every text for an inlined one, and gives the number of those that are not. */
  private scan(words: Uint32Array, valid: Uint8Array | null, rows: number): number {
    const { which, at, lengths, addresses, long } = this;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const length = valid === null || getBit(valid, row) ? (words[row * 4] ?? 0) : 0;
      lengths[row] = length;
      which[row] = 0;
      at[row] = row * 16 + 4;
      if (length <= INLINED) continue;
      addresses[row] = (words[row * 4 + 3] ?? 0) * 2 ** 32 + (words[row * 4 + 2] ?? 0);
      long[count++] = row;
    }
    return count;
  }

  /** Reads the pages that hold the long texts, those in a row at once: a call for each text costs more than all its bytes. */
  private gather(count: number): Uint8Array[] {
    const { which, at, addresses, long } = this;
    const runs = this.runsOfPages(count);
    let page = -1;
    let run: Run | undefined;
    for (let index = 0; index < count; index++) {
      const row = long[index] ?? 0;
      const address = addresses[row] ?? 0;
      // Neighbours mostly share a page.
      const ownPage = Math.floor(address / PAGE);
      if (ownPage !== page) run = runs.of.get((page = ownPage));
      which[row] = 1 + (run?.index ?? 0);
      at[row] = address - (run?.start ?? 0);
    }
    return runs.all.map(({ start, size }) => readMemory(start, size));
  }

  private runsOfPages(count: number): { readonly all: readonly Run[]; readonly of: ReadonlyMap<number, Run> } {
    const { lengths, addresses, long } = this;
    const pages = new Set<number>();
    let known = -1;
    for (let index = 0; index < count; index++) {
      const row = long[index] ?? 0;
      const address = addresses[row] ?? 0;
      const last = Math.floor((address + (lengths[row] ?? 0) - 1) / PAGE);
      for (let page = Math.floor(address / PAGE); page <= last; page++) if (page !== known) pages.add((known = page));
    }
    const all: Run[] = [];
    const of = new Map<number, Run>();
    for (const page of [...pages].sort((one, other) => one - other)) {
      let run = all.at(-1);
      if (run === undefined || run.start + run.size !== page * PAGE)
        all.push((run = { index: all.length, start: page * PAGE, size: 0 }));
      run.size += PAGE;
      of.set(page, run);
    }
    return { all, of };
  }
}

/** Pages one behind the other, with the address of the first. */
interface Run {
  readonly index: number;
  readonly start: number;
  size: number;
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
