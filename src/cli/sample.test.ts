import { expect, test } from "vitest";
import { DiagnosticError } from "../contracts/diagnostic.ts";
import { yamlMapping } from "./flag-values.ts";
import { readSample } from "./sample.ts";

const NOW = new Date("2024-03-31T16:06:00.123Z");
const read = (text: string): unknown => readSample(text, "--sample", NOW, (yaml) => yamlMapping(yaml, "--sample"));

test.each([
  ["3 days", "2024-03-28T16:06:00.123+00:00"],
  ["1 Day", "2024-03-30T16:06:00.123+00:00"],
  ["20 hours", "2024-03-30T20:06:00.123+00:00"],
  ["1 month", "2024-02-29T16:06:00.123+00:00"],
  ["4 months", "2023-11-30T16:06:00.123+00:00"],
  ["2 years", "2022-03-31T16:06:00.123+00:00"],
])("'%s' before now", (text, start) => {
  expect(read(text)).toEqual({ start, end: "2024-03-31T16:06:00.123+00:00" });
});

test.each([
  ["{'start': '2025-01-01', 'end': '2025-01-02T03:04:05'}", "2025-01-01T00:00:00.000", "2025-01-02T03:04:05.000"],
  ["{start: 2025-01-01, end: 2025-01-02 03:04}", "2025-01-01T00:00:00.000", "2025-01-02T03:04:00.000"],
  [" {start: '2025-01-01T05:00:00+05:00', end: 2026-01-01}", "2025-01-01T05:00:00.000", "2026-01-01T00:00:00.000"],
])("%s", (text, start, end) => {
  expect(read(text)).toEqual({ start: `${start}+00:00`, end: `${end}+00:00` });
});

test.each([
  ["1000 rows", { rows: 1000 }],
  ["1 row", { rows: 1 }],
  ["10%", { percent: 10 }],
  ["0.5 %", { percent: 0.5 }],
  ["100 percent", { percent: 100 }],
])("%s", (text, sample) => {
  expect(read(text)).toEqual(sample);
});

test.each([
  ["3", "Cannot load SAMPLE_WINDOW from '3'. Must be of form 'DAYS_INT GRAIN_SIZE'"],
  ["3 days ago", "Cannot load SAMPLE_WINDOW from '3 days ago'"],
  ["three days", "Unable to convert 'three' to an integer."],
  ["3 weeks", "Invalid grain size 'weeks'. Must be one of ['hour', 'day', 'month', 'year', 'hours', 'days',"],
  ["0 rows", "--empty reads none"],
  ["-3 days", "would begin at 2024-04-03"],
  ["0%", "above 0, up to 100"],
  ["101 percent", "above 0, up to 100"],
  ["{start: 2025-01-01}", "the sample's 'end' is missing"],
  ["{start: 2025-02-30, end: 2025-03-01}", "the sample's 'start' is no moment: \"2025-02-30\""],
  ["{start: 2025-01-02, end: 2025-01-01}", "and so be empty"],
  ["{start: 2025-01-01, end: 2025-01-02, rows: 1}", "but not 'rows'"],
])("%s is refused", (text, why) => {
  expect(() => read(text)).toThrow(DiagnosticError);
  expect(() => read(text)).toThrow(why);
});
