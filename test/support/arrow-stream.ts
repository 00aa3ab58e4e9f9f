/** The messages of an Arrow stream as Flight carries them: headers without their frame, and bodies. */
export function streamMessages(bytes: Buffer): { header: Buffer; body: Buffer }[] {
  const messages: { header: Buffer; body: Buffer }[] = [];
  for (let at = 0; at + 8 <= bytes.length && bytes.readInt32LE(at + 4) > 0;) {
    const length = bytes.readInt32LE(at + 4);
    const header = bytes.subarray(at + 8, at + 8 + length);
    const bodyLength = bodyLengthOf(header);
    messages.push({ header, body: bytes.subarray(at + 8 + length, at + 8 + length + bodyLength) });
    at += 8 + length + bodyLength;
  }
  return messages;
}

/** The fourth field of a message's flatbuffer. */
function bodyLengthOf(header: Buffer): number {
  const table = header.readInt32LE(0);
  const vtable = table - header.readInt32LE(table);
  const offset = header.readUInt16LE(vtable) > 10 ? header.readUInt16LE(vtable + 10) : 0;
  return offset === 0 ? 0 : Number(header.readBigInt64LE(table + offset));
}
