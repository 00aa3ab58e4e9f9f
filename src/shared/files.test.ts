import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeTextFile } from "./files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a text file comes with its folders, and is written again only where it says something else", () => {
  const path = join(folder, "a", "b", "file.sql");
  writeTextFile(path, "select 1");
  utimesSync(path, 1, 1);
  writeTextFile(path, "select 1");
  expect(statSync(path).mtimeMs).toBe(1000);
  writeTextFile(path, "select 2");
  expect(readFileSync(path, "utf8")).toBe("select 2");
  expect(statSync(path).mtimeMs).toBeGreaterThan(1000);
});

test("a folder that is a file is the file system's error", () => {
  writeFileSync(join(folder, "a"), "");
  expect(() => writeTextFile(join(folder, "a", "file.sql"), "select 1")).toThrow(/EEXIST|ENOTDIR/);
});
