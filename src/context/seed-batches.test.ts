import { expect, test } from "vitest";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { AgateTable } from "./agate.ts";
import { seedBatches } from "./seed-batches.ts";

const table = (...rows: (string | number | null)[][]): AgateTable =>
  new AgateTable(
    ["a", "b"],
    [0, 1].map((column) => rows.map((row) => row[column] ?? null)),
  );

test("cells are texts or null, quotes are doubled", () => {
  expect(seedBatches(table([1, "it's"], [null, 'a "b"']), 10, 1000)).toEqual([`[["1","it''s"],\n[null,"a \\"b\\""]]`]);
});

test("a whole number is written without the point that an engine would not take for one", () => {
  const cells = ["27.0", "1.50", "3e2"].map((text) => PyDecimal.parse(text));
  expect(seedBatches(new AgateTable(["a"], [cells]), 10, 1000)).toEqual([`[["27"],\n["1.50"],\n["300"]]`]);
});

test("a batch ends before it has too many rows or characters; one row is never parted", () => {
  const rows = table([1, "x"], [2, "y"], [3, "z"]);
  expect(seedBatches(rows, 2, 1000)).toEqual(['[["1","x"],\n["2","y"]]', '[["3","z"]]']);
  expect(seedBatches(rows, 10, 25)).toEqual(['[["1","x"],\n["2","y"]]', '[["3","z"]]']);
  expect(seedBatches(rows, 10, 1)).toHaveLength(3);
});

test("no rows, no batch", () => {
  expect(seedBatches(table(), 10, 1000)).toEqual([]);
});
