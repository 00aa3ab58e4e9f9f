/**
 * LZ4's frame format, into memory of a size that the caller has agreed to. What there is on npm trusts what it reads: a
 * lying length keeps it busy for minutes. Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and
 * lz4_Block_format.md. Checksums are not looked at: Flight's transport has its own.
 */
const MAGIC = 0x184d2204;
const MIN_MATCH = 4;

const broken = (): never => {
  throw new RangeError("a compressed buffer is broken (LZ4)");
};

/** Throws RangeError unless the frame fills `size` bytes exactly. */
export function decodeLz4Frame(frame: Uint8Array, size: number): Uint8Array {
  const source = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  if (source.length < 7 || source.readUInt32LE(0) !== MAGIC) broken();
  const flags = source[4] ?? 0;
  const [hasBlockSums, hasSize, hasDictionary] = [0x10, 0x08, 0x01].map((bit) => (flags & bit) !== 0);
  if (flags >> 6 !== 1 || hasDictionary === true) broken();
  let at = 7 + (hasSize === true ? 8 : 0);
  const output = Buffer.allocUnsafe(size);
  let filled = 0;
  for (;;) {
    if (at + 4 > source.length) broken();
    const head = source.readUInt32LE(at);
    at += 4;
    if (head === 0) break;
    const length = head & 0x7fff_ffff;
    if (at + length > source.length) broken();
    const block = source.subarray(at, at + length);
    at += length + (hasBlockSums === true ? 4 : 0);
    if (head > 0x7fff_ffff) {
      if (filled + length > size) broken();
      filled += block.copy(output, filled);
    } else filled = decodeBlock(block, output, filled);
  }
  return filled === size ? output : broken();
}

/** Blocks may point back into those before them. Returns how much of the output is filled. */
function decodeBlock(block: Buffer, output: Buffer, start: number): number {
  let at = 0;
  let filled = start;
  const more = (low: number): number => {
    let length = low;
    for (let byte = low === 15 ? 255 : 0; byte === 255; length += byte) byte = block[at++] ?? broken();
    return length;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = more(token >> 4);
    if (at + literals > block.length || filled + literals > output.length) broken();
    block.copy(output, filled, at, at + literals);
    at += literals;
    filled += literals;
    // The last sequence has literals alone.
    if (at === block.length) break;
    if (at + 2 > block.length) broken();
    const distance = block.readUInt16LE(at);
    at += 2;
    const match = more(token & 15) + MIN_MATCH;
    if (distance === 0 || distance > filled || filled + match > output.length) broken();
    if (distance >= match) output.copyWithin(filled, filled - distance, filled - distance + match);
    // It repeats what it has just written.
    else for (let index = 0; index < match; index++) output[filled + index] = output[filled + index - distance] ?? 0;
    filled += match;
  }
  return filled;
}
