/**
 * The part of protobuf's wire format that Flight's messages are made of: varints and bytes.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export type Fields = ReadonlyMap<number, readonly (Buffer | bigint)[]>;

/** Reads a message by field numbers. Throws RangeError for what is no message. */
export function decodeFields(bytes: Uint8Array): Fields {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields = new Map<number, (Buffer | bigint)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = buffer[at++];
      if (byte === undefined) throw new RangeError("a message ends in the middle of a number");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError("a number has more than 10 bytes");
  };
  const take = (length: number): Buffer => {
    if (length > buffer.length - at) throw new RangeError("a field is longer than its message");
    at += length;
    return buffer.subarray(at - length, at);
  };
  while (at < buffer.length) {
    const key = varint();
    const number = Number(key >> 3n);
    const wire = Number(key & 7n);
    let value: Buffer | bigint;
    if (wire === 0) value = varint();
    else if (wire === 2) value = take(Number(varint()));
    else if (wire === 1) value = take(8);
    else if (wire === 5) value = take(4);
    else throw new RangeError(`a field has the wire type ${String(wire)}, which Flight does not use`);
    const known = fields.get(number);
    if (known === undefined) fields.set(number, [value]);
    else known.push(value);
  }
  return fields;
}

export function bytesOf(fields: Fields, number: number): Buffer {
  const value = fields.get(number)?.at(-1);
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

export function textOf(fields: Fields, number: number): string {
  return bytesOf(fields, number).toString("utf8");
}

export function numberOf(fields: Fields, number: number): number {
  const value = fields.get(number)?.at(-1);
  return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
}

export function repeated(fields: Fields, number: number): Buffer[] {
  return (fields.get(number) ?? []).filter((value) => Buffer.isBuffer(value));
}

/** What is written of a field: bytes and texts with their length, numbers and truth values as varints. */
export type FieldValue = Uint8Array | string | number | bigint | boolean;

/** Writes fields in their order; what is undefined, empty or 0 is left out, as proto3 has it. */
export function encodeFields(fields: readonly (readonly [number, FieldValue | undefined])[]): Buffer {
  return Buffer.concat(fields.flatMap(([number, value]) => (value === undefined ? [] : encodeField(number, value))));
}

function encodeField(number: number, value: FieldValue): Uint8Array[] {
  if (typeof value === "object" || typeof value === "string") {
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    return bytes.length === 0 ? [] : [lengthPrefix(number, bytes.length), bytes];
  }
  const varint = BigInt.asUintN(64, BigInt(value));
  return varint === 0n ? [] : [encodeVarint(BigInt(number << 3)), encodeVarint(varint)];
}

/** Parts of a list are written even when they are empty. */
export function encodePart(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([lengthPrefix(number, bytes.length), bytes]);
}

/** What stands before the bytes of a field. */
export function lengthPrefix(number: number, length: number): Buffer {
  return Buffer.concat([encodeVarint(BigInt(number) * 8n + 2n), encodeVarint(BigInt(length))]);
}

function encodeVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
