import { expect, test } from "vitest";
import { completedText } from "./run-summary.ts";

test("the end of a run names what there was, in dbt's words", () => {
  expect(completedText(0, 0, 3)).toBe("Completed with 3 warnings:");
  expect(completedText(0, 1, 0)).toBe("Completed with 1 partial success and 0 warnings");
  expect(completedText(1, 0, 1)).toBe("Completed with 1 error, 0 partial successes, and 1 warning:");
});
