import { describe, expect, test } from "vitest";
import { parseYaml } from "./yaml-file.ts";

describe("YAML as PyYAML reads it", () => {
  test.each([
    ["a: yes", { a: true }],
    ["a: off", { a: false }],
    ["a: y", { a: "y" }],
    ["a: 2020-01-01", { a: "2020-01-01" }],
    ["a: 1e3", { a: "1e3" }],
    ["a: 0o17", { a: "0o17" }],
    ["a: 1_000", { a: 1000 }],
    ["a: ~", { a: null }],
    ["a: 'yes'", { a: "yes" }],
    ["x: &x {k: 1}\na:\n  <<: *x\n  l: 2", { x: { k: 1 }, a: { k: 1, l: 2 } }],
    ["a: 1\na: 2", { a: 2 }],
    ["a:\n  - b: {\n      k: [1,\n2],\n    l: 3\n  }\n    c: 4\n  - d", { a: [{ b: { k: [1, 2], l: 3 }, c: 4 }, "d"] }],
    ["a:\n  b: [\n    'x\n y',\n    p\n q\n]\n  c: 1", { a: { b: ["x y", "p q"], c: 1 } }],
  ])("%s", (text, expected) => {
    expect(parseYaml(text).data).toEqual(expected);
  });
});

test("a whole float stays a float", () => {
  const { a } = parseYaml("a: 1.0").data as { a: unknown };
  expect(a).toBeInstanceOf(Number);
});

test("a place below brackets that end further out", () => {
  const { placeOf, problems } = parseYaml("a:\n    - b: {\n        c: 1\n    }\n    - d: 2\n");
  expect(problems).toEqual([]);
  expect(placeOf(["a", 1, "d"])).toEqual({ line: 5, column: 10 });
});

test("the place of an entry, and of what is wrong", () => {
  expect(parseYaml("models:\n  - name: a\n  - name: b\n").placeOf(["models", 1, "name"])).toEqual({
    line: 3,
    column: 11,
  });
  expect(parseYaml("a: [1\nb: 2").problems[0]).toMatchObject({ line: 2 });
});

test("an alias bomb ends as a problem, not as a crash", () => {
  const levels = Array.from(
    { length: 12 },
    (_, index) =>
      `l${String(index + 1)}: &l${String(index + 1)} [${Array(10)
        .fill(`*l${String(index)}`)
        .join(", ")}]`,
  );
  expect(parseYaml(["l0: &l0 [x]", ...levels].join("\n")).problems.length).toBeGreaterThan(0);
});

test("a block text has no last newline where the file ends without one", () => {
  expect(parseYaml("a: |\n  x\nb: >\n  y\n  z").data).toEqual({ a: "x\n", b: "y z" });
  expect(parseYaml("a:\n  - b: |\n      x\n").data).toEqual({ a: [{ b: "x\n" }] });
});
