import { afterAll, expect, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("changes");
const { schema } = ward;
afterAll(() => ward.drop());

/** Builds an incremental model from one query, then from another one; gives what the second run said. */
async function change(name: string, config: string, first: string, second: string): Promise<Ran> {
  using work = temporaryFolder();
  ward.write(work.path, {
    [`models/${name}.sql`]: `{{ config(materialized='incremental', ${config}) }}
{% if is_incremental() %}${second}{% else %}${first}{% endif %}`,
  });
  const made = await run(["run"], work.path);
  expect(made.code, made.stdout).toBe(0);
  return await run(["run"], work.path);
}

async function columnsOf(table: string): Promise<string[]> {
  const rows = await trinoRows(
    `select column_name || ' ' || data_type from information_schema.columns
     where table_schema = '${schema}' and table_name = '${table}' order by ordinal_position`,
  );
  return rows.map(([text]) => String(text));
}

const ROW_A = "select 1 as id, cast(row(1, 'x') as row(a integer, b varchar)) as r";

test.each([
  ["append", "incremental_strategy='append'"],
  ["merge", "incremental_strategy='merge', unique_key='id'"],
  ["delete_insert", "incremental_strategy='delete+insert', unique_key=['id']"],
  ["without_views", "incremental_strategy='append', views_enabled=false"],
])("new fields are added inside rows, and every field keeps its name: %s", async (name, strategy) => {
  const ran = await change(
    name,
    `${strategy}, on_schema_change='append_new_columns', sync_nested_columns=true`,
    `${ROW_A}, array[cast(row(1) as row(k integer))] as l`,
    // The new field stands first: by position it would take another one's place.
    `select 2 as id, cast(row('new', 20, 'y', row(5)) as row(c varchar, a integer, b varchar, i row(z integer))) as r,
       array[cast(row('j', 2) as row(j varchar, k integer))] as l, true as more`,
  );
  expect(ran.code, ran.stdout).toBe(0);
  expect(await columnsOf(name)).toEqual([
    "id integer",
    "r row(a integer, b varchar, c varchar, i row(z integer))",
    "l array(row(k integer, j varchar))",
    "more boolean",
  ]);
  expect(await ward.rowsOf(name)).toEqual([
    [1, [1, "x", null, null], [[1, null]], null],
    [2, [20, "y", "new", [5]], [[2, "j"]], true],
  ]);
  expect(await trinoRows(`show tables from ${schema} like '${name}%'`)).toEqual([[name]]);
});

test("a field that the new rows lack is null in them, and stays in the table", async () => {
  const ran = await change(
    "lacking",
    "on_schema_change='append_new_columns', sync_nested_columns=true",
    ROW_A,
    "select 2 as id, cast(row('y') as row(b varchar)) as r",
  );
  expect(ran.code, ran.stdout).toBe(0);
  expect(await ward.rowsOf("lacking")).toEqual([
    [1, [1, "x"]],
    [2, [null, "y"]],
  ]);
});

test("fields in another order keep their values without any change of the table", async () => {
  const ran = await change(
    "ordered",
    "on_schema_change='append_new_columns'",
    "select 1 as id, cast(row(1, 2) as row(a integer, b integer)) as r, cast(null as row(a integer)) as n",
    "select 2 as id, cast(row(20, 10) as row(b integer, a integer)) as r, cast(null as row(a integer)) as n",
  );
  expect(ran.code, ran.stdout).toBe(0);
  expect(await trinoRows(`select id, r.a, r.b from ${schema}.ordered order by 1`)).toEqual([
    [1, 1, 2],
    [2, 10, 20],
  ]);
});

test("sync_all_columns drops, adds and retypes fields; what Iceberg widens keeps its place and its rows", async () => {
  const ran = await change(
    "synced",
    "on_schema_change='sync_all_columns', sync_nested_columns=true",
    "select 1 as id, cast(1.5 as real) as f, cast(1.5 as decimal(5,2)) as d, cast(row(1, 'x') as row(a integer, b varchar)) as r, 'old' as gone",
    `select bigint '5000000000' as id, 2.5e0 as f, cast(22222.25 as decimal(9,2)) as d,
       cast(row(bigint '5000000000', date '2026-01-01') as row(a bigint, c date)) as r`,
  );
  expect(ran.code, ran.stdout).toBe(0);
  expect(await columnsOf("synced")).toEqual(["id bigint", "f double", "d decimal(9,2)", "r row(a bigint, c date)"]);
  expect(await ward.rowsOf("synced")).toEqual([
    [1, 1.5, "1.50", [1, null]],
    [5_000_000_000, 2.5, "22222.25", [5_000_000_000, "2026-01-01"]],
  ]);
  const operations = await trinoRows(`select operation from ${schema}."synced$snapshots" order by committed_at`);
  expect(operations).toEqual([["append"], ["append"]]);
});

test("a row may change all its fields", async () => {
  const ran = await change(
    "renewed",
    "on_schema_change='sync_all_columns', sync_nested_columns=true",
    "select 1 as id, cast(row(1) as row(a integer)) as r",
    "select 2 as id, cast(row(2) as row(b integer)) as r",
  );
  expect(ran.code, ran.stdout).toBe(0);
  // None of the old row's fields is left in its file, which Trino reads as no row.
  expect(await ward.rowsOf("renewed")).toEqual([
    [1, null],
    [2, [2]],
  ]);
});

test("a type that Iceberg cannot widen is changed by filling a new column", async () => {
  const ran = await change(
    "rewritten",
    "on_schema_change='sync_all_columns'",
    "select 1 as n, 'a' as t",
    "select 'two' as n, 'b' as t",
  );
  expect(ran.code, ran.stdout).toBe(0);
  expect(await trinoRows(`select n, t from ${schema}.rewritten order by t`)).toEqual([
    ["1", "a"],
    ["two", "b"],
  ]);
});

test("fail names the column whose fields changed; ignore leaves the table as it is", async () => {
  const more = "select 2 as id, cast(row(2, 'y', true) as row(a integer, b varchar, c boolean)) as r";
  const failed = await change("failed", "on_schema_change='fail', sync_nested_columns=true", ROW_A, more);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain("'new_type': 'row(a integer, b varchar, c boolean)'");
  expect(await columnsOf("failed")).toEqual(["id integer", "r row(a integer, b varchar)"]);
  const ignored = await change("ignored", "on_schema_change='ignore'", ROW_A, `${ROW_A}, 1 as more`);
  expect(ignored.code, ignored.stdout).toBe(0);
  expect(await columnsOf("ignored")).toEqual(["id integer", "r row(a integer, b varchar)"]);
});
