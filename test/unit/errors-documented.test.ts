import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");

test("docs/errors.md names every code, and no other", () => {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const used = new Set(
    files.flatMap((file) =>
      [...readFileSync(join(ROOT, "src", file), "utf8").matchAll(/"(DH\d{4})"/g)].map((match) => match[1]),
    ),
  );
  const text = readFileSync(join(ROOT, "docs", "errors.md"), "utf8");
  const named = new Set<string>();
  for (const [, from, to] of text.matchAll(/DH(\d{4})(?: – DH(\d{4}))?/g)) {
    for (let code = Number(from); code <= Number(to ?? from); code++) named.add(`DH${String(code).padStart(4, "0")}`);
  }
  expect([...used].filter((code) => code !== undefined && !named.has(code))).toEqual([]);
  const single = [...text.matchAll(/DH\d{4}/g)].map((match) => match[0]);
  expect(single.filter((code) => !used.has(code))).toEqual([]);
});
