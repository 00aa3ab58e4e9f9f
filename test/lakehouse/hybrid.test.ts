import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RunPlan } from "../../src/contracts/plan.ts";
import { MODELS, ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { responses } from "../support/responses.ts";
import { run, temporaryFolder } from "../support/program.ts";

afterAll(() => dropSchema(SCHEMA));

test("one DAG over both engines: the plan, the run, the rows, the record", async () => {
  using work = temporaryFolder();
  project(work.path);
  const planned = JSON.parse((await ok(["plan", "--output", "json"], work.path)).stdout) as RunPlan;
  const where = Object.fromEntries(
    planned.steps
      .filter((step) => step.kind !== "test")
      .map((step) => [
        step.id
          .split(".")
          .slice(step.kind === "transfer" ? -1 : 2)
          .join("."),
        `${step.kind} ${step.engine} ${step.stored_in ?? ""}`,
      ]),
  );
  expect(where).toEqual({
    wards: "seed duckdb duckdb",
    stg_wards: "transfer duckdb iceberg",
    beds: "model trino iceberg",
    big_wards: "transfer trino iceberg",
    report: "model trino iceberg",
    local_report: "model duckdb duckdb",
    log: "model duckdb duckdb",
    changes: "snapshot duckdb duckdb",
  });
  expect(planned.refusals).toEqual([]);
  const first = await ok(["build"], work.path);
  expect(first.stdout).toContain("on trino (iceberg)");
  expect(first.stdout).toMatch(/Routing: 3 on trino, 5 on duckdb, 2 transfers/);
  expect(responses(work.path)).toEqual({
    wards: "duckdb local-tables",
    stg_wards: "duckdb staging",
    beds: "trino config",
    big_wards: "trino config",
    report: "trino iceberg",
    local_report: "duckdb config",
    log: "duckdb config",
    changes: "duckdb local-tables",
  });
  expect(await rows("select id, name, beds from $S.report order by id")).toEqual([
    [1, "north!", 10],
    [2, "south!", 10],
    [3, null, 10],
  ]);
  const shown = await ok(["show", "-s", "local_report", "--output", "json", "--quiet"], work.path);
  const [north] = (JSON.parse(shown.stdout) as { show: Record<string, unknown>[] }).show.filter(({ id }) => id === 1);
  expect(north).toMatchObject({ name: "north!", beds: 10, made_by: "duckdb", beds_sum: 55 });
  const inline = await ok(["show", "--inline", "select count(*) as n from {{ ref('report') }}"], work.path);
  expect(inline.stdout).toContain("| 3 |");
  await ok(["docs", "generate"], work.path);
  const catalog = JSON.parse(readFileSync(join(work.path, "target", "catalog.json"), "utf8")) as { nodes: object };
  expect(Object.keys(catalog.nodes).sort()).toEqual([
    "model.ward.beds",
    "model.ward.big_wards",
    "model.ward.local_report",
    "model.ward.log",
    "model.ward.report",
    "model.ward.stg_wards",
    "seed.ward.wards",
    "snapshot.ward.changes",
  ]);
  await ok(["build", "--vars", "{day: 2}"], work.path);
  const log = (await ok(["routing-log", "--output", "json", "--node", "log"], work.path)).stdout;
  const runs = JSON.parse(log) as { status: string; engine: string; estimate: { rows: number | null } }[];
  expect(runs.map(({ status, engine, estimate }) => [status, engine, estimate.rows])).toEqual([
    ["success", "duckdb", null],
    ["success", "duckdb", 1],
  ]);
  const tables = JSON.parse((await ok(["tables", "--output", "json"], work.path)).stdout) as Record<string, unknown>[];
  expect(tables.find(({ name }) => name === "report")).toMatchObject({ lives_on: "iceberg", rows: 3, engine: "trino" });
  expect(tables.find(({ name }) => name === "log")).toMatchObject({ lives_on: "duckdb", rows: 2, engine: "duckdb" });
});

test("an incremental model that moves takes its rows along, there and back", async () => {
  using work = temporaryFolder();
  const files = Object.fromEntries(Object.entries(MODELS).filter(([name]) => /wards\.csv|stg_wards|log/.test(name)));
  project(work.path, {}, files);
  await ok(["build", "-s", "+log", "--vars", "{day: 1}"], work.path);
  await ok(["build", "-s", "log", "--vars", "{day: 2, log_engine: trino}"], work.path);
  expect(await rows("select day, wards from $S.log order by day")).toEqual([
    [1, 3],
    [2, 3],
  ]);
  const back = await ok(["build", "-s", "log", "--vars", "{day: 3}"], work.path);
  expect(back.stdout).toContain("the rows of log");
  expect(
    await rows("select count(*) from information_schema.tables where table_schema = '$S' and table_name = 'log'"),
  ).toEqual([[0]]);
  const again = await ok(["plan", "--output", "json"], work.path);
  expect((JSON.parse(again.stdout) as RunPlan).steps.map(({ id }) => id)).not.toContain("move.model.ward.log");
});

test("a Trino that does not answer is one warning: everything runs here, and tables stay in the catalog", async () => {
  using work = temporaryFolder();
  const files = Object.fromEntries(Object.entries(MODELS).filter(([name]) => /wards\.csv|stg_wards/.test(name)));
  const both = {
    ...files,
    "models/total.sql": "{{ config(materialized='table') }} select count(*) as n from {{ source('lake', 'beds') }}",
    "models/sources.yml": `sources: [{name: lake, database: "{{ 'lake' if target.type == 'trino' else 'pond' }}", schema: ${SCHEMA}, tables: [{name: beds}]}]`,
  };
  await rows("create schema if not exists $S");
  await rows("create or replace table $S.beds as select 1 as bed");
  project(work.path, { trinoPort: 1 }, both);
  const ran = await ok(["build"], work.path);
  expect(ran.stdout.match(/trino does not answer/g)).toHaveLength(1);
  expect(responses(work.path)["total"]).toBe("duckdb only-engine");
  expect(await rows("select n from $S.total")).toEqual([[1]]);
  const log = (await ok(["routing-log", "--output", "json", "--node", "total"], work.path)).stdout;
  expect((JSON.parse(log) as { fallback: unknown }[])[0]?.fallback).toMatchObject({
    from: "trino",
    code: "NOT_ACCEPTED",
  });
  project(work.path, { trinoPort: 1, router: { fallback: false } }, both);
  const refused = await run(["run", "-s", "total"], work.path);
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining("Could not reach")]);
});

