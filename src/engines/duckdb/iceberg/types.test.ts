import { expect, test } from "vitest";
import { icebergType } from "./types.ts";

test.each([
  ["VARCHAR", "VARCHAR"],
  ["TINYINT", "INTEGER"],
  ["DECIMAL(18,3)", "DECIMAL(18,3)"],
  ["TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"],
  ["TIMESTAMP_NS", "TIMESTAMP"],
  ["TIME WITH TIME ZONE", null],
  ["ENUM('a', 'it''s (', 'INTERVAL')", "VARCHAR"],
  ["SMALLINT[]", "INTEGER[]"],
  ["UTINYINT[3][]", "INTEGER[][]"],
  ["MAP(VARCHAR, TINYINT[])", "MAP(VARCHAR, INTEGER[])"],
  [
    'STRUCT("interval" TINYINT, json JSON, "a ""b" DECIMAL(4,1))',
    'STRUCT("interval" INTEGER, json VARCHAR, "a ""b" DECIMAL(4,1))',
  ],
  ["STRUCT(a STRUCT(b HUGEINT)[], c INTERVAL)", null],
  ["STRUCT(a STRUCT(b HUGEINT)[], c UBIGINT)", "STRUCT(a STRUCT(b DECIMAL(38,0))[], c DECIMAL(20,0))"],
  ["UNION(num INTEGER, str VARCHAR)", null],
  ["INTERVAL", null],
])("%s is stored as %s", (type, stored) => {
  expect(icebergType(type)).toBe(stored);
});
