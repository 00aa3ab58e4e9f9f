import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemFailure } from "./system-failure.ts";

const folder = mkdtempSync(join(tmpdir(), "system-"));
afterAll(() => rmSync(folder, { recursive: true }));

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

test("what the file system refuses is said with its path and reason", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  expect(systemFailure(thrown(() => mkdirSync(join(file, "sub"))))).toEqual({
    text: `${join(file, "sub")} cannot be written: a part of the path is no folder (ENOTDIR)`,
    path: join(file, "sub"),
  });
  expect(systemFailure(thrown(() => writeFileSync(folder, "")))?.text).toBe(
    `${folder} cannot be opened: there is a folder of that name (EISDIR)`,
  );
  expect(systemFailure(thrown(() => readdirSync(file)))?.text).toContain("cannot be opened");
});

test("other failures are none of its", () => {
  expect(systemFailure(thrown(() => readdirSync(join(folder, "missing"))))).toBeNull();
  expect(systemFailure(new Error("EACCES"))).toBeNull();
});
