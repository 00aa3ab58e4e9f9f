import * as zlib from "node:zlib";
import { compressionRegistry, CompressionType } from "apache-arrow";
import { Decompress, decompress as decompressZstd } from "fzstd";
import { fail } from "../contracts/diagnostic.ts";
import { decodeLz4Frame } from "./lz4-frame.ts";
import type { VerifiedMessage } from "./verify-message.ts";

/**
 * Compressed buffers begin with their length, in 8 bytes; -1: what follows is not compressed.
 * Source: https://github.com/apache/arrow/blob/main/format/Message.fbs (BodyCompression)
 */
const PREFIX = 8;
/** What one batch may grow to. */
const MAX_EXPANDED = 256 << 20;
/** 8 MB, which every reader of Zstandard should take. */
const MAX_WINDOW_LOG = 23;

type Decode = (bytes: Uint8Array, size: number) => Uint8Array;

/** From now on apache-arrow reads compressed batches. */
export function readCompressed(): void {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: sized(decodeLz4Frame) });
  compressionRegistry.set(CompressionType.ZSTD, { decode: sized(decodeZstd) });
}

/** apache-arrow hands over what follows the length, as a part of the buffer that has it. */
function sized(decode: Decode): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const size = Number(new DataView(bytes.buffer, bytes.byteOffset - PREFIX).getBigInt64(0, true));
    if (size < 0 || size > MAX_EXPANDED) tooLarge(size);
    return decode(bytes, size);
  };
}

/** Refuses a batch by the lengths that it names, before memory is taken for it. */
export function refuseExplosive({ batch }: VerifiedMessage, body: Uint8Array): void {
  if (batch?.isCompressed !== true) return;
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  let size = 0;
  for (const { offset, length } of batch.buffers) {
    if (length < PREFIX) continue;
    size += Math.max(0, Number(view.getBigInt64(offset, true)));
  }
  if (size > MAX_EXPANDED) tooLarge(size);
}

function tooLarge(size: number): never {
  fail(
    "DH1815",
    `A compressed batch would have ${size.toLocaleString("en")} bytes; ${MAX_EXPANDED.toLocaleString("en")} are taken`,
    null,
    "Send smaller batches.",
  );
}

type NodeZstd = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
/** From Node 22.15 on. */
const ownZstd = (zlib as { zstdDecompressSync?: NodeZstd }).zstdDecompressSync;

function decodeZstd(bytes: Uint8Array, size: number): Uint8Array {
  try {
    const output =
      ownZstd === undefined ? decodeZstdPlainly(bytes, size) : ownZstd(bytes, { maxOutputLength: Math.max(1, size) });
    return output.length === size ? output : broken();
  } catch {
    return broken();
  }
}

/** For older Node. Into memory of that size: fzstd would take as much as the frame says. */
export function decodeZstdPlainly(bytes: Uint8Array, size: number): Uint8Array {
  const said = frameSize(bytes);
  const output = new Uint8Array(size);
  if (said !== null) return said === size ? decompressZstd(bytes, output) : broken();
  // A frame that does not say its size: written piece by piece, with a window that is memory too.
  if (10 + ((bytes[5] ?? 0xff) >> 3) > MAX_WINDOW_LOG) broken();
  let filled = 0;
  const reader = new Decompress((piece) => {
    if (filled + piece.length > size) broken();
    output.set(piece, filled);
    filled += piece.length;
  });
  reader.push(bytes, true);
  return filled === size ? output : broken();
}

function broken(): never {
  throw new RangeError("a compressed buffer is broken (Zstandard)");
}

/** Source: https://github.com/facebook/zstd/blob/dev/doc/zstd_compression_format.md (Frame_Header). Null: it does not say. */
function frameSize(bytes: Uint8Array): number | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.readUInt8(4);
  const isSingle = (flags & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0);
  switch (flags >> 6) {
    case 0:
      return isSingle ? view.readUInt8(at) : null;
    case 1:
      return view.readUInt16LE(at) + 256;
    case 2:
      return view.readUInt32LE(at);
    default:
      return Number(view.readBigUInt64LE(at));
  }
}
