import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TextMemory } from "./text-memory.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "memory-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Asks for texts as one command would; gives those that were not known. */
async function ask(texts: readonly string[], build: string | null = "one"): Promise<string[]> {
  const memory = new TextMemory<{ length: number }>(folder, "texts", build);
  const found: string[] = [];
  for (const text of texts) {
    const answer = await memory.answer([text], () => {
      found.push(text);
      return Promise.resolve({ length: text.length });
    });
    expect(answer).toEqual({ length: text.length });
  }
  memory.save();
  return found;
}

test("what was found out is known to the next command, as long as it is asked for", async () => {
  expect(await ask(["a", "bc"])).toEqual(["a", "bc"]);
  expect(await ask(["a", "bc"])).toEqual([]);
  expect(await ask(["a", "d"])).toEqual(["d"]);
  expect(await ask(["a", "bc"])).toEqual(["bc"]);
  expect(readdirSync(folder)).toEqual(["texts.json"]);
});

test("another build of the program and a broken file know nothing; sources keep nothing", async () => {
  await ask(["a"]);
  expect(await ask(["a"], "two")).toEqual(["a"]);
  expect(await ask(["a"], null)).toEqual(["a"]);
  for (const text of ["{", "[]", '{"build":"two","answers":3}', "null"]) {
    writeFileSync(join(folder, "texts.json"), text);
    expect(await ask(["a"], "two")).toEqual(["a"]);
  }
});

test("a folder that cannot be written to is no failure", async () => {
  writeFileSync(join(folder, "file"), "");
  const memory = new TextMemory(join(folder, "file"), "texts", "one");
  await memory.answer("a", () => Promise.resolve({}));
  expect(() => {
    memory.save();
  }).not.toThrow();
});
