import { expect, test } from "vitest";
import { cellKind, encodeCell } from "./cells.ts";
import type { TypeSignature } from "./nested-json.ts";

test.each([
  ["bigint", "9007199254740993", 9007199254740993n],
  ["bigint", 42, 42],
  ["decimal(38,9)", "12345678901234567890.123456789", "12345678901234567890.123456789"],
  ["double", "NaN", NaN],
  ["double", "-Infinity", -Infinity],
  ["varchar(10)", "ü'", "ü'"],
  ["boolean", false, false],
  ["date", "2024-02-29", "2024-02-29"],
  ["timestamp(6)", "2024-02-29 10:11:12.123456", "2024-02-29T10:11:12.123456"],
  ["timestamp(9)", "2024-02-29 10:11:12.123456789", "2024-02-29T10:11:12.123457"],
  ["timestamp(9)", "2024-12-31 23:59:59.999999500", "2025-01-01T00:00:00"],
  ["timestamp(6) with time zone", "2024-02-29 10:11:12.000000 UTC", "2024-02-29T10:11:12.000000+00:00"],
  ["timestamp(9) with time zone", "2024-02-29 10:11:12.000000500 UTC", "2024-02-29T10:11:12.000000+00:00"],
  ["timestamp(3) with time zone", "2024-07-01 10:00:00.000 Europe/Berlin", "2024-07-01T10:00:00.000+02:00"],
  ["timestamp(3) with time zone", "2024-01-01 10:00:00.000 America/New_York", "2024-01-01T10:00:00.000-05:00"],
  ["timestamp(3) with time zone", "2024-01-01 10:00:00.000 +05:30", "2024-01-01T10:00:00.000+05:30"],
  ["uuid", "12151fd2-7586-11e9-8f9e-2a86e4085a59", "12151fd2-7586-11e9-8f9e-2a86e4085a59"],
  ["json", null, null],
])("%s: %j", (type, value, expected) => {
  expect(encodeCell(cellKind(type), value, { type })).toEqual(expected);
});

/** A type as the protocol spells it out: `s("array", s("date"))`. */
function s(rawType: string, ...parts: TypeSignature[]): TypeSignature {
  const isRow = rawType === "row";
  return {
    rawType,
    arguments: parts.map((part) => ({
      kind: isRow ? "NAMED_TYPE" : "TYPE",
      value: isRow ? { fieldName: { name: "x" }, typeSignature: part } : part,
    })),
  };
}

// What dbt-trino hands to templates for the same values.
test.each([
  ["time(3)", s("time"), "01:02:03.456", "01:02:03.456000"],
  ["time(0)", s("time"), "01:02:03", "01:02:03"],
  ["time(7) with time zone", s("time with time zone"), "01:02:03.4567895+05:30", "01:02:03.456790+05:30"],
  ["time(9)", s("time"), "23:59:59.999999999", "00:00:00"],
  ["INTERVAL DAY TO SECOND", s("interval day to second"), "2 00:00:00.000", "2 days, 0:00:00"],
  ["INTERVAL DAY TO SECOND", s("interval day to second"), "-0 01:00:00.000", "-1 day, 23:00:00"],
  ["INTERVAL DAY TO SECOND", s("interval day to second"), "0 11:00:01.500", "11:00:01.500000"],
  ["INTERVAL YEAR TO MONTH", s("interval year to month"), "0-3", "relativedelta(months=+3)"],
  ["INTERVAL YEAR TO MONTH", s("interval year to month"), "-1-2", "relativedelta(years=-1, months=-2)"],
  ["varbinary", s("varbinary"), "AP9B", String.raw`b'\x00\xffA'`],
])("%s: %j %s is a text", (type, typeSignature, value, expected) => {
  expect(encodeCell(cellKind(type), value, { type, typeSignature })).toBe(expected);
});

const list = (part: TypeSignature): TypeSignature => s("array", part);

test.each([
  [list(s("decimal")), ["1.500000000", null, "12345678901234567890.123456789"], "[1.5, null, 1.2345678901234567e+19]"],
  [list(s("decimal")), ["2.0000000", "100.0000000", "0.0000001", "-7.0"], "[2.0, 100.0, 1e-07, -7.0]"],
  [list(s("double")), [1, 0.1, 1e100, "NaN", "-Infinity"], "[1.0, 0.1, 1e+100, NaN, -Infinity]"],
  [list(s("bigint")), [1, null, "9007199254740993"], "[1, null, 9007199254740993]"],
  [list(s("varchar")), ["ü", 'a"b', "c\\d", "😀"], String.raw`["\u00fc", "a\"b", "c\\d", "\ud83d\ude00"]`],
  [list(s("varchar")), ["9007199254740993"], '["9007199254740993"]'],
  [list(s("date")), ["2024-02-29"], '["2024-02-29"]'],
  [
    list(s("timestamp")),
    ["2024-02-29 10:11:12.000", "2024-02-29 10:11:12.1234567"],
    '["2024-02-29T10:11:12", "2024-02-29T10:11:12.123457"]',
  ],
  [
    list(s("timestamp with time zone")),
    ["2024-07-01 10:00:00.5 Europe/Berlin"],
    '["2024-07-01T10:00:00.500000+02:00"]',
  ],
  [list(s("interval day to second")), ["2 00:00:00.000"], '["2 days, 0:00:00"]'],
  [list(s("varbinary")), ["AP9B"], String.raw`["b'\\x00\\xffA'"]`],
  [list(s("json")), ['{"a":1}'], String.raw`["{\"a\":1}"]`],
  [s("row", s("integer"), s("decimal"), list(s("date"))), [1, "2.50", ["2024-01-01"]], '[1, 2.5, ["2024-01-01"]]'],
  [s("map", s("varchar"), s("decimal")), { a: "1.5", b: null }, '{"a": 1.5, "b": null}'],
  [s("map", s("boolean"), s("row", s("integer"))), { true: [1] }, '{"true": [1]}'],
  [s("map", s("double"), s("integer")), { "1": 1 }, '{"1.0": 1}'],
  [s("map", s("varchar"), s("timestamp")), { "2": "2024-02-29 10:11:12" }, '{"2": "2024-02-29T10:11:12"}'],
  [list(list(s("row", s("map", s("varchar"), list(s("decimal")))))), [[[{ k: ["1.10"] }]]], '[[[{"k": [1.1]}]]]'],
])("%j of %j", (typeSignature, value, expected) => {
  expect(encodeCell(cellKind(`${typeSignature.rawType}(…)`), value, { type: "", typeSignature })).toBe(expected);
});
