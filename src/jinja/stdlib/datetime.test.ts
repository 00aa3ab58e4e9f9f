import { expect, test } from "vitest";
import type { PyDateTime } from "./datetime.ts";
import { datetimeType } from "./datetime.ts";

test.each(["now", "utcnow"])("%s() tells moments of one millisecond apart", (name) => {
  const ask = datetimeType.getAttribute(name) as unknown as (args: [], kwargs: object) => PyDateTime;
  const parts = Array.from({ length: 50 }, () => Number(ask([], {}).utc % 1000n));
  expect(new Set(parts).size).toBeGreaterThan(1);
});
