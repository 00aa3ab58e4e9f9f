import { afterAll, expect, test } from "vitest";
import { ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";

const OWN = `days_${String(process.pid)}`;
afterAll(async () => {
  for (const name of await copies()) await rows(`drop table duckhouse_transfers."${name}"`);
  for (const round of ["1", "2"]) await dropSchema(`${SCHEMA}_fresh_${round}`);
  await dropSchema(SCHEMA);
});

/** Copies of a view of DuckDB's and of one of Trino's, each read on the other engine; what is built has the run's own name. */
const MINE = (engine: string): string =>
  `{{ config(materialized='table', engine='${engine}', schema='fresh_' ~ var('round'), alias=model.name ~ '_' ~ var('who')) }}`;
const FILES = {
  [`models/staging/stg_${OWN}.sql`]: "select range as day, {{ var('round') }} as round from range(200000)",
  [`models/bed_${OWN}.sql`]:
    "{{ config(materialized='view', engine='trino') }} select w * 1000 + b as bed, {{ var('round') }} as round from unnest(sequence(0, 199)) as t (w) cross join unnest(sequence(0, 999)) as u (b)",
  "models/on_trino.sql": `${MINE("trino")} select count(*) as n, cast(sum(day) as bigint) as days, min(round) as round from {{ ref('stg_${OWN}') }}`,
  "models/on_duckdb.sql": `${MINE("duckdb")} select count(*) as n, cast(sum(bed) as bigint) as days, min(round) as round from {{ ref('bed_${OWN}') }}`,
  "models/end.sql": `${MINE("trino")} select n, days, round from {{ ref('on_duckdb') }}`,
};

const copies = async (): Promise<string[]> =>
  (
    await rows(
      `select table_name from information_schema.tables where table_schema = 'duckhouse_transfers' and table_name like '%${OWN}%'`,
    )
  ).map(([name]) => String(name));

test("two runs at once that make the same copies and schemas: both end well, and nothing half is left", async () => {
  using one = temporaryFolder();
  using other = temporaryFolder();
  for (const { path } of [one, other]) project(path, {}, FILES);
  // The first time the copies are not there yet, the second time they are old.
  for (const round of ["1", "2"]) {
    await ok(["run", "-s", `bed_${OWN}`, "--vars", `{who: 0, round: ${round}}`], one.path);
    const args = ["run", "--exclude", `bed_${OWN}`, "--vars"];
    const both = [one, other].map(({ path }, who) => run([...args, `{who: ${String(who)}, round: ${round}}`], path));
    for (const { code, stdout, stderr } of await Promise.all(both)) expect(code, stdout + stderr).toBe(0);
    for (const name of ["on_trino_0", "on_trino_1", "end_0", "end_1"])
      expect(await rows(`select n, days, round from $S_fresh_${round}.${name}`)).toEqual([
        [200000, 19999900000, Number(round)],
      ]);
    expect(await copies()).toHaveLength(2);
  }
});
