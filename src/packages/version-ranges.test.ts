import { expect, test } from "vitest";
import { fits, installable, isContradiction, readClause, type Clause } from "./version-ranges.ts";

const VERSIONS = ["0.9.0", "1.0.0", "1.0.0-rc1", "1.0.1", "1.2.0-a.2", "1.2.0-a.10", "2.0.0-rc1", "2.0.0"];

function clauses(texts: readonly string[]): Clause[] {
  return texts.flatMap((text) => readClause(text) ?? []);
}

function choose(texts: readonly string[], prerelease: boolean): string | null {
  const fitting = installable(VERSIONS, prerelease).filter((version) =>
    clauses(texts).every((clause) => fits(version, clause)),
  );
  return fitting.at(-1)?.raw ?? null;
}

// What dbt chooses, given the same versions.
test.each([
  [[">=1.0.0", "<2.0.0"], "1.2.0-a.10"],
  [["=1.0.0"], "1.0.0"],
  [["1.0.0-rc1"], "1.0.0-rc1"],
  [[">1.0.0"], "2.0.0"],
  [["<=2.0.0"], "2.0.0"],
  [[">=1.0.0-rc1", "<1.0.1"], "1.0.0"],
  [["<2.0.0"], "1.2.0-a.10"],
  [["<1.0.0"], "0.9.0"],
  [[">1.2.0-a.2", "<2.0.0"], "1.2.0-a.10"],
  [[">=2.0.0", "<=2.0.0"], "2.0.0"],
  [[">2.0.0"], null],
])("%j chooses %j", (texts, expected) => {
  expect(choose(texts, true)).toBe(expected);
});

test("versions that are not final are chosen only when asked for", () => {
  expect(choose(["<2.0.0"], false)).toBe("1.0.1");
});

test.each([
  [[">2.0.0", "<2.0.0"], true],
  [["1.0.0", "1.0.1"], true],
  [[">=2.0.0", "<2.0.0"], true],
  [["1.0.0", ">1.0.0"], true],
  [[">=1.0.0", "<=1.0.0"], false],
  [[">=1.0.0", "<2.0.0", "1.5.0"], false],
])("%j excludes itself: %j", (texts, expected) => {
  expect(isContradiction(clauses(texts))).toBe(expected);
});

test.each(["1.0", "^1.0.0", "v1.0.0", "01.0.0", ">=1.0.0,<2.0.0", "latest"])("'%s' is no version", (text) => {
  expect(readClause(text)).toBeNull();
});
