import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HAZARD_RULES } from "../../../src/sql/find-hazards.ts";

test("docs/sql.md names every hazard, what differs and the way out", () => {
  const text = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "sql.md"), "utf8");
  const missing = HAZARD_RULES.filter(
    ({ construct, difference, portable }) =>
      !text.includes(`| ${construct} | ${difference.replaceAll("|", "\\|")} | ${portable.replaceAll("|", "\\|")} |`),
  );
  expect(missing.map(({ construct }) => construct)).toEqual([]);
});
