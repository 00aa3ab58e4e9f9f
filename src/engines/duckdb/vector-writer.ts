import bindings, { type Vector } from "@duckdb/node-bindings";
import type { ArrowType, ColumnMemory } from "../../contracts/arrow.ts";
import { fixedWidth } from "../../arrow/build-column.ts";
import { getBit } from "../../arrow/buffers.ts";

/**
 * Writes columns of Arrow's memory into DuckDB's vectors, whole columns at a time: most values have the same layout, texts
 * and lists only say otherwise where they are. Source: https://duckdb.org/docs/stable/clients/c/vector
 */
export function writeVector(vector: Vector, type: ArrowType, memory: ColumnMemory, start: number, count: number): void {
  write({ vector, type, memory, start, count, within: null });
}

/** False: values of the type are converted one by one. */
export function isWritable(type: ArrowType): boolean {
  switch (type.kind) {
    case "interval":
      return false;
    case "time":
      return type.unit === "us";
    case "timestamp":
      return type.zone === null || type.unit === "us";
    case "decimal":
      return type.bits === 128 && type.precision <= 38;
    case "list":
    case "fixed-list":
      return isWritable(type.item);
    case "map":
      return isWritable(type.key) && isWritable(type.value);
    case "struct":
      return type.fields.every((field) => isWritable(field.type));
    default:
      return true;
  }
}

interface Work<Type extends ArrowType = ArrowType> {
  readonly vector: Vector;
  readonly type: Type;
  readonly memory: ColumnMemory;
  /** Where in the memory; in the vector they begin at 0. */
  readonly start: number;
  readonly count: number;
  /** A bit a value: what it is a part of is there; null: all are. What is null has no parts to DuckDB. */
  readonly within: Uint8Array | null;
}

function write(work: Work): void {
  const { vector, type, memory, start, count } = work;
  if (count === 0) return;
  const valid = type.kind === "null" ? new Uint8Array(Math.ceil(count / 8)) : validBits(work);
  switch (type.kind) {
    case "null":
      break;
    case "bool":
      copy(
        vector,
        Uint8Array.from({ length: count }, (_, row) => Number(getBit(memory.bytes, start + row))),
      );
      break;
    case "utf8":
    case "binary":
      writeTexts(vector, memory, start, count, valid);
      break;
    case "list":
      writeLists(work, type.item, valid);
      break;
    case "map":
      writeLists(work, entryType(type.key, type.value), valid);
      break;
    case "fixed-list":
      writeArrays(work, type.size, type.item, valid);
      break;
    case "struct":
      type.fields.forEach((field, index) => {
        const child = { vector: bindings.struct_vector_get_child(vector, index), type: field.type };
        write({ ...child, memory: part(memory, index), start, count, within: valid });
      });
      break;
    case "decimal":
      writeDecimals(vector, type.precision, memory.bytes.subarray(start * 16, (start + count) * 16), valid);
      break;
    default: {
      const width = fixedWidth(type);
      copy(vector, memory.bytes.subarray(start * width, (start + count) * width));
    }
  }
  if (valid !== null) writeValid(vector, valid);
}

function entryType(key: ArrowType, value: ArrowType): ArrowType {
  return {
    kind: "struct",
    fields: [
      { name: "key", type: key },
      { name: "value", type: value },
    ],
  };
}

function part({ children }: ColumnMemory, index: number): ColumnMemory {
  const child = children[index];
  if (child === undefined) throw new Error("bug: a nested column lacks its parts");
  return child;
}

