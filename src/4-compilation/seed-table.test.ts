import { expect, test } from "vitest";
import { columnNames } from "./seed-table.ts";

// Source: agate, which reads seeds for dbt.
test.each([
  [
    ["id", "v"],
    ["id", "v"],
  ],
  [
    ["id", "id", "v", "id"],
    ["id", "id_2", "v", "id_3"],
  ],
  [
    ["id", "id_2", "id"],
    ["id", "id_2", "id_3"],
  ],
  [
    ["id", "", "b"],
    ["id", "b", "b_2"],
  ],
  [
    ["Id", "id"],
    ["Id", "id"],
  ],
])("the header %j gives the columns %j", (header, columns) => {
  expect(columnNames(header)).toEqual(columns);
});

test("after z comes aa", () => {
  expect(columnNames(Array.from({ length: 28 }, () => "")).slice(25)).toEqual(["z", "aa", "bb"]);
});
