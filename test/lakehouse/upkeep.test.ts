import { copyFileSync, existsSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("upkeep");
const { schema } = ward;
afterAll(() => ward.drop());

const count = async (sql: string): Promise<number> => Number((await trinoRows(sql))[0]?.[0]);
const snapshots = (table: string): Promise<number> => count(`select count(*) from ${schema}."${table}$snapshots"`);
const files = (table: string): Promise<number> => count(`select count(*) from ${schema}."${table}$files"`);

/** An incremental model that adds a row a run. */
const growing = (upkeep: string): string =>
  `{{ config(materialized='incremental', iceberg_upkeep=${upkeep}) }} select 1 as n`;

test("after a model its small files become one and its old snapshots go", async () => {
  using work = temporaryFolder();
  const everything = "{'optimize': true, 'expire_snapshots': {'retention_threshold': '0s'}}";
  ward.write(work.path, { "models/kept.sql": growing(everything), "models/left.sql": growing("{}") });
  for (const step of [1, 2, 3]) {
    const ran = await run(["run"], work.path);
    expect(ran.code, `${String(step)} ${ran.stdout}`).toBe(0);
  }
  expect([await snapshots("kept"), await files("kept")]).toEqual([1, 1]);
  expect([await snapshots("left"), await files("left")]).toEqual([3, 3]);
  expect(await ward.rowsOf("kept")).toEqual([[1], [1], [1]]);
});

test("upkeep that fails is a warning: the model and what is below it are built", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/wide.sql": growing("{'optimize': {'where': 'n > 0'}, 'expire_snapshots': {'retention_threshold': '0s'}}"),
    "models/below.sql": "select * from {{ ref('wide') }}",
  });
  await run(["run"], work.path);
  const { code, stdout } = await run(["run"], work.path);
  expect(code, stdout).toBe(0);
  expect(stdout).toContain("DH3005");
  expect(stdout).toMatch(/The upkeep of "lake"\."upkeep_\d+"\."wide" failed: .*\n.*execute optimize where n > 0/);
  expect(stdout).toContain("PASS=2");
  // The step after the one that failed is done all the same.
  expect(await snapshots("wide")).toBe(1);
  const strict = await run(["--warn-error", "run", "--select", "wide"], work.path);
  expect(strict.code, strict.stdout).toBe(1);
});

test.each([
  ["{'optimise': true}", "iceberg_upkeep has no 'optimise'; it has optimize, optimize_manifests, expire_snapshots"],
  ["{'optimize': 'yes'}", "'optimize' must be true, false or a mapping of its options; it is: yes"],
  ["{'optimize': {'size': '1MB'}}", "'optimize' has no option 'size'; it has file_size_threshold, where"],
  [
    "{'optimize': {'file_size_threshold': 128}}",
    "optimize.file_size_threshold is '128'; it must be a number and a unit",
  ],
  ["{'expire_snapshots': {'retention_threshold': '7 days'}}", "retention_threshold is '7 days'; it must be a number"],
  ["{'expire_snapshots': {'retain_last': 'two'}}", "expire_snapshots.retain_last is 'two'; it must be a whole number"],
  ["{'optimize_manifests': {'x': 1}}", "'optimize_manifests' has no option 'x'; it has none"],
  ["['optimize']", "iceberg_upkeep must be a mapping of optimize,"],
])("a wrong config is told before the model is built: %s", async (upkeep, message) => {
  using work = temporaryFolder();
  ward.write(work.path, { "models/never.sql": growing(upkeep) });
  const { code, stdout } = await run(["run"], work.path);
  expect(code).toBe(1);
  expect(stdout).toContain(message);
  expect(await trinoRows(`show tables from ${schema} like 'never'`)).toEqual([]);
});

test("a view has nothing to keep up", async () => {
  using work = temporaryFolder();
  ward.write(work.path, { "models/seen.sql": "{{ config(iceberg_upkeep={'optimize': true}) }} select 1 as n" });
  const { code, stdout } = await run(["run"], work.path);
  expect(code, stdout).toBe(0);
  expect(stdout).not.toContain("DH3005");
});

test("as an operation: nodes with the config, or any table by name", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/nightly.sql": "{{ config(materialized='incremental') }} select 1 as n",
    "models/others.sql": "{{ config(materialized='incremental') }} select 1 as n",
  });
  for (const step of [1, 2, 3]) {
    const ran = await run(["run"], work.path);
    expect(ran.code, `${String(step)} ${ran.stdout}`).toBe(0);
  }
  const operate = (args: string): ReturnType<typeof run> =>
    run(["run-operation", "iceberg_upkeep", "--args", args], work.path);
  const upkeep =
    "{optimize: true, expire_snapshots: {retention_threshold: 0s}, remove_orphan_files: {retention_threshold: 0s}}";

  const nothing = await operate("{}");
  expect(nothing.stdout).toContain("Nothing to do: no table has an iceberg_upkeep config");

  const dry = await operate(`{tables: nightly, upkeep: ${upkeep}, dry_run: true}`);
  expect(dry.stdout).toContain(`alter table "lake"."${schema}"."nightly" execute optimize`);
  expect(await snapshots("nightly")).toBe(3);

  const done = await operate(`{tables: [nightly, ${schema}.others], upkeep: ${upkeep}}`);
  expect(done.code, done.stdout).toBe(0);
  for (const table of ["nightly", "others"]) expect([await snapshots(table), await files(table)]).toEqual([1, 1]);

  const unknown = await operate(`{tables: nightlies, upkeep: ${upkeep}}`);
  expect(unknown.code).toBe(1);
  expect(unknown.stdout).toContain("'nightlies' is no table of this project");
  const silent = await operate("{tables: nightly}");
  expect(silent.stdout).toContain("nothing says what to do with 'nightly'");
});

test("files that no snapshot names are removed", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/littered.sql":
      "{{ config(materialized='incremental', iceberg_upkeep={'remove_orphan_files': {'retention_threshold': '1h'}}) }} select 1 as n",
  });
  expect((await run(["run"], work.path)).code).toBe(0);
  const [[path]] = (await trinoRows(`select "$path" from ${schema}.littered`)) as [[string]];
  const named = join(inject("lakehouse").data, "s3", path.slice("s3://".length));
  const orphan = join(dirname(named), "left-by-a-killed-writer.parquet");
  copyFileSync(named, orphan);
  utimesSync(orphan, new Date(0), new Date(0));
  const { code, stdout } = await run(["run"], work.path);
  expect(code, stdout).toBe(0);
  expect([existsSync(named), existsSync(orphan)]).toEqual([true, false]);
});
