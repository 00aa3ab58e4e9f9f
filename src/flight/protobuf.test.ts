import { expect, test } from "vitest";
import { bytesOf, decodeFields, encodeFields, encodePart, numberOf, repeated, textOf } from "./protobuf.ts";

test("what is written is read: numbers with their sign, texts, lists, large field numbers", () => {
  const bytes = Buffer.concat([
    encodeFields([
      [1, -1n],
      [2, "Größe"],
      [3, Buffer.from([0, 255])],
      [4, 0],
      [5, ""],
      [1000, 300],
    ]),
    encodePart(6, Buffer.alloc(0)),
    encodePart(6, Buffer.from("b")),
  ]);
  const fields = decodeFields(bytes);
  expect([numberOf(fields, 1), textOf(fields, 2), [...bytesOf(fields, 3)], numberOf(fields, 1000)]).toEqual([
    ...[-1, "Größe"],
    [0, 255],
    300,
  ]);
  expect([fields.has(4), fields.has(5), repeated(fields, 6).map(String)]).toEqual([false, false, ["", "b"]]);
});

test.each([[[0x0a, 0x05, 0x01]], [[0x08]], [[0x08, ...Array<number>(11).fill(0x80)]], [[0x0b]], [[0xff]]])(
  "what is no message is refused: %j",
  (bytes) => {
    expect(() => decodeFields(Uint8Array.from(bytes))).toThrow(RangeError);
  },
);
