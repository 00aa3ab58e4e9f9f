import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { pythonCandidates } from "./find-python.ts";

const folder = mkdtempSync(join(tmpdir(), "duckhouse-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the one that is named is the only one", () => {
  const env = { DUCKHOUSE_PYTHON: "/opt/python", VIRTUAL_ENV: "/venv", PATH: folder };
  expect(pythonCandidates("/mine/python", env, "linux")).toEqual(["/mine/python"]);
  expect(pythonCandidates(null, env, "linux")).toEqual(["/opt/python"]);
});

test("else the environment's, that of dbt, and PATH's", () => {
  writeFileSync(join(folder, "dbt"), "#!/home/me/.local/pipx/venvs/dbt-core/bin/python\nimport dbt\n");
  chmodSync(join(folder, "dbt"), 0o755);
  const env = { VIRTUAL_ENV: "/venv", PATH: `/nowhere:${folder}`, DUCKHOUSE_PYTHON: "" };
  expect(pythonCandidates(null, env, "linux")).toEqual([
    "/venv/bin/python",
    "/home/me/.local/pipx/venvs/dbt-core/bin/python",
    "python3",
    "python",
  ]);
});

test("a `dbt` that is no script of Python says nothing", () => {
  writeFileSync(join(folder, "dbt"), "#!/bin/sh\nexec something\n");
  expect(pythonCandidates(null, { PATH: folder }, "linux")).toEqual(["python3", "python"]);
});
