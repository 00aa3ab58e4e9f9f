import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

// A REST catalog has no materialized views; Trino's own catalog of files, made for tests, has.
const CATALOG = `views_${String(process.pid)}`;
const ward = new Ward("rooms", CATALOG);
const SCHEMA = `${CATALOG}.${ward.schema}`;
const folder = join(inject("lakehouse").data, CATALOG);

beforeAll(async () => {
  mkdirSync(folder);
  await trinoRows(
    `create catalog ${CATALOG} using iceberg with ("iceberg.catalog.type" = 'testing_file_metastore', "hive.metastore.catalog.dir" = 'local:///',
     "hive.metastore.disable-location-checks" = 'true', "fs.native-local.enabled" = 'true', "local.location" = '${folder}')`,
  );
  await trinoRows(`create schema ${SCHEMA}`);
  await trinoRows(`create table ${SCHEMA}.beds as select 1 as n`);
});
afterAll(async () => {
  await ward.drop();
  await trinoRows(`drop catalog ${CATALOG}`);
  rmSync(folder, { recursive: true, force: true });
});

const materialized = (config = ""): string =>
  `{{ config(materialized=var('kind', 'materialized_view')${config}) }} select n, n * {{ var('times', 2) }} as twice from ${SCHEMA}.beds`;

async function runs(work: string, vars: Record<string, unknown> = {}, ...flags: string[]): Promise<Ran> {
  return run(["run", "--vars", JSON.stringify(vars), ...flags], work);
}

async function succeeds(work: string, vars: Record<string, unknown> = {}, ...flags: string[]): Promise<void> {
  const ran = await runs(work, vars, ...flags);
  expect(ran.code, ran.stdout).toBe(0);
}

/** Type and names of what a model has, in the order of names. */
async function relationsOf(model: string): Promise<string[]> {
  const found = await trinoRows(
    `select case when m.name is not null then 'materialized view' else lower(t.table_type) end || ' ' || t.table_name
     from ${CATALOG}.information_schema.tables t
     left join system.metadata.materialized_views m on m.catalog_name = '${CATALOG}' and m.schema_name = t.table_schema and m.name = t.table_name
     where t.table_schema = '${ward.schema}' and t.table_name like '${model}%' order by t.table_name`,
  );
  return found.map(([name]) => String(name));
}

async function stateOf(model: string): Promise<unknown> {
  const [row] = await trinoRows(
    `select freshness, comment, definition like '%n * 3%' from system.metadata.materialized_views
     where catalog_name = '${CATALOG}' and schema_name = '${ward.schema}' and name = '${model}'`,
  );
  return row;
}

test("is filled when it is created, refreshed by each run, and built anew with --full-refresh", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/filled.sql": materialized(
      `, grace_period="interval '1' hour", properties={'format': "'ORC'"}, on_configuration_change='fail', pre_hook='select 1', post_hook='select 2'`,
    ),
  });
  await succeeds(work.path);
  expect(await stateOf("filled")).toEqual(["FRESH", "", false]);
  await trinoRows(`insert into ${SCHEMA}.beds values 5`);
  expect(await stateOf("filled")).toEqual(["STALE", "", false]);
  // The new definition waits for a full refresh, whatever on_configuration_change says: so it is in dbt-trino.
  await succeeds(work.path, { times: 3 });
  expect(await stateOf("filled")).toEqual(["FRESH", "", false]);
  expect(await ward.rowsOf("filled")).toEqual([
    [1, 2],
    [5, 10],
  ]);
  await succeeds(work.path, { times: 3 }, "--full-refresh");
  expect(await stateOf("filled")).toEqual(["FRESH", "", true]);
  expect(await relationsOf("filled")).toEqual(["materialized view filled"]);
  expect(await trinoRows(`select distinct twice / n from ${SCHEMA}.filled`)).toEqual([[3]]);
});

test("keeps its description and those of its columns", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/told.sql": materialized(", persist_docs={'relation': true, 'columns': true}"),
    "models/schema.yml":
      "models:\n  - name: told\n    description: it's full\n    columns:\n      - name: twice\n        description: two of them\n",
  });
  for (const flags of [[], [], ["--full-refresh"]]) {
    await succeeds(work.path, {}, ...flags);
    expect(await stateOf("told")).toEqual(["FRESH", "it's full", false]);
    const comments = `select comment from ${CATALOG}.information_schema.columns where table_schema = '${ward.schema}' and table_name = 'told' order by ordinal_position`;
    expect(await trinoRows(comments)).toEqual([[null], ["two of them"]]);
  }
});

test("gives its place to a table, an incremental model and a view, and takes a view's", async () => {
  using work = temporaryFolder();
  for (const kind of ["table", "incremental", "view"]) {
    const model = `was_${kind}`;
    rmSync(join(work.path, "models"), { recursive: true, force: true });
    ward.write(work.path, { [`models/${model}.sql`]: materialized() });
    await succeeds(work.path);
    await succeeds(work.path, { kind });
    expect(await relationsOf(model)).toEqual([`${kind === "view" ? "view" : "base table"} ${model}`]);
  }
  await succeeds(work.path);
  expect(await relationsOf("was_view")).toEqual(["materialized view was_view"]);
  expect(await trinoRows(`select distinct twice / n from ${SCHEMA}.was_view`)).toEqual([[2]]);
});

test("what it would have replaced is there again after a run that broke off, also when it cannot be built", async () => {
  using work = temporaryFolder();
  ward.write(work.path, { "models/kept.sql": materialized() });
  await succeeds(work.path, { kind: "view" });
  await trinoRows(`alter view ${SCHEMA}.kept rename to ${SCHEMA}.kept__dbt_backup`);
  const broken = await runs(work.path, { times: "no_such" });
  expect([broken.code, broken.stdout]).toEqual([1, expect.stringContaining("COLUMN_NOT_FOUND")]);
  expect(await relationsOf("kept")).toEqual(["view kept"]);
});