function copy(vector: Vector, bytes: Uint8Array): void {
  bindings.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

/** From bit 0 on; null: all are there. */
function validBits({ memory, start, count, within }: Work): Uint8Array | null {
  if (memory.valid === null) return within;
  const bits = bitsFrom(memory.valid, start, count);
  if (within !== null) for (let at = 0; at < bits.length; at++) bits[at] = (bits[at] ?? 0) & (within[at] ?? 0);
  return bits;
}

function bitsFrom(source: Uint8Array, start: number, count: number): Uint8Array {
  const [first, shift] = [start >> 3, start & 7];
  const bits = new Uint8Array(Math.ceil(count / 8));
  if (shift === 0) bits.set(source.subarray(first, first + bits.length));
  else
    for (let at = 0; at < bits.length; at++)
      bits[at] = ((source[first + at] ?? 0) >> shift) | ((source[first + at + 1] ?? 0) << (8 - shift));
  return bits;
}

function writeValid(vector: Vector, bits: Uint8Array): void {
  bindings.vector_ensure_validity_writable(vector);
  bindings.copy_data_to_vector_validity(vector, 0, bits.buffer as ArrayBuffer, bits.byteOffset, bits.length);
}

const isThere = (valid: Uint8Array | null, row: number): boolean => valid === null || getBit(valid, row);

/** A text of DuckDB has 16 bytes: its length, then itself where it is short, else its first bytes and where it is. */
const INLINED = 12;

/** All texts are handed over as one, which lies in the vector's own memory; the others then point into it. */
function writeTexts(
  vector: Vector,
  memory: ColumnMemory,
  start: number,
  count: number,
  valid: Uint8Array | null,
): void {
  const offsets = memory.offsets ?? new Int32Array(start + count + 1);
  const [from, to] = [offsets[start] ?? 0, offsets[start + count] ?? 0];
  const text = memory.bytes.subarray(from, to);
  const words = new Uint32Array(count * 4);
  const bytes = new Uint8Array(words.buffer);
  let [low, high] = [0, 0];
  if (text.length > INLINED) {
    bindings.vector_assign_string_element_len(vector, 0, text);
    // A copy, which need not lie at a multiple of 4.
    const whole = Uint8Array.from(bindings.vector_get_data(vector, 16));
    [low = 0, high = 0] = new Uint32Array(whole.buffer, 8, 2);
  }
  for (let row = 0; row < count; row++) {
    if (!isThere(valid, row)) continue;
    const at = (offsets[start + row] ?? 0) - from;
    const length = (offsets[start + row + 1] ?? 0) - from - at;
    words[row * 4] = length;
    const inlined = length <= INLINED ? length : 4;
    for (let index = 0; index < inlined; index++) bytes[row * 16 + 4 + index] = text[at + index] ?? 0;
    if (length <= INLINED) continue;
    words[row * 4 + 2] = low + at;
    words[row * 4 + 3] = high + (low + at > 0xffffffff ? 1 : 0);
  }
  copy(vector, bytes);
}

/** A list of DuckDB has 16 bytes: where its items begin, and how many there are. */
function writeLists({ vector, memory, start, count }: Work, item: ArrowType, valid: Uint8Array | null): void {
  const offsets = memory.offsets ?? new Int32Array(start + count + 1);
  const [from, to] = [offsets[start] ?? 0, offsets[start + count] ?? 0];
  const words = new Uint32Array(count * 4);
  for (let row = 0; row < count; row++) {
    if (!isThere(valid, row)) continue;
    const at = offsets[start + row] ?? 0;
    words[row * 4] = at - from;
    words[row * 4 + 2] = (offsets[start + row + 1] ?? 0) - at;
  }
  copy(vector, new Uint8Array(words.buffer));
  bindings.list_vector_reserve(vector, to - from);
  bindings.list_vector_set_size(vector, to - from);
  const items = { vector: bindings.list_vector_get_child(vector), type: item, memory: part(memory, 0) };
  write({ ...items, start: from, count: to - from, within: null });
}

function writeArrays(work: Work, size: number, item: ArrowType, valid: Uint8Array | null): void {
  const { vector, memory, start, count } = work;
  const items = { vector: bindings.array_vector_get_child(vector), type: item, memory: part(memory, 0) };
  write({
    ...items,
    start: start * size,
    count: count * size,
    within: valid === null ? null : spread(valid, count, size),
  });
}

/** Each bit so many times. */
function spread(bits: Uint8Array, count: number, times: number): Uint8Array {
  const wide = new Uint8Array(Math.ceil((count * times) / 8));
  for (let row = 0; row < count; row++) {
    if (!getBit(bits, row)) continue;
    for (let at = row * times; at < (row + 1) * times; at++) wide[at >> 3] = (wide[at >> 3] ?? 0) | (1 << (at & 7));
  }
  return wide;
}

/** Of 16 bytes in Arrow; to DuckDB of as few as the digits need. Throws where a value has more. */
function writeDecimals(vector: Vector, precision: number, source: Uint8Array, valid: Uint8Array | null): void {
  if (precision > 18) {
    copy(vector, source);
    return;
  }
  const words = source.byteOffset % 4 === 0 ? source : Uint8Array.from(source);
  const wide = new Int32Array(words.buffer, words.byteOffset, words.length / 4);
  const count = wide.length / 4;
  const step = precision > 9 ? 2 : 1;
  const narrow = precision > 4 ? new Int32Array(count * step) : new Int16Array(count);
  for (let row = 0; row < count; row++) {
    if (!isThere(valid, row)) continue;
    for (let word = 0; word < step; word++) narrow[row * step + word] = wide[row * 4 + word] ?? 0;
    const sign = (narrow[row * step + step - 1] ?? 0) >> 31;
    const isWhole = step === 2 || narrow[row] === wide[row * 4];
    for (let word = step; word < 4; word++) if (wide[row * 4 + word] !== sign) tooLarge(precision);
    if (!isWhole) tooLarge(precision);
  }
  copy(vector, new Uint8Array(narrow.buffer));
}

function tooLarge(precision: number): never {
  throw new RangeError(`a decimal has more than its ${String(precision)} digits`);
}
