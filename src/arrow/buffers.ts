const NOTHING = Buffer.alloc(0);

/** Bytes that grow; what was taken away with `take` is no longer written to, until it is given back with `release`. */
export class GrowingBytes {
  length = 0;
  private buffer = NOTHING;
  /** How much to begin with: as much as the last time. */
  private capacity: number;
  private taken = NOTHING;

  constructor(capacity = 256) {
    this.capacity = capacity;
  }

  /** Room for so many more bytes, counted as used; gives their start. */
  reserve(count: number): number {
    const start = this.length;
    const needed = start + count;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.capacity, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, start);
      this.buffer = grown;
    }
    this.length = needed;
    return start;
  }

  /** Where to write: only until the next `reserve`. */
  get bytes(): Buffer {
    return this.buffer;
  }

  /** Room for so many numbers of 32 bits, behind as many bytes as such have; to be written before the next `reserve`. */
  int32s(count: number): Int32Array {
    const start = this.reserve(count * 4);
    return new Int32Array(this.buffer.buffer, this.buffer.byteOffset + start, count);
  }

  append(bytes: Uint8Array): void {
    const start = this.reserve(bytes.length);
    this.buffer.set(bytes, start);
  }

  zeros(count: number): void {
    const start = this.reserve(count);
    this.buffer.fill(0, start, start + count);
  }

  take(): Uint8Array {
    this.taken = this.buffer;
    this.buffer = NOTHING;
    this.capacity = Math.max(256, this.length);
    const taken = this.taken.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  /** Nobody reads any more what was taken: memory of megabytes is dear to get, and the collector counts it. */
  release(): void {
    if (this.length === 0) this.buffer = this.taken;
    this.taken = NOTHING;
  }
}

/** Bits, the lowest of a byte first. */
export class GrowingBits {
  length = 0;
  /** How many are 0. */
  zeros = 0;
  private readonly bytes = new GrowingBytes(64);

  append(bit: boolean): void {
    const at = this.length++;
    if ((at & 7) === 0) this.bytes.zeros(1);
    if (bit) setBit(this.bytes.bytes, at);
    else this.zeros++;
  }

  appendOnes(count: number): void {
    let left = count;
    while (left > 0 && (this.length & 7) !== 0) {
      this.append(true);
      left--;
    }
    if (left === 0) return;
    const whole = (left + 7) >> 3;
    const start = this.bytes.reserve(whole);
    this.bytes.bytes.fill(0xff, start, start + whole);
    // Bits behind the last one have to be 0: the next append only sets.
    if ((left & 7) !== 0) this.bytes.bytes[start + whole - 1] = (1 << (left & 7)) - 1;
    this.length += left;
  }

  appendBits(source: Uint8Array, start: number, count: number): void {
    let at = start;
    if (((this.length | start) & 7) === 0) {
      // Whole bytes; what is left of the last one has to be 0 here.
      const whole = count >> 3;
      const to = this.bytes.reserve(whole);
      for (let index = 0; index < whole; index++) {
        const bits = source[(start >> 3) + index] ?? 0;
        this.bytes.bytes[to + index] = bits;
        if (bits !== 0xff) this.zeros += zerosOf(bits);
      }
      this.length += whole * 8;
      at += whole * 8;
    }
    for (; at < start + count; at++) this.append(getBit(source, at));
  }

  take(): Uint8Array {
    this.length = 0;
    this.zeros = 0;
    return this.bytes.take();
  }

  release(): void {
    this.bytes.release();
  }
}

function zerosOf(byte: number): number {
  let zeros = 8;
  for (let bits = byte; bits !== 0; bits &= bits - 1) zeros--;
  return zeros;
}

export function getBit(bytes: Uint8Array, index: number): boolean {
  return ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

function setBit(bytes: Uint8Array, index: number): void {
  bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
}

/** Bytes as numbers; they are copied where they do not begin at a multiple of what one takes. */
export function int32View(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Int32Array(buffer, byteOffset, length >> 2);
}

export function int16View(bytes: Uint8Array): Int16Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Int16Array(buffer, byteOffset, length >> 1);
}
