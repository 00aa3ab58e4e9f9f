import { describe, expect, it } from "vitest";
import { pyStr } from "../jinja/values.ts";
import { inferColumn } from "./seed-types.ts";

const typed = (...cells: string[]): string[] => {
  const { type, cells: values } = inferColumn(cells);
  return [type, ...values.map((value) => (value === null ? "null" : pyStr(value)))];
};

describe("the type of a seed's column", () => {
  it.each([
    [
      ["1", "2.50"],
      ["Number", "1", "2.50"],
    ],
    [
      ["1,000", "$5", "5%"],
      ["Number", "1000", "5", "5"],
    ],
    [
      ["1_000", "+5", "- 5", "-.5", "1."],
      ["Number", "1000", "5", "-5", "-0.5", "1"],
    ],
    [
      ["1.5", "NaN", "-Infinity", "inf"],
      ["Number", "1.5", "nan", "-inf", "inf"],
    ],
    [["12:30"], ["Text", "12:30"]],
    [["1 000"], ["Text", "1 000"]],
    [
      ["TRUE", "False"],
      ["Boolean", "True", "False"],
    ],
    [
      ["", "null", "NULL"],
      ["Integer", "null", "null", "null"],
    ],
  ])("numbers, truth and nothing: %j", (cells, expected) => {
    expect(typed(...cells)).toEqual(expected);
  });

  it.each([
    [
      ["2020-2-3", "2020-12-31"],
      ["Date", "2020-02-03", "2020-12-31"],
    ],
    [["2020-02-30"], ["Text", "2020-02-30"]],
    [
      ["2020-02-13 1:55:18", "2020-2-3 01:05:08"],
      ["DateTime", "2020-02-13 01:55:18", "2020-02-03 01:05:08"],
    ],
    [["2020-02-13  01:55:18"], ["DateTime", "2020-02-13 01:55:18"]],
    [
      ["2020-02-13T01:55:18", "20200213T015518.5"],
      ["DateTime", "2020-02-13 01:55:18", "2020-02-13 01:55:18.500000"],
    ],
    [
      ["2020-02-13T01:55:18Z", "2020-02-13T01:55+0200"],
      ["DateTime", "2020-02-13 01:55:18+00:00", "2020-02-13 01:55:00+02:00"],
    ],
  ])("dates and timestamps: %j", (cells, expected) => {
    expect(typed(...cells)).toEqual(expected);
  });

  it.each([
    "2020-02-13 01:55:18.123",
    "2020-02-13 01:55:18+02:00",
    "2020-02-13 01:55",
    "2020-02-13T1:55:18",
    "2020-02-13 24:00:00",
    "2020-02-30 10:00:00",
    "2020-13-01T10:00:00",
  ])("a timestamp in neither of dbt's two forms is text: %s", (cell) => {
    expect(typed(cell)).toEqual(["Text", cell]);
  });

  it("the two forms of timestamps do not mix", () => {
    expect(typed("2020-02-13T01:55:18", "2020-02-13 01:55:18")[0]).toBe("Text");
  });
});
