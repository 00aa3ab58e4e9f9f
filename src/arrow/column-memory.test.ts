import { Binary, Field, Int32, List, makeData, Utf8 } from "apache-arrow";
import { expect, test } from "vitest";
import { columnMemory } from "./column-memory.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const texts = (data: Uint8Array, offsets: readonly number[], length = offsets.length - 1) =>
  columnMemory(makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets: Int32Array.from(offsets), data }));
const lists = (offsets: readonly number[]) =>
  columnMemory(
    makeData({
      type: new List(new Field("item", new Int32(), true)),
      length: offsets.length - 1,
      nullCount: 0,
      valueOffsets: Int32Array.from(offsets),
      child: makeData({ type: new Int32(), length: 2, nullCount: 0, data: Int32Array.of(1, 2) }),
    }),
  );

test("texts are taken as they lie where they are whole and in their memory", () => {
  expect(texts(bytes("aéb"), [0, 1, 3, 4])?.offsets).toEqual(Int32Array.of(0, 1, 3, 4));
  expect(texts(bytes("aéb"), [1, 3])).not.toBeNull();
  expect(texts(bytes("aéb"), [0, 0, 4, 4])).not.toBeNull();
});

test.each([
  ["a character is cut in two", bytes("aéb"), [0, 2, 4]],
  ["bytes are no UTF-8", Uint8Array.of(0xff, 0x41), [0, 1, 2]],
  ["a character is cut off at the end", bytes("é"), [0, 1]],
  ["one ends before it begins", bytes("abc"), [0, 2, 1, 3]],
  ["one begins before the memory", bytes("abc"), [-1, 2, 3]],
  ["one ends behind the memory", bytes("abc"), [0, 4]],
])("texts are not where %s", (_, data, offsets) => {
  expect(texts(data, offsets)).toBeNull();
});

test("fewer offsets than rows are not taken, nor lists of items that are not there", () => {
  expect(texts(bytes("abc"), [0, 1], 2)).toBeNull();
  expect(lists([0, 1, 2])).not.toBeNull();
  expect([lists([0, 3]), lists([2, 1]), lists([-1, 1])]).toEqual([null, null, null]);
});

test("binaries may be anything; values that are fewer than rows are not taken", () => {
  const type = new Binary();
  const offsets = Int32Array.of(0, 1, 2);
  expect(
    columnMemory(makeData({ type, length: 2, nullCount: 0, valueOffsets: offsets, data: bytes("é") })),
  ).not.toBeNull();
  expect(columnMemory(makeData({ type: new Int32(), length: 3, nullCount: 0, data: Int32Array.of(1, 2) }))).toBeNull();
});
