import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunPlan } from "../../src/contracts/plan.ts";
import type { Decision } from "../../src/contracts/routing.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { twoEngines } from "../support/two-engines.ts";

const BEDS = {
  "data/beds.csv": "id\n1\n2\n",
  "models/sources.yml":
    "sources: [{name: files, config: {meta: {external_location: \"read_csv('data/{name}.csv')\"}}, tables: [{name: beds}]}]",
};

function project(folder: string, files: Record<string, string>): void {
  twoEngines(folder, { ...BEDS, ...files });
}

test("what cannot be placed is listed by plan, fails a strict one, and keeps a run from starting", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/good.sql": "select id from {{ source('files', 'beds') }}",
    "models/bad.sql": "{{ config(engine='trino') }} select id from {{ source('files', 'beds') }}",
    "models/worse.sql": "{{ config(engine='spark') }} select id from {{ ref('good') }}",
  });
  const ran = await run(["plan", "--output", "json"], work.path);
  const plan = JSON.parse(ran.stdout) as RunPlan;
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain("trino does not answer");
  expect(plan.refusals.map(({ code, file, message }) => [code, file, message])).toEqual([
    [
      "DH1510",
      "models/bad.sql",
      "model.ward.bad cannot be placed: its config says engine: trino, but files.beds is a file, which trino does not read",
    ],
    [
      "DH1510",
      "models/worse.sql",
      "model.ward.worse cannot be placed: its config says engine: spark, which is none of the target's engines (trino, duckdb)",
    ],
  ]);
  expect((await run(["plan", "--strict"], work.path)).code).toBe(1);
  const build = await run(["build"], work.path);
  expect([build.code, build.stdout]).toEqual([2, expect.stringContaining("2 problems found; nothing was run")]);
});

test("a plan in JSON has every key that others rely on", async () => {
  using work = temporaryFolder();
  project(work.path, { "models/good.sql": "select count(*) as n from {{ source('files', 'beds') }}" });
  const plan = JSON.parse((await run(["plan", "--output", "json"], work.path)).stdout) as RunPlan;
  const [step] = plan.steps;
  expect(Object.keys(plan).sort()).toEqual(
    ["engines", "refusals", "schema_version", "steps", "summary", "target", "transfers"].sort(),
  );
  expect(Object.keys(step ?? {}).sort()).toEqual(
    ["decision", "depends_on", "engine", "est_rows", "id", "kind", "stored_in", "unique_id"].sort(),
  );
  const decision = step?.decision as Decision;
  expect(decision).toEqual({
    node: "model.ward.good",
    engine: "duckdb",
    rule: "only-engine",
    reason: expect.stringContaining("files.beds is a file") as unknown,
    policy: "rules",
    overruled: null,
    translated_from: null,
    shape: expect.objectContaining({ known: true, aggregates: 1, joined_tables: 1 }) as unknown,
    estimate: { rows: null, bytes: null, source: "unknown" },
    inputs: [
      {
        name: "files.beds",
        unique_id: "source.ward.files.beds",
        lives_on: "file",
        format: "file",
        rows: null,
        bytes: null,
      },
    ],
    alternatives: [
      {
        engine: "trino",
        possible: false,
        reason: "files.beds is a file, which trino does not read",
        needs_transfer: true,
      },
    ],
    hazards: [],
  });
  const built = await run(["build"], work.path);
  expect(built.code, built.stdout).toBe(0);
  const empty = await run(["route"], work.path);
  expect([empty.code, empty.stderr + empty.stdout]).toEqual([2, expect.stringContaining("DH1706")]);
  const log = JSON.parse((await run(["routing-log", "--output", "json"], work.path)).stdout) as object[];
  expect(Object.keys(log[0] ?? {}).sort()).toEqual(
    [
      ...Object.keys(decision),
      ...["run_id", "invoked_at", "status", "duration_ms", "queue_ms", "rows", "bytes", "query_id", "fallback"],
    ].sort(),
  );
  await run(["routing-log", "--reset"], work.path);
  expect((await run(["routing-log", "--output", "json"], work.path)).stdout.trim()).toBe("[]");
});