test("what one engine cannot do, the other does, in the same place; a pin and an error in the data are left alone", async () => {
  using work = temporaryFolder();
  await rows("create schema if not exists $S");
  await rows("create or replace table $S.notes as select '[1]' as note");
  const many = Array.from({ length: 10 }, (_, index) => `{{ ref('wards') }} as w${String(index)}`).join(" cross join ");
  const notes = "{{ source('lake', 'notes') }}";
  const files = {
    "seeds/wards.csv": MODELS["seeds/wards.csv"] ?? "",
    // Iceberg has no JSON: Trino refuses, DuckDB stores a text.
    "models/short.sql": `{{ config(materialized='table', dialect='portable') }} select cast(note as json) as note from ${notes}`,
    "models/pinned.sql": `{{ config(materialized='table', engine='trino') }} select cast(note as json) as note from ${notes}`,
    "models/wrong.sql": `{{ config(materialized='table') }} select cast(note as integer) as note from ${notes}`,
    "models/after.sql": "{{ config(materialized='table') }} select count(*) as n from {{ ref('short') }}",
    "models/staging/stg_many.sql": `{{ config(materialized='table', enabled=var('many', false)) }} select row_number() over (order by w0.name, w1.name, w2.name) as n, rpad(coalesce(w3.name, ''), 3000, 'x') as wide from ${many}`,
    "models/sources.yml": `sources: [{name: lake, database: "{{ 'lake' if target.type == 'trino' else 'pond' }}", schema: ${SCHEMA}, tables: [{name: notes}]}]`,
  };
  project(work.path, {}, files);
  const ran = await run(["build"], work.path);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("short falls back from trino to duckdb (NOT_SUPPORTED)");
  expect(ran.stdout).toMatch(/OK created sql table model hybrid_\d+\.short on duckdb \(fallback\)/);
  expect(ran.stdout).toMatch(/ERROR creating sql table model hybrid_\d+\.(pinned|wrong)/);
  expect(ran.stdout).toContain("PASS=3 WARN=0 ERROR=2");
  expect(await rows("select s.note, a.n from $S.short s cross join $S.after a")).toEqual([["[1]", 1]]);
  project(work.path, { settings: { memory_limit: "90MB", max_temp_directory_size: "0KB" } }, files);
  const large = await run(["build", "-s", "+stg_many", "--vars", "{many: true}"], work.path);
  expect(large.stdout).toContain("stg_many falls back from duckdb to trino (Out of Memory Error)");
  expect(large.code, large.stdout).toBe(0);
  expect(await rows("select max(n) from $S.stg_many")).toEqual([[3 ** 10]]);
});

