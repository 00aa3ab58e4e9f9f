import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { cellKind, encodeCell } from "./cells.ts";

// What dbt-duckdb's run_query gives for each, as read from real dbt.
test.each([
  ["[1,2]", "[1, 2]"],
  ["{'a': 1, 'b': 'x'}", '{"a": 1, "b": "x"}'],
  ["map {'k': 1.5::decimal(4,2)}", '{"k": 1.5}'],
  ["map {1: true}", '{"1": true}'],
  ["[1.5::decimal(4,2), null]", "[1.5, null]"],
  [
    "{'d': date '2024-01-01', 't': timestamp '2024-01-01 10:00:00.5', 'n': {'z': 9007199254740993}}",
    '{"d": "2024-01-01", "t": "2024-01-01T10:00:00.500000", "n": {"z": 9007199254740993}}',
  ],
  [`['é', 'a"b', 'it''s']`, String.raw`["\u00e9", "a\"b", "it's"]`],
  ["[true, null]", "[true, null]"],
  ["[1.0::double, 'nan'::double, 1e300::double]", "[1.0, NaN, 1e+300]"],
  ["[[1.5::float], []]", "[[1.5], []]"],
  ["interval 1 day", "1 day, 0:00:00"],
  ["interval 14 month - interval 1 second", "419 days, 23:59:59"],
  ["'ab'::blob", "b'ab'"],
  ["time '10:00:00.5'", "10:00:00.500000"],
  ["timetz '10:00:00+02'", "10:00:00+02:00"],
])("%s", async (sql, text) => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`select ${sql} as v`);
  const [type] = reader.columnTypes();
  const [[value = null] = []] = reader.getColumns();
  if (type === undefined) throw new Error("no column");
  expect(encodeCell(cellKind(type), value, type)).toBe(text);
  connection.closeSync();
  instance.closeSync();
});
