import { afterAll, expect, test } from "vitest";
import { MODELS, ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";

afterAll(() => dropSchema(SCHEMA));

const SEED = { "seeds/wards.csv": MODELS["seeds/wards.csv"] ?? "" };
const READER = "{{ config(materialized='table', engine='trino') }} select made_by from {{ ref('shape') }}";

/** A model that Trino reads as well, so that DuckDB writes it to the catalog, where Trino has its views. */
function shape(config: string, sql: string): Record<string, string> {
  return { ...SEED, "models/shape.sql": `{{ config(${config}) }} ${sql}`, "models/reader.sql": READER };
}

const kinds = (): Promise<readonly (readonly unknown[])[]> =>
  rows(
    "select table_name, table_type from information_schema.tables where table_schema = '$S' and table_name like 'shape%' order by 1",
  );
const MADE = "select '{{ target.type }}' as made_by, id from {{ ref('wards') }}";
const asView = shape("materialized='view', engine='trino'", MADE);
const asTable = shape("materialized='table', engine='duckdb'", MADE);

test("a view of one engine becomes a table of the other, and a view again; also an incremental one", async () => {
  using work = temporaryFolder();
  for (const [files, made, kind] of [
    [asView, "trino", "VIEW"],
    [asTable, "duckdb", "BASE TABLE"],
    [asTable, "duckdb", "BASE TABLE"],
    [asView, "trino", "VIEW"],
    [shape("materialized='incremental', engine='duckdb'", MADE), "duckdb", "BASE TABLE"],
    [asView, "trino", "VIEW"],
  ] as const) {
    project(work.path, {}, files);
    await ok(["build"], work.path);
    expect(await rows("select distinct made_by from $S.reader")).toEqual([[made]]);
    expect(await rows("select count(*) from $S.shape")).toEqual([[3]]);
    expect(await kinds()).toEqual([["shape", kind]]);
  }
});

test("rows that cannot be made leave the view; what a killed run left of it goes", async () => {
  using work = temporaryFolder();
  project(work.path, {}, asView);
  await ok(["build"], work.path);
  project(work.path, {}, shape("materialized='table', engine='duckdb'", "select error('no rows') as made_by"));
  const failed = await run(["build"], work.path);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain("no rows");
  expect(await kinds()).toEqual([["shape", "VIEW"]]);
  // Killed between the two steps: the view has moved aside, and the table is not there yet.
  await rows("create table $S.shape__dbt_tmp as select 1 as half");
  await rows("alter view $S.shape rename to $S.shape__dbt_backup");
  project(work.path, {}, asTable);
  await ok(["build"], work.path);
  expect(await kinds()).toEqual([["shape", "BASE TABLE"]]);
  expect(await rows("select distinct made_by from $S.reader")).toEqual([["duckdb"]]);
});
