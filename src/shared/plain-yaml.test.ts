import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPlainYaml } from "./plain-yaml.ts";
import { parseFullYaml, parseYaml } from "./yaml-file.ts";

type Path = (string | number)[];

/** The paths of every mapping and list. */
function* containers(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== "object" || value === null || value instanceof Number) return;
  yield path;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* containers(item, [...path, index]);
  else for (const [key, item] of Object.entries(value)) yield* containers(item, [...path, key]);
}

/** True when the plain reader took the text; then its answer has to be the full parser's, places included. */
function agrees(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain === null) return false;
  const full = parseFullYaml(text);
  expect(full.problems, text).toEqual([]);
  expect(plain.data, text).toStrictEqual(full.data);
  const read = parseYaml(text);
  for (const path of containers(plain.data)) expect(read.placeOf(path), text).toEqual(full.placeOf(path));
  return true;
}

const root = join(import.meta.dirname, "..", "..");
const corpus = readdirSync(join(root, "test/projects"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".yml"))
  .sort()
  .map((path) => readFileSync(join(root, "test/projects", path), "utf8"));

test("reads the projects' files as the full parser does, many of them by itself", () => {
  const taken = corpus.filter(agrees).length;
  expect(taken / corpus.length).toBeGreaterThan(0.35);
});

test.each([
  "a: 1\nb: 1.0\nc: 1.5\nd: text with 'quotes' and \"more\"\ne: \"x\" # note\nf: 'y'\n",
  "a:\n- b: 1\n  c: [x, z, 3]\n- d\nz: []\n",
  "a:\n  - b:\n      c: yes\n    d: off\n\n# note\ne: http://x/y?z\n",
  "a: # note\n  b: c # note\n",
  "+materialized: table\nfirst.second: x\na-b: 0\n",
])("takes %j", (text) => expect(agrees(text)).toBe(true));

test.each([
  "",
  "# only a note",
  "a: b\n  c\n",
  "a: b: c\n",
  "a: 1\na: 2\n",
  "a: |\n  text\n",
  "a: {b: c}\n",
  "a: &x b\nc: *x\n",
  "a: 2026-01-01\n",
  "a: 012\nb: 1_000\n",
  "a: y\n",
  "on: 1\n",
  "a: 'it''s'\n",
  'a: "x\\n"\n',
  "a:\tb\n",
  "- - a\n",
  "---\na: b\n",
  "a: [b, [c]]\n",
  "a: [b,, c]\n",
  " a: b\n",
  "- a: b\n c\n",
  "a: {{ b }}\n",
])("leaves %j to the full parser", (text) => expect(readPlainYaml(text)).toBeNull());

test("agrees with the full parser on damaged files, wherever it answers at all", () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  const pieces = [
    " ",
    "  ",
    "- ",
    ":",
    ": ",
    "#",
    " #",
    '"',
    "'",
    "[",
    "]",
    ",",
    "\n",
    "\n\n",
    "1",
    "1.0",
    "yes",
    "~",
    "-",
  ];
  let taken = 0;
  for (let round = 0; round < 4000; round++) {
    let text = (corpus[random(corpus.length)] ?? "").split("\n").slice(0, 25).join("\n");
    for (let change = random(3) + 1; change > 0; change--) {
      const at = random(text.length + 1);
      text = text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + random(3));
    }
    if (agrees(text)) taken++;
  }
  expect(taken).toBeGreaterThan(300);
});
