import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import type { ArrowBatch, ArrowField, ArrowType } from "../contracts/arrow.ts";
import { BatchBuilder, FixedBuilder, fixedWidth } from "./build-column.ts";
import { cellJson, cellText, typeText } from "./cell-text.ts";
import { batchMessage, END_OF_STREAM, framed, schemaFrame } from "./ipc.ts";
import { readColumns } from "./read-columns.ts";

const LIST: ArrowType = { kind: "list", item: { kind: "utf8" } };
const SAMPLES: readonly [ArrowType, unknown[]][] = [
  [{ kind: "null" }, [null, null, null]],
  [{ kind: "bool" }, [true, null, false]],
  [{ kind: "int", bits: 8, signed: true }, [-128, null, 127]],
  [{ kind: "int", bits: 16, signed: false }, [0, null, 65_535]],
  [{ kind: "int", bits: 32, signed: true }, [-2_147_483_648, null, 2_147_483_647]],
  [{ kind: "int", bits: 64, signed: true }, [-9_223_372_036_854_775_808n, null, 9_007_199_254_740_993n]],
  [{ kind: "int", bits: 64, signed: false }, [0n, null, 18_446_744_073_709_551_615n]],
  [{ kind: "float", bits: 32 }, [1.5, null, -0.25]],
  [{ kind: "float", bits: 64 }, [0.1, null, Number.POSITIVE_INFINITY]],
  [{ kind: "decimal", precision: 38, scale: 2, bits: 128 }, [-(10n ** 38n - 1n), null, 5n]],
  [{ kind: "decimal", precision: 39, scale: 0, bits: 256 }, [(1n << 128n) - 1n, null, -1n]],
  [{ kind: "utf8" }, ["", null, "Größe 🙂"]],
  [{ kind: "binary" }, [Buffer.from([0, 255]), null, Buffer.from([])]],
  [{ kind: "date" }, [-1, null, 20_000]],
  [{ kind: "time", unit: "us" }, [0n, null, 86_399_999_999n]],
  [{ kind: "timestamp", unit: "us", zone: null }, [-1n, null, 1_700_000_000_000_001n]],
  [{ kind: "timestamp", unit: "ns", zone: "UTC" }, [1n, null, 2n]],
  [{ kind: "interval" }, [{ months: -1, days: 2, nanos: -3n }, null, { months: 0, days: 0, nanos: 0n }]],
  [LIST, [[], null, ["a", null, "b"]]],
  [{ kind: "fixed-list", size: 2, item: { kind: "int", bits: 32, signed: true } }, [[1, 2], null, [null, 4]]],
  [
    {
      kind: "struct",
      fields: [
        { name: "a", type: LIST },
        { name: "b", type: { kind: "bool" } },
      ],
    },
    [[["x"], true], null, [null, null]],
  ],
  [{ kind: "map", key: { kind: "utf8" }, value: LIST }, [[["k", ["v"]]], null, []]],
];
const FIELDS: ArrowField[] = SAMPLES.map(([type], index) => ({ name: `c${String(index)}`, type }));

function build() {
  const builder = new BatchBuilder(FIELDS);
  SAMPLES.forEach(([, values], index) => {
    for (const value of values) builder.columns[index]?.append(value);
  });
  return builder.finish(3);
}

test("what was put into a batch is read from it, for every type", () => {
  const columns = readColumns(FIELDS, build());
  expect(columns).toEqual(SAMPLES.map(([, values]) => values));
});

test("another library reads the stream: schema, nulls and values", () => {
  const { metadata, body } = batchMessage(build());
  const bytes = Buffer.concat([schemaFrame(FIELDS), framed(metadata), ...body, END_OF_STREAM]);
  const table = tableFromIPC(bytes);
  expect(table.numRows).toBe(3);
  const column = (index: number) => table.getChildAt(index);
  const plain = [1, 2, 3, 4, 5, 6, 7, 8, 11];
  for (const index of plain) {
    const values = SAMPLES[index]?.[1] ?? [];
    expect([0, 1, 2].map((row) => column(index)?.get(row) as unknown)).toEqual(values);
  }
  expect(JSON.stringify(column(18)?.get(2))).toBe('["a",null,"b"]');
  expect(column(18)?.get(1)).toBe(null);
  expect(String(table.schema.fields[9]?.type)).toBe("Decimal[38e+2]");
});

test("memory of an engine is taken as it is, at any alignment", () => {
  const type: ArrowType = { kind: "int", bits: 16, signed: true };
  const builder = new BatchBuilder([{ name: "a", type }]);
  const [column] = builder.columns;
  if (!(column instanceof FixedBuilder)) throw new Error("not of fixed width");
  const raw = (values: number[]) => new Uint8Array(Int16Array.from(values).buffer);
  column.appendRaw(raw([1, 2, 3]), null, 3);
  column.appendRaw(raw([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]), Uint8Array.from([0b11111110, 0b11]), 10);
  column.appendRaw(raw([14, 15]), null, 2);
  expect(fixedWidth(type)).toBe(2);
  const batch = builder.finish(15);
  expect(readColumns([{ name: "a", type }], batch)).toEqual([[1, 2, 3, null, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]]);
  expect(batch.nodes).toEqual([{ length: 15, nullCount: 1 }]);
});

test("values are written exactly", () => {
  const texts = SAMPLES.map(([type, values]) => cellText(type, values[0]));
  expect(texts.slice(5)).toEqual([
    "-9223372036854775808",
    "0",
    "1.5",
    "0.1",
    "-999999999999999999999999999999999999.99",
    "340282366920938463463374607431768211455",
    "",
    "00ff",
    "1969-12-31",
    "00:00:00",
    "1969-12-31T23:59:59.999999",
    "1970-01-01T00:00:00.000000001+00:00",
    "P-1M2DT-0.000000003S",
    "[]",
    "[1,2]",
    '{"a":["x"],"b":true}',
    '[["k",["v"]]]',
  ]);
  expect(cellJson({ kind: "float", bits: 64 }, Number.NaN)).toBe("NaN");
  expect(typeText(SAMPLES[20]?.[0] ?? { kind: "null" })).toBe("struct<a: list<item: string>, b: bool>");
});

test("a batch's memory is used again only when it is released, and only that of the last one", () => {
  const builder = new BatchBuilder([{ name: "a", type: { kind: "utf8" } }]);
  const texts = (text: string): ArrowBatch => {
    for (let row = 0; row < 100; row++) builder.columns[0]?.append(text);
    return builder.finish(100);
  };
  const said = ({ buffers }: ArrowBatch): string =>
    Buffer.from(buffers[2] ?? [])
      .toString()
      .slice(0, 4);
  const first = texts("first");
  const second = texts("second");
  expect([said(first), said(second)]).toEqual(["firs", "seco"]);
  first.release?.();
  const third = texts("third");
  expect([said(first), said(second), said(third)]).toEqual(["firs", "seco", "thir"]);
  third.release?.();
  const fourth = texts("four!");
  expect([said(second), said(third), said(fourth)]).toEqual(["seco", "four", "four"]);
  // Twice is once.
  fourth.release?.();
  fourth.release?.();
  expect(said(texts("fifth"))).toBe("fift");
});
