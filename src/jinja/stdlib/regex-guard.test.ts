import { expect, test } from "vitest";
import { isRisky, regexRisk } from "./regex-guard.ts";

test.each([
  ["[^a-z0-9_]+", 1, false],
  ["^(\\w+)\\.(\\w+)$", 2, false],
  ["\\d{4}-\\d{2}", 0, false],
  ["a*?b+?", 2, false],
  ["(?<name>ab)+", 1, false],
  ["(?<![a+*])x\\(a+\\)*", 2, false],
  ["(a+)+$", 2, true],
  ["(?:a|a)*b", 1, true],
  ["((a?b)c)+", 1, true],
  ["(?:a{2,}){30}", 1, true],
  ["(?:a?){30}", 0, true],
  ["(a+){1}", 1, false],
  ["a?".repeat(30) + "a{30}", 0, true],
])("%s has %i repetitions, nested: %s", (source, repeats, nested) => {
  expect(regexRisk(source)).toEqual({ repeats, nested });
});

test("short texts and simple patterns are not timed", () => {
  expect(isRisky({ nested: false, repeats: 2 }, 100)).toBe(false);
  expect(isRisky({ nested: false, repeats: 1 }, 3000)).toBe(false);
  expect(isRisky({ nested: true, repeats: 2 }, 10)).toBe(false);
  expect(isRisky({ nested: true, repeats: 2 }, 30)).toBe(true);
  expect(isRisky({ nested: false, repeats: 1 }, 100_000)).toBe(true);
});
