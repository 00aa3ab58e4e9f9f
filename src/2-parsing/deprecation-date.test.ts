import { expect, it, test } from "vitest";
import { deprecationDate } from "./deprecation-date.ts";

const read = (value: unknown): string | null =>
  deprecationDate(value as string, "old", () => ({ file: "m.yml", line: 1, column: 1 }));

it("a date or a time without an offset is one of the place, with its offset", () => {
  expect(read("2024-1-31")).toMatch(/^2024-01-31T00:00:00[+-]\d\d:\d\d$/);
  expect(read("2024-01-31 10:00")).toMatch(/^2024-01-31T10:00:00[+-]\d\d:\d\d$/);
  expect(read(null)).toBeNull();
});

test.each([
  ["2052-05-01 00:00:00-04:00", "2052-05-01T00:00:00-04:00"],
  ["2024-01-31T10:00:00+02:00", "2024-01-31T10:00:00+02:00"],
  ["1999-01-01 00:00:00.00+00:00", "1999-01-01T00:00:00+00:00"],
  ["2024-01-31T10:00:00Z", "2024-01-31T10:00:00+00:00"],
  ["2024-01-31 10:00:00.1234567 -5", "2024-01-31T10:00:00.123456-05:00"],
])("%s is written as %s", (value, written) => {
  expect(read(value)).toBe(written);
});

test.each([1, 1.5, "", "not a date", "2024-02-30", ["a"]])("%j is refused", (value) => {
  expect(() => read(value)).toThrow("is not a date");
});
