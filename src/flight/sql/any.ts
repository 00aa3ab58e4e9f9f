import { bytesOf, decodeFields, encodeFields, textOf, type Fields } from "../protobuf.ts";

/** Flight SQL's messages travel in a google.protobuf.Any. Source: https://github.com/apache/arrow/blob/main/format/FlightSql.proto */
export interface SqlMessage {
  /** Without its package, e.g. `CommandStatementQuery`. */
  readonly name: string;
  readonly fields: Fields;
  /** As it came. */
  readonly bytes: Buffer;
}

const PREFIX = "type.googleapis.com/arrow.flight.protocol.sql.";

/** Null: the bytes are something else, e.g. the JSON of plain Flight. */
export function unpack(bytes: Buffer): SqlMessage | null {
  // The length of the type's name comes first of all.
  if (bytes.length < PREFIX.length || bytes[0] !== 0x0a || !bytes.subarray(0, 80).includes(PREFIX)) return null;
  const any = decodeFields(bytes);
  const url = textOf(any, 1);
  if (!url.startsWith(PREFIX)) return null;
  return { name: url.slice(PREFIX.length), fields: decodeFields(bytesOf(any, 2)), bytes };
}

export function pack(name: string, value: Uint8Array): Buffer {
  return encodeFields([
    [1, `${PREFIX}${name}`],
    [2, value],
  ]);
}

/** A field that was left out means something else than an empty one. */
export function optionalText(fields: Fields, number: number): string | null {
  return fields.has(number) ? textOf(fields, number) : null;
}
