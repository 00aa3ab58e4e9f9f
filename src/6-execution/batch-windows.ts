import type { BatchWindow } from "../contracts/batch.ts";

export type BatchSize = "hour" | "day" | "month" | "year";

/** What decides which batches of a microbatch model are run. Moments are ms since 1970, of UTC as dbt reckons. */
export interface WindowRequest {
  readonly size: BatchSize;
  readonly begin: number;
  readonly lookback: number;
  /** Is there a table to add to? */
  readonly incremental: boolean;
  /** `--event-time-start`, `--event-time-end`. */
  readonly from: number | null;
  readonly to: number | null;
  readonly now: number;
}

const HOUR = 3_600_000;

/** The start of the batch that a moment falls into. */
export function truncate(moment: number, size: BatchSize): number {
  const date = new Date(moment);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (size) {
    case "hour":
      return Math.floor(moment / HOUR) * HOUR;
    case "day":
      return Math.floor(moment / (24 * HOUR)) * 24 * HOUR;
    case "month":
      return utc(year, month);
    case "year":
      return utc(year, 0);
  }
}

/** The start of the batch that is so many batches away from a moment's own. */
export function offset(moment: number, size: BatchSize, batches: number): number {
  const start = new Date(truncate(moment, size));
  switch (size) {
    case "hour":
      return start.getTime() + batches * HOUR;
    case "day":
      return start.getTime() + batches * 24 * HOUR;
    case "month":
      return utc(start.getUTCFullYear(), start.getUTCMonth() + batches);
    case "year":
      return utc(start.getUTCFullYear() + batches, 0);
  }
}

function utc(year: number, month: number): number {
  // Date.UTC takes the years before 100 for those of the last century.
  return new Date(0).setUTCFullYear(year, month, 1);
}

function ceiling(moment: number, size: BatchSize): number {
  return truncate(moment, size) === moment ? moment : offset(moment, size, 1);
}

/**
 * The batches of a run, first to last. All end where the last batch that has begun ends; a first run goes back to `begin`,
 * a later one takes the newest batch and `lookback` ones before it.
 */
export function batchWindows(request: WindowRequest): BatchWindow[] {
  const { size } = request;
  const end = ceiling(request.to ?? request.now, size);
  const windows: BatchWindow[] = [];
  let start = firstStart(request, end);
  do {
    const next = offset(start, size, 1);
    windows.push({ start, end: next });
    start = next;
  } while (start < end);
  // Only a `begin` after the end differs: dbt then runs one batch that ends before it begins, and so is empty.
  const last = windows.at(-1);
  return last === undefined ? [] : [...windows.slice(0, -1), { start: last.start, end }];
}

function firstStart({ size, from, begin, lookback, incremental }: WindowRequest, end: number): number {
  if (from !== null) return truncate(from, size);
  if (!incremental) return truncate(begin, size);
  // The end lies on a batch line, so the newest batch is the one before it.
  return offset(end, size, -(lookback + 1));
}

/** 2024-01-01T05, 2024-01-01, 2024-01 or 2024. */
export function batchLabel(start: number, size: BatchSize): string {
  return new Date(start).toISOString().slice(0, { hour: 13, day: 10, month: 7, year: 4 }[size]);
}

/** As Python's isoformat gives it; batches begin and end on whole hours. */
export function isoMoment(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}+00:00`;
}

/** The clock that a text shows, read as UTC: dbt leaves a zone of `begin` aside. */
export function readMoment(text: string): number {
  const [, date = "", time = "00:00:00"] = /^(\d{4}-\d\d-\d\d)(?:[T ]([\d:.]+))?/.exec(text) ?? [];
  return Date.parse(`${date}T${time.slice(0, 12)}Z`);
}
