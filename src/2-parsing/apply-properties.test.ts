import { expect, it } from "vitest";
import { dateAsMoment } from "./apply-properties.ts";

it("a date without a time is its midnight, with the offset of the place", () => {
  expect(dateAsMoment("2024-1-31")).toMatch(/^2024-01-31T00:00:00[+-]\d\d:\d\d$/);
});

it("a moment stays as written, but for the space before its time", () => {
  expect(dateAsMoment("2052-05-01 00:00:00-04:00")).toBe("2052-05-01T00:00:00-04:00");
  expect(dateAsMoment("2024-01-31T10:00:00+02:00")).toBe("2024-01-31T10:00:00+02:00");
});
