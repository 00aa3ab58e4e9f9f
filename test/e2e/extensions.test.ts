import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** A profile that finds no server to download extensions from. */
const profile = (extensions: string): string =>
  "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, " +
  `config_options: {custom_extension_repository: 'http://127.0.0.1:9'}, extensions: ${extensions}}\n`;

async function build(extensions: string) {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select 1 as id", "profiles.yml": profile(extensions) });
  return await run(["build"], folder.path);
}

test("extensions that are part of DuckDB need no download", async () => {
  const { code, stdout } = await build("[parquet, json, icu]");
  expect(code, stdout).toBe(0);
});

test("others do, and say how to go without", async () => {
  const { code, stdout } = await build("[parquet, no_such_extension]");
  expect(code).not.toBe(0);
  expect(stdout).toContain("install extension no_such_extension");
  expect(stdout).toContain("put the extension's file into DuckDB's extension directory");
});
