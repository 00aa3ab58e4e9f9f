import { expect, test } from "vitest";
import { tableAsJson, tableAsText, type ShownTable } from "./shown-table.ts";

const TABLE: ShownTable = {
  columns: ["moment", "double", "nan", "dec", "whole", "big", "text", "none"],
  kinds: ["datetime", "float", "float", "decimal", "int", "int", "text", "int"],
  rows: [["2024-01-02T03:04:05", 2, Number.NaN, "3.00", "3", "12345678901234567890", "3.00", null]],
};

test("JSON has fractions where the type has them, every digit of whole numbers, and ISO moments", () => {
  const json = tableAsJson(TABLE, { node: "x" }).replaceAll(/\s+/g, " ");
  expect(json).toBe(
    '{ "node": "x", "show": [ { "moment": "2024-01-02T03:04:05", "double": 2.0, "nan": null, "dec": 3.0, ' +
      '"whole": 3, "big": 12345678901234567890, "text": "3.00", "none": null } ] }',
  );
  const big = { columns: ["f", "z"], kinds: ["float", "float"], rows: [[1e300, 0]] } as const;
  expect(tableAsJson(big, {}).replaceAll(/\s+/g, "")).toBe('{"show":[{"f":1e+300,"z":0.0}]}');
});

test("in text moments have a blank, and numbers stand at the right", () => {
  expect(
    tableAsText({ columns: ["at", "n"], kinds: ["datetime", "decimal"], rows: [["2024-01-02T03:04:05", "1.50"]] }),
  ).toBe("| at                  |   n |\n| ------------------- | --- |\n| 2024-01-02 03:04:05 | 1.5 |");
});
