import { afterAll, expect, test } from "vitest";
import { ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { temporaryFolder } from "../support/program.ts";

afterAll(() => dropSchema(SCHEMA));

const OWN = `view_${String(process.pid)}`;
const view = (sql: string): string => `{{ config(materialized='view', engine='trino') }} ${sql}`;
const FILES = (where: string, last = "true"): Record<string, string> => ({
  "models/beds.sql":
    "{{ config(materialized='table', engine='trino') }} select w as ward, b as bed from unnest(sequence(1, 3)) as t (w) cross join unnest(sequence(1, 4)) as u (b)",
  [`models/inner_${OWN}.sql`]: view(`select ward, bed from {{ ref('beds') }} where ${where}`),
  [`models/outer_${OWN}.sql`]: view(
    `with b as (select ward, count(bed) as beds from {{ ref('inner_${OWN}') }} group by ward) select ward, beds from b where ${last}`,
  ),
  "models/reader.sql": `{{ config(materialized='table', engine='duckdb') }} select sum(beds)::bigint as beds from {{ ref('outer_${OWN}') }}`,
  "models/shown.sql": "{{ config(materialized='table', engine='trino') }} select beds from {{ ref('reader') }}",
});

/** How many beds the other engine read, and whether the view was copied for it. */
async function read(folder: string, select = "reader shown"): Promise<[unknown, "copied" | "taken"]> {
  const { stdout } = await ok(["run", "-s", ...select.split(" ")], folder);
  const taken = stdout.includes(`The copy of outer_${OWN} is taken as it is`);
  expect(stdout).toContain(taken ? "0 transfers, 1 reused" : "1 transfer (");
  return [(await rows("select beds from $S.shown"))[0]?.[0], taken ? "taken" : "copied"];
}

test("the copy of a view of Trino's is taken as it is until a view or a table below it is another one", async () => {
  using work = temporaryFolder();
  project(work.path, {}, FILES("true"));
  await ok(["build"], work.path);
  expect(await read(work.path)).toEqual([12, "taken"]);
  await rows("insert into $S.beds values (9, 9)");
  expect(await read(work.path)).toEqual([13, "copied"]);
  expect(await read(work.path)).toEqual([13, "taken"]);
  project(work.path, {}, FILES("bed > 1"));
  expect(await read(work.path, `inner_${OWN} reader shown`)).toEqual([10, "copied"]);
  // The same name and snapshot, and another column.
  await rows("alter table $S.beds drop column bed");
  await rows("alter table $S.beds add column bed integer");
  await rows(`create or replace view $S.inner_${OWN} as select ward, bed from lake.$S.beds where coalesce(bed, 2) > 1`);
  expect(await read(work.path)).toEqual([0, "copied"]);
  const [[copy = ""] = []] = (await rows(
    `select table_name from information_schema.tables where table_schema = 'duckhouse_transfers' and table_name like '%outer_${OWN}%'`,
  )) as string[][];
  // Somebody else has written to the copy.
  await rows(`insert into duckhouse_transfers."${copy}" values (1, 1000)`);
  expect(await read(work.path)).toEqual([0, "copied"]);
});

test("what a view gives anew each time is copied anew each time, and so is what has no snapshots", async () => {
  using work = temporaryFolder();
  for (const [where, last] of [
    ["true", "current_date > date '2000-01-01'"],
    ["exists (select 1 from tpch.tiny.nation)", "true"],
  ] as const) {
    project(work.path, {}, FILES(where, last));
    await ok(["build"], work.path);
    expect(await read(work.path)).toEqual([12, "copied"]);
  }
});
