import type { ArrowBatch, ArrowField } from "../contracts/arrow.ts";
import { batchMessage, framed } from "../arrow/ipc.ts";
import { schemaMetadata } from "../arrow/schema.ts";
import type { MessageParts } from "./send.ts";
import { bytesOf, decodeFields, encodeFields, encodePart, lengthPrefix, numberOf, repeated } from "./protobuf.ts";

/** Flight's messages. Source: https://github.com/apache/arrow/blob/main/format/Flight.proto */

export interface FlightDescriptor {
  /** Null: it has a path. */
  readonly command: Buffer | null;
  readonly path: readonly string[];
  /** As it came. */
  readonly bytes: Buffer;
}

const COMMAND = 2;

export function decodeDescriptor(bytes: Buffer): FlightDescriptor {
  const fields = decodeFields(bytes);
  const command = numberOf(fields, 1) === COMMAND ? bytesOf(fields, 2) : null;
  return { command, path: repeated(fields, 3).map((part) => part.toString("utf8")), bytes };
}

export function pathDescriptor(path: readonly string[]): Buffer {
  return Buffer.concat([encodeFields([[1, 1]]), ...path.map((part) => encodePart(3, Buffer.from(part)))]);
}

export interface FlightInfo {
  /** As a message in its frame. */
  readonly schema: Buffer;
  readonly descriptor: Buffer;
  readonly ticket: Uint8Array;
  /** -1: not known. */
  readonly rows: number;
  readonly bytes: number;
}

export function encodeFlightInfo({ schema, descriptor, ticket, rows, bytes }: FlightInfo): Buffer {
  const endpoint = encodePart(1, encodeFields([[1, ticket]]));
  return encodeFields([
    [1, schema],
    [2, descriptor],
    [3, endpoint],
    [4, BigInt(rows)],
    [5, BigInt(bytes)],
  ]);
}

export function encodeSchemaResult(fields: readonly ArrowField[]): Buffer {
  return encodeFields([[1, framed(schemaMetadata(fields))]]);
}

/** The first message of a stream. */
export function schemaData(fields: readonly ArrowField[]): Buffer {
  return encodeFields([[2, schemaMetadata(fields)]]);
}

/** A batch, in the memory where it was built. */
export function batchData(batch: ArrowBatch): MessageParts {
  const { metadata, body, bodyLength } = batchMessage(batch);
  const head = Buffer.concat([lengthPrefix(2, metadata.length), metadata, lengthPrefix(1000, bodyLength)]);
  return { byteLength: head.length + bodyLength, parts: [head, ...body] };
}

export interface FlightData {
  readonly descriptor: Buffer;
  readonly header: Buffer;
  readonly appMetadata: Buffer;
  readonly body: Buffer;
}

export function decodeFlightData(bytes: Buffer): FlightData {
  const fields = decodeFields(bytes);
  return {
    descriptor: bytesOf(fields, 1),
    header: bytesOf(fields, 2),
    appMetadata: bytesOf(fields, 3),
    body: bytesOf(fields, 1000),
  };
}

/** PutResult, Result, Ticket and Criteria have one field. */
export function oneField(bytes: Uint8Array | string): Buffer {
  return encodeFields([[1, bytes]]);
}

export function decodeOneField(bytes: Buffer): Buffer {
  return bytesOf(decodeFields(bytes), 1);
}
