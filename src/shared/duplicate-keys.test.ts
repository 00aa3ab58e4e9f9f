import { expect, test } from "vitest";
import { parseYaml } from "./yaml-file.ts";

const duplicates = (text: string): string[] =>
  parseYaml(text)
    .duplicates()
    .map(({ key, line, column }) => `${key} ${String(line)}:${String(column)}`);

test.each([
  ["a: 1\nb: 2\n", []],
  ["a: 1\na: 2\na: 3\n", ["a 2:1", "a 3:1"]],
  ["- {a: 1, a: 2}\n- b:\n    c: 1\n    'c': 2\n", ["a 1:10", "c 4:5"]],
  ["a: 1\n'1': 2\n1: 3\n", []],
  // What a mapping begins with decides, as in dbt.
  ["x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n  a: 3\n", []],
  ["x: &x {a: 1}\ny:\n  b: 1\n  <<: *x\n  a: 2\n", ["a 5:3"]],
  ["x: &x {a: 1}\nz: &z {a: 2}\ny:\n  b: 1\n  <<: [*x, *z]\n", ["a 2:8"]],
])("%j", (text, expected) => {
  expect(duplicates(text)).toEqual(expected);
});
