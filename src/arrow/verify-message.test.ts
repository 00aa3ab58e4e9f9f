import { tableFromArrays, RecordBatchStreamWriter } from "apache-arrow";
import { expect, test } from "vitest";
import { MAX_VALUES, verifyMessage } from "./verify-message.ts";
import { batchMessage } from "./ipc.ts";

const batch = (length: number, buffers: Uint8Array[] = []): Uint8Array =>
  batchMessage({ length, nodes: [{ length, nullCount: 0 }], buffers }).metadata;

test("a batch has to lie inside its body, and to be of a size", () => {
  const header = batch(2, [new Uint8Array(0), new Uint8Array(8)]);
  expect(verifyMessage(header, new Uint8Array(8))).toEqual({
    batch: {
      isCompressed: false,
      buffers: [
        { offset: 0, length: 0 },
        { offset: 0, length: 8 },
      ],
    },
    bodyLength: 8,
  });
  expect(() => verifyMessage(header, new Uint8Array(7))).toThrow(RangeError);
  expect(() => verifyMessage(batch(-1), new Uint8Array(0))).toThrow("negative");
  expect(() => verifyMessage(batch(MAX_VALUES + 1), new Uint8Array(0))).toThrow("smaller batches");
});

test("a header that is cut anywhere is refused or harmless", () => {
  const stream = RecordBatchStreamWriter.writeAll(tableFromArrays({ a: [1], b: ["x"] })).toUint8Array(true);
  const header = stream.slice(8, 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true));
  expect(verifyMessage(header, new Uint8Array(0)).batch).toBeNull();
  for (let end = 0; end < header.length - 8; end++) {
    try {
      verifyMessage(header.subarray(0, end), new Uint8Array(0));
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
});

test("lengths that are lies are refused before anything is made of them", () => {
  const header = Buffer.from(batch(1, [new Uint8Array(0), new Uint8Array(8)]));
  let refused = 0;
  for (let at = 0; at + 4 <= header.length; at += 4)
    for (const lie of [0x7fffffff, -1, 0x1000_0000]) {
      const wrong = Buffer.from(header);
      wrong.writeInt32LE(lie, at);
      try {
        expect(verifyMessage(wrong, new Uint8Array(8)).batch?.buffers.length ?? 0).toBeLessThan(100);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        refused++;
      }
    }
  expect(refused).toBeGreaterThan(20);
});