test("what a text will be only when it runs keeps it where it is safe", async () => {
  using work = temporaryFolder();
  const beds = "{{ source('files', 'beds') }}";
  project(work.path, {
    "models/sources.yml":
      "sources: [{name: files, schema: main, config: {meta: {external_location: \"{{ 'data/beds.csv' if target.type == 'duckdb' else none }}\"}}, tables: [{name: beds}]}]",
    "models/plain.sql": "select 1 as id",
    "models/grows.sql":
      "{{ config(materialized='incremental') }} select 1 as id {% if is_incremental() %} where 1 > (select max(id) / 2 from {{ this }}) {% endif %}",
    "models/grows_portably.sql":
      "{{ config(materialized='incremental') }} select 1 as id {% if is_incremental() %} where 1 > (select max(id) from {{ this }}) {% endif %}",
    "models/asks.sql": "{% set n = run_query('select 7').columns[0] if execute else [] %} select {{ n | length }} as n",
    "models/looks.sql": "select {{ 1 if adapter.get_relation('a', 'b', 'c') else 2 }} as n",
    "models/looks_portably.sql":
      "{{ config(dialect='portable') }} select {{ 1 if adapter.get_relation('a', 'b', 'c') else 2 }} as n",
    "models/reads.sql": `select id from ${beds}`,
  });
  const ran = await run(["route", "--select", "*", "--output", "json"], work.path);
  const decisions = JSON.parse(ran.stdout) as Decision[];
  const told = new Map<string, string[]>();
  for (const { node, rule, hazards } of decisions)
    told.set(node.split(".").at(-1) ?? "", [rule, ...hazards.map(({ code }) => code)]);
  expect(Object.fromEntries(told)).toMatchObject({
    plain: ["only-engine"],
    grows: ["dialect", "DH7001"],
    grows_portably: ["only-engine"],
    asks: ["dialect", "DH7004"],
    looks: ["dialect", "DH7004"],
    looks_portably: ["only-engine"],
  });
});

test("what is deferred is where the state has it: nothing is copied for readers that can read it there", async () => {
  using work = temporaryFolder();
  const FILES = {
    ...BEDS,
    "models/beds.sql": "{{ config(materialized='table') }} select id from {{ source('files', 'beds') }}",
    "models/seen.sql": "{{ config(materialized='view') }} select id + 10 as id from {{ ref('beds') }}",
    "models/wards.sql":
      "{{ config(materialized='table', dialect='duckdb') }} select id from {{ ref('beds') }} union all select id from {{ ref('seen') }}",
  };
  const attach = [{ path: "base.duckdb", alias: "base", read_only: true }];
  twoEngines(work.path, FILES, {}, { duckdb: { attach }, outputs: { base: { type: "duckdb", path: "base.duckdb" } } });
  const ok = async (...args: string[]): Promise<string> => {
    const ran = await run(args, work.path);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    return ran.stdout;
  };
  await ok("build", "--target", "base");
  cpSync(join(work.path, "target", "manifest.json"), join(work.path, "state", "manifest.json"));
  const deferring = ["-s", "wards", "--defer", "--state", "state"];
  const plan = JSON.parse(await ok("plan", ...deferring, "--output", "json")) as RunPlan;
  expect(plan.steps.map((step) => [step.unique_id, step.engine])).toEqual([["model.ward.wards", "duckdb"]]);
  const [wards] = JSON.parse(await ok("route", ...deferring, "--output", "json")) as Decision[];
  // A view is taken to be as large as what it reads.
  expect(wards?.inputs.map(({ name, rows }) => [name, rows])).toEqual([
    ["beds", 2],
    ["seen", 2],
  ]);
  await ok("run", ...deferring);
  const shown = await ok("show", "--inline", "from wards order by id", "--output", "json", "-q");
  expect((JSON.parse(shown) as { show: unknown }).show).toEqual([1, 2, 11, 12].map((id) => ({ id })));
});

test("a Python model runs beside DuckDB, whatever the default engine is", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/beds.sql": "select id from {{ source('files', 'beds') }}",
    "models/looked_at.py": "def model(dbt, con):\n    return dbt.ref('beds')\n",
    "models/elsewhere.py": "def model(dbt, con):\n    dbt.config(engine='trino')\n    return dbt.ref('beds')\n",
  });
  const plan = JSON.parse((await run(["plan", "--output", "json"], work.path)).stdout) as RunPlan;
  const step = plan.steps.find(({ unique_id: id }) => id === "model.ward.looked_at");
  expect([step?.engine, step?.decision?.rule, step?.decision?.reason]).toEqual([
    "duckdb",
    "only-engine",
    "a Python model runs beside duckdb",
  ]);
  expect(plan.refusals.map(({ message }) => message)).toEqual([
    "model.ward.elsewhere cannot be placed: its config says engine: trino, but a Python model runs beside duckdb",
  ]);
});
