import { describe, expect, test } from "vitest";
import {
  batchLabel,
  batchWindows,
  isoMoment,
  readMoment,
  type BatchSize,
  type WindowRequest,
} from "./batch-windows.ts";

function windows(size: BatchSize, request: Partial<Record<keyof WindowRequest, unknown>>): string[] {
  const moment = (key: "begin" | "from" | "to" | "now"): number | null =>
    typeof request[key] === "string" ? readMoment(request[key]) : null;
  return batchWindows({
    size,
    begin: moment("begin") ?? readMoment("2024-01-01"),
    lookback: (request.lookback as number | undefined) ?? 1,
    incremental: request.incremental === true,
    from: moment("from"),
    to: moment("to"),
    now: moment("now") ?? readMoment("2024-03-05T10:20:30"),
  }).map(({ start, end }) => `${isoMoment(start).slice(0, 16)} ${isoMoment(end).slice(0, 16)}`);
}

describe("batches", () => {
  test("of a first run go from begin to the batch that is not over yet", () => {
    expect(windows("month", { begin: "2024-01-17T05:00:00" })).toEqual([
      "2024-01-01T00:00 2024-02-01T00:00",
      "2024-02-01T00:00 2024-03-01T00:00",
      "2024-03-01T00:00 2024-04-01T00:00",
    ]);
    expect(windows("year", { begin: "2023-06-01" })).toEqual([
      "2023-01-01T00:00 2024-01-01T00:00",
      "2024-01-01T00:00 2025-01-01T00:00",
    ]);
  });

  test("of a later run are the newest one and as many before it as lookback says", () => {
    expect(windows("day", { incremental: true, lookback: 2 })).toEqual([
      "2024-03-03T00:00 2024-03-04T00:00",
      "2024-03-04T00:00 2024-03-05T00:00",
      "2024-03-05T00:00 2024-03-06T00:00",
    ]);
    expect(windows("hour", { incremental: true, lookback: 0 })).toEqual(["2024-03-05T10:00 2024-03-05T11:00"]);
    expect(windows("month", { incremental: true, now: "2024-01-31T00:00:00" })).toEqual([
      "2023-12-01T00:00 2024-01-01T00:00",
      "2024-01-01T00:00 2024-02-01T00:00",
    ]);
  });

  test("at a batch line begin no batch that has no time in it yet", () => {
    expect(windows("day", { incremental: true, lookback: 0, now: "2024-03-05T00:00:00" })).toEqual([
      "2024-03-04T00:00 2024-03-05T00:00",
    ]);
  });

  test("of given event times are whole ones, whatever there is already", () => {
    expect(windows("hour", { incremental: true, from: "2024-02-28T23:30:00", to: "2024-02-29T00:30:00" })).toEqual([
      "2024-02-28T23:00 2024-02-29T00:00",
      "2024-02-29T00:00 2024-02-29T01:00",
    ]);
  });

  test("before begin are one empty batch, as in dbt", () => {
    expect(windows("day", { begin: "2024-05-01" })).toEqual(["2024-05-01T00:00 2024-03-06T00:00"]);
  });
});

test("a zone of begin is left aside, as in dbt", () => {
  expect(isoMoment(readMoment("2024-01-01T10:00:00+05:00"))).toBe("2024-01-01T10:00:00+00:00");
  expect(isoMoment(readMoment("2024-01-01 10:00:00.123456"))).toBe("2024-01-01T10:00:00+00:00");
});

test("labels are as long as their size needs", () => {
  const moment = readMoment("2024-09-17T16:06:00");
  expect((["hour", "day", "month", "year"] as const).map((size) => batchLabel(moment, size))).toEqual([
    "2024-09-17T16",
    "2024-09-17",
    "2024-09",
    "2024",
  ]);
});
