import { FlightError } from "./status.ts";

/**
 * Python's pickles as xorq's client sends them around plain values. A pickle is a program: only opcodes that make texts,
 * whole numbers, truth values, None and dicts of them are read, and everything else is refused.
 * Source: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export type Plain = string | number | boolean | null | ReadonlyMap<string, Plain>;

const PROTO = 0x80;
const MAX_BYTES = 64 << 10;

export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === PROTO;
}

/** Throws FlightError for what is more than plain values. */
export function readPickle(bytes: Buffer): Plain {
  if (bytes.length > MAX_BYTES) refuse();
  try {
    return new PickleReader(bytes).read();
  } catch (error) {
    if (error instanceof RangeError) refuse();
    throw error;
  }
}

type Item = Plain | Map<string, Plain> | typeof MARK;
const MARK = Symbol("mark");

class PickleReader {
  private readonly bytes: Buffer;
  private at = 0;
  private readonly stack: Item[] = [];
  private readonly memo: Item[] = [];

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  read(): Plain {
    for (;;) {
      const opcode = this.byte();
      if (opcode === 0x2e) return this.stack.length === 1 ? plain(this.stack[0]) : refuse();
      const act = OPCODES.get(opcode) ?? refuse();
      act(this);
    }
  }

  byte(): number {
    return this.bytes.readUInt8(this.at++);
  }

  number(width: 2 | 4): number {
    this.at += width;
    return width === 2 ? this.bytes.readUInt16LE(this.at - 2) : this.bytes.readInt32LE(this.at - 4);
  }

  skip(count: number): void {
    this.at += count;
  }

  text(length: number): string {
    if (length < 0 || this.at + length > this.bytes.length) refuse();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  push(item: Item): void {
    this.stack.push(item);
  }

  remember(): void {
    this.memo.push(this.stack.at(-1) ?? null);
  }

  recall(index: number): void {
    const item = this.memo[index];
    this.push(item === undefined ? refuse() : item);
  }

  /** Pairs behind the mark, or one, into the dict before them. */
  setItems(isMarked: boolean): void {
    const from = isMarked ? this.stack.lastIndexOf(MARK) : this.stack.length - 2;
    const pairs = this.stack.splice(Math.max(from, 0)).slice(isMarked ? 1 : 0);
    const target = this.stack.at(-1);
    if (from < 0 || !(target instanceof Map) || pairs.length % 2 !== 0) refuse();
    for (let index = 0; index < pairs.length; index += 2) {
      const key = pairs[index];
      const value = plain(pairs[index + 1]);
      // A dict in itself would have no end.
      if (typeof key !== "string" || value === target) refuse();
      target.set(key, value);
    }
  }
}

const OPCODES: ReadonlyMap<number, (reader: PickleReader) => void> = new Map([
  [PROTO, (reader) => reader.skip(1)],
  [0x95, (reader) => reader.skip(8)],
  [0x94, (reader) => reader.remember()],
  [0x7d, (reader) => reader.push(new Map())],
  [0x28, (reader) => reader.push(MARK)],
  [0x73, (reader) => reader.setItems(false)],
  [0x75, (reader) => reader.setItems(true)],
  [0x4e, (reader) => reader.push(null)],
  [0x88, (reader) => reader.push(true)],
  [0x89, (reader) => reader.push(false)],
  [0x4b, (reader) => reader.push(reader.byte())],
  [0x4d, (reader) => reader.push(reader.number(2))],
  [0x4a, (reader) => reader.push(reader.number(4))],
  [0x8c, (reader) => reader.push(reader.text(reader.byte()))],
  [0x58, (reader) => reader.push(reader.text(reader.number(4)))],
  [0x68, (reader) => reader.recall(reader.byte())],
  [0x6a, (reader) => reader.recall(reader.number(4))],
]);

function plain(item: Item | undefined): Plain {
  return item === undefined || item === MARK ? refuse() : item;
}

function refuse(): never {
  throw new FlightError(
    "INVALID_ARGUMENT",
    "A pickle with more than texts, numbers, truth values, None and dicts is not read here: send SQL by Flight SQL (ADBC)",
  );
}

/** What an answer holds: JSON's values. Written in the oldest protocol that has binary texts. */
export function writePickle(value: unknown): Buffer {
  return Buffer.concat([Buffer.from([PROTO, 2]), ...written(value), Buffer.from(".")]);
}

function written(value: unknown): Buffer[] {
  if (value === null || value === undefined) return [Buffer.from("N")];
  if (typeof value === "boolean") return [Buffer.from([value ? 0x88 : 0x89])];
  if (typeof value === "number" || typeof value === "bigint") {
    const isWhole = typeof value === "bigint" || Number.isInteger(value);
    return [Buffer.from(`${isWhole ? "I" : "F"}${String(value)}\n`)];
  }
  if (Array.isArray(value)) return [Buffer.from("]("), ...value.flatMap(written), Buffer.from("e")];
  if (typeof value === "object")
    return [Buffer.from("}("), ...Object.entries(value).flatMap((pair) => pair.flatMap(written)), Buffer.from("u")];
  const bytes = Buffer.from(value as string);
  const head = Buffer.from("X\0\0\0\0");
  head.writeUInt32LE(bytes.length, 1);
  return [head, bytes];
}
