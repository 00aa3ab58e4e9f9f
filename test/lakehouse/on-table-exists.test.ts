import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("exists");
afterAll(() => ward.drop());

test("on_table_exists=replace: an incremental model replaces with --full-refresh alone, a table always", async () => {
  using work = temporaryFolder();
  const config = (kind: string): string => `{{ config(materialized='${kind}', on_table_exists='replace') }}`;
  ward.write(work.path, {
    "models/grown.sql": `${config("incremental")} select {{ var('n', 1) }} as n`,
    "models/whole.sql": `${config("table")} select {{ var('n', 1) }} as n`,
  });
  const statements = (): string[] =>
    ["grown", "whole"].map((name) => {
      const sent = readFileSync(join(work.path, "target", "run", "ward", "models", `${name}.sql`), "utf8");
      return /^\s*create( or replace)? table/.exec(sent)?.[0].trim() ?? sent;
    });
  const first = await run(["run"], work.path);
  expect(first.code, first.stdout).toBe(0);
  expect(statements()).toEqual(["create table", "create or replace table"]);
  const again = await run(["run", "--full-refresh", "--vars", "n: 2"], work.path);
  expect(again.code, again.stdout).toBe(0);
  expect(statements()).toEqual(["create or replace table", "create or replace table"]);
  expect(await ward.rowsOf("grown")).toEqual([[2]]);
});