test("a text that means something else elsewhere stays where it is safe; one that is not understood goes back", async () => {
  using work = temporaryFolder();
  project(
    work.path,
    {},
    {
      "seeds/wards.csv": MODELS["seeds/wards.csv"] ?? "",
      "models/half.sql": "{{ config(materialized='table') }} select id / 2 as half from {{ ref('wards') }}",
      "models/whole.sql":
        "{{ config(materialized='table', dialect='portable') }} select id / cast(1 as double) as whole from {{ ref('wards') }}",
      "models/plain.sql": "{{ config(materialized='table') }} select id from {{ ref('wards') }}",
      "models/foreign.sql":
        "{{ config(materialized='table') }} select approx_distinct(id) as n from {{ ref('wards') }}",
      "models/own.sql":
        "{{ config(materialized='table', dialect='duckdb') }} select id // 2 as half from {{ ref('wards') }}",
      // Taken for Trino's, which knows no such interval: so it is DuckDB's, and date - date means what it means there.
      "models/theirs.sql":
        "select id, date '2024-01-31' - date '2024-01-01' as days, date '2024-01-01' + interval (id) day as later from {{ ref('wards') }}",
      "models/reader.sql":
        "{{ config(materialized='table', engine='trino') }} select sum(days) as days from {{ ref('theirs') }}",
    },
  );
  const ran = await ok(["build"], work.path);
  expect(ran.stdout).toContain("foreign falls back from duckdb to trino (Catalog Error)");
  expect(ran.stdout).toContain("theirs falls back from trino to duckdb (SYNTAX_ERROR)");
  expect(await rows("select days from $S.reader")).toEqual([[90]]);
  // The second time a table is where Trino would make a view.
  await ok(["build", "-s", "theirs+"], work.path);
  expect(await rows("select days from $S.reader")).toEqual([[90]]);
  expect(responses(work.path)).toEqual({ theirs: "duckdb dialect", reader: "trino config" });
  await ok(["build"], work.path);
  expect(responses(work.path)).toEqual({
    theirs: "duckdb dialect",
    reader: "trino config",
    wards: "duckdb local-tables",
    half: "trino dialect",
    whole: "duckdb local-tables",
    plain: "duckdb local-tables",
    foreign: "trino local-tables",
    own: "duckdb dialect",
  });
  expect(await rows("select half from $S.half order by half")).toEqual([[0], [1], [1]]);
  const route = await ok(["route", "--select", "half", "--output", "json"], work.path);
  const [decision] = JSON.parse(route.stdout) as { hazards: { message: string; line: number; hint: string }[] }[];
  expect(decision?.hazards).toMatchObject([{ message: expect.stringContaining("division") as unknown, line: 1 }]);
  const query = JSON.parse(
    (await ok(["route", "--sql", "select count(*) from half join wards using (id)", "--output", "json"], work.path))
      .stdout,
  ) as { engine: string; rule: string; inputs: { name: string; lives_on: string; rows: number }[] };
  expect(query).toMatchObject({ engine: "trino", rule: "iceberg" });
  expect(query.inputs.map(({ name, lives_on, rows: count }) => [name, lives_on, count])).toEqual([
    ["half", "iceberg", 3],
    ["wards", "iceberg", 3],
  ]);
});

test("a view that goes back to the other engine is read there: its copy is left out, and its tests go along", async () => {
  using work = temporaryFolder();
  project(
    work.path,
    {},
    {
      "seeds/wards.csv": MODELS["seeds/wards.csv"] ?? "",
      "models/staging/stg_foreign.sql": "select approx_distinct(id) as n from {{ ref('wards') }}",
      "models/reader.sql": "{{ config(materialized='table', engine='trino') }} select n from {{ ref('stg_foreign') }}",
      "models/schema.yml": "models: [{name: stg_foreign, columns: [{name: n, data_tests: [not_null]}]}]",
    },
  );
  const planned = JSON.parse((await ok(["plan", "--output", "json"], work.path)).stdout) as RunPlan;
  expect(planned.transfers.map(({ relation }) => relation)).toEqual(["model.ward.stg_foreign"]);
  const ran = await ok(["build"], work.path);
  expect(ran.stdout).toContain("stg_foreign falls back from duckdb to trino (Catalog Error): Catalog Error: ");
  expect(ran.stdout).not.toContain("moved transfer of stg_foreign");
  expect(ran.stdout).toContain("PASS not_null_stg_foreign_n on trino");
  expect(await rows("select n from $S.reader")).toEqual([[3]]);
});
