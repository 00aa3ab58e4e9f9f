import { expect, test } from "vitest";
import { cellKind, encodeCell } from "./cells.ts";

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
  ["timestamp(6) with time zone", "2024-02-29 10:11:12.000000 UTC", "2024-02-29T10:11:12.000000+00:00"],
  ["timestamp(3) with time zone", "2024-07-01 10:00:00.000 Europe/Berlin", "2024-07-01T10:00:00.000+02:00"],
  ["timestamp(3) with time zone", "2024-01-01 10:00:00.000 America/New_York", "2024-01-01T10:00:00.000-05:00"],
  ["timestamp(3) with time zone", "2024-01-01 10:00:00.000 +05:30", "2024-01-01T10:00:00.000+05:30"],
  ["array(bigint)", [1, null, "9007199254740993"], '[1, null, "9007199254740993"]'],
  ["map(varchar,integer)", { a: 1 }, '{"a": 1}'],
  ["uuid", "12151fd2-7586-11e9-8f9e-2a86e4085a59", "12151fd2-7586-11e9-8f9e-2a86e4085a59"],
  ["varbinary", "AP8=", "\u0000\u00ff"],
  ["json", null, null],
])("%s: %j", (type, value, expected) => {
  expect(encodeCell(cellKind(type), value)).toEqual(expected);
});
