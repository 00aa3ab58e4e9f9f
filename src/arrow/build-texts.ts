import { getBit, GrowingBytes } from "./buffers.ts";
import { Nullable, NO_BYTES, type ColumnBuilder, type Node } from "./column-builder.ts";

/** Offsets of 32 bits: a batch ends long before them. */
export class Offsets {
  private readonly bytes = new GrowingBytes();

  push(end: number): void {
    this.extend(1)[0] = end;
  }

  /** Room for so many more, to be written before the next call. */
  extend(count: number): Int32Array {
    this.begin();
    return this.bytes.int32s(count);
  }

  /** Room that was not needed. */
  giveBack(count: number): void {
    this.bytes.length -= count * 4;
  }

  private begin(): void {
    if (this.bytes.length === 0) this.bytes.zeros(4);
  }

  get size(): number {
    return this.bytes.length;
  }

  take(): Uint8Array {
    this.begin();
    return this.bytes.take();
  }

  release(): void {
    this.bytes.release();
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
const SHORT = 96;
/** What the last word of a text may write behind its end. */
const SLACK = 3;
/** Bytes of a text that needs no memory of its own in DuckDB. */
export const INLINED = 12;

const NO_WORDS = new DataView(new ArrayBuffer(0));

/** Puts texts one behind the other. Those that lie so already, as an engine's long texts mostly do, are copied as one. */
class RunCopier {
  private readonly buffers: readonly Uint8Array[];
  private readonly views: readonly DataView[];
  private readonly target: Uint8Array;
  private readonly words: DataView;
  private to: number;
  private which = 0;
  private from = 0;
  private end = 0;

  constructor(buffers: readonly Uint8Array[], target: Uint8Array, to: number) {
    this.buffers = buffers;
    this.views = buffers.map(viewOf);
    this.target = target;
    this.words = viewOf(target);
    this.to = to;
  }

  add(which: number, from: number, length: number): void {
    if (which !== this.which || from !== this.end) {
      this.flush();
      this.which = which;
      this.from = from;
    }
    this.end = from + length;
  }

  flush(): void {
    const { which, from, end, to, words } = this;
    const length = end - from;
    if (length === 0) return;
    const source = this.views[which] ?? NO_WORDS;
    // Words of four bytes: what the last one has too much is written over by the next text.
    if (length <= SHORT && end + SLACK <= source.byteLength)
      for (let byte = 0; byte < length; byte += 4) words.setUint32(to + byte, source.getUint32(from + byte));
    else this.target.set((this.buffers[which] ?? NO_BYTES).subarray(from, end), to);
    this.to = to + length;
    this.from = this.end = 0;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

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

  /**
   * Texts as DuckDB keeps short ones: 16 bytes each, the first four their length, the text behind it. False: one of them is
   * longer than the 12 bytes that are there, and none was taken.
   */
  appendInlined(words: Uint32Array, valid: Uint8Array | null, start: number, count: number): boolean {
    const first = this.values.reserve(count * INLINED);
    const target = viewOf(this.values.bytes);
    const ends = this.offsets.extend(count);
    let to = first;
    for (let index = 0; index < count; index++) {
      const row = start + index;
      const at = row * 4;
      const length = valid === null || getBit(valid, row) ? (words[at] ?? 0) : 0;
      if (length > INLINED) {
        this.values.length = first;
        this.offsets.giveBack(count);
        return false;
      }
      // What is too much is written over by the next text.
      target.setUint32(to, words[at + 1] ?? 0, true);
      target.setUint32(to + 4, words[at + 2] ?? 0, true);
      target.setUint32(to + 8, words[at + 3] ?? 0, true);
      ends[index] = to += length;
    }
    this.values.length = to;
    this.appendValid(valid, start, count);
    return true;
  }

  appendTexts(texts: ScatteredTexts, start: number, count: number): void {
    const { which, at, lengths } = texts;
    this.appendValid(texts.valid, start, count);
    let size = 0;
    for (let row = start; row < start + count; row++) size += lengths[row] ?? 0;
    let to = this.values.reserve(size + SLACK);
    this.values.length -= SLACK;
    const copier = new RunCopier(texts.buffers, this.values.bytes, to);
    const ends = this.offsets.extend(count);
    for (let index = 0; index < count; index++) {
      const row = start + index;
      const length = lengths[row] ?? 0;
      if (length > 0) copier.add(which[row] ?? 0, at[row] ?? 0, length);
      ends[index] = to += length;
    }
    copier.flush();
  }

  finish(nodes: Node[], buffers: Uint8Array[]): void {
    this.begin(nodes, buffers);
    buffers.push(this.offsets.take(), this.values.take());
  }

  override release(): void {
    super.release();
    this.offsets.release();
    this.values.release();
  }
}
