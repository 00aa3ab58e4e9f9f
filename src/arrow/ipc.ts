import { Builder } from "flatbuffers";
import type { ArrowBatch, ArrowField } from "../contracts/arrow.ts";
import { schemaMetadata } from "./schema.ts";

/**
 * Arrow's messages: metadata (a flatbuffer) and a body. Batches are written by hand, because apache-arrow's writer copies
 * every buffer twice. Source: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format,
 * https://github.com/apache/arrow/blob/main/format/Message.fbs
 */
export interface BatchMessage {
  readonly metadata: Uint8Array;
  /** The buffers with their padding, to be sent one after the other. */
  readonly body: readonly Uint8Array[];
  readonly bodyLength: number;
}

const VERSION_5 = 4;
const RECORD_BATCH = 3;
const ALIGN = 8;
const PADDING = new Uint8Array(ALIGN);

export function batchMessage({ length, nodes, buffers }: ArrowBatch): BatchMessage {
  const body: Uint8Array[] = [];
  const places: { offset: number; length: number }[] = [];
  let offset = 0;
  for (const buffer of buffers) {
    places.push({ offset, length: buffer.length });
    if (buffer.length > 0) body.push(buffer);
    const rest = (ALIGN - (buffer.length % ALIGN)) % ALIGN;
    if (rest > 0) body.push(PADDING.subarray(0, rest));
    offset += buffer.length + rest;
  }
  const builder = new Builder(256 + 16 * (nodes.length + places.length));
  const nodesAt = structs(
    builder,
    nodes.map((node) => [node.length, node.nullCount]),
  );
  const placesAt = structs(
    builder,
    places.map((place) => [place.offset, place.length]),
  );
  builder.startObject(4);
  builder.addFieldInt64(0, BigInt(length), 0n);
  builder.addFieldOffset(1, nodesAt, 0);
  builder.addFieldOffset(2, placesAt, 0);
  const batch = builder.endObject();
  builder.startObject(5);
  builder.addFieldInt16(0, VERSION_5, 0);
  builder.addFieldInt8(1, RECORD_BATCH, 0);
  builder.addFieldOffset(2, batch, 0);
  builder.addFieldInt64(3, BigInt(offset), 0n);
  builder.finish(builder.endObject());
  return { metadata: builder.asUint8Array(), body, bodyLength: offset };
}

/** A vector of structs of two 64-bit numbers each; flatbuffers are written from the end. */
function structs(builder: Builder, pairs: readonly (readonly [number, number])[]): number {
  builder.startVector(16, pairs.length, 8);
  for (const [first, second] of [...pairs].reverse()) {
    builder.prep(8, 16);
    builder.writeInt64(BigInt(second));
    builder.writeInt64(BigInt(first));
  }
  return builder.endVector();
}

const CONTINUED = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** Metadata as it stands in a stream: marked, with its length, padded. */
export function framed(metadata: Uint8Array): Buffer {
  const padded = (metadata.length + ALIGN - 1) & ~(ALIGN - 1);
  const frame = Buffer.alloc(8 + padded);
  frame.set(CONTINUED);
  frame.writeInt32LE(padded, 4);
  frame.set(metadata, 8);
  return frame;
}

/** What closes a stream. */
export const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

export function schemaFrame(fields: readonly ArrowField[]): Buffer {
  return framed(schemaMetadata(fields));
}
