import { tableFromIPC } from "apache-arrow";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Decision } from "../../src/contracts/routing.ts";
import type { RoutedRun } from "../../src/7-artifacts/routing-log.ts";
import { twoEngines } from "../support/two-engines.ts";
import { finished, ROOT, run, start, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const work = temporaryFolder();

beforeAll(async () => {
  writeProject(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({
      ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "ward.duckdb", schema: "health" } } },
    }),
    "data/visits.csv": "ward_id,visits\n1,10\n2,20\n",
    "seeds/wards.csv": "id,name\n1,north\n2,\n",
    "models/sources.yml": `sources:
  - {name: files, config: {meta: {external_location: "read_csv('data/{name}.csv')"}}, tables: [{name: visits}]}
  - {name: old, schema: health, tables: [{name: beds, identifier: beds_1}]}
  - {name: new, schema: health, tables: [{name: beds, identifier: wards}]}`,
    "models/renamed.sql":
      "{{ config(materialized='table', alias='other_name', schema='x') }} select * from {{ ref('wards') }}",
  });
  const built = await run(["build"], work.path);
  expect(built.code, built.stdout).toBe(0);
});

afterAll(() => {
  work[Symbol.dispose]();
});

const query = (...args: string[]): Promise<Ran> => run(["query", ...args], work.path);

async function csv(sql: string): Promise<string> {
  const ran = await query(sql, "--format", "csv");
  expect(ran.code, ran.stderr).toBe(0);
  return ran.stdout;
}

test("tables are found by every name that they have, and columns by the name that was written", async () => {
  expect(await csv("select wards.id, name from wards order by 1")).toBe("id,name\n1,north\n2,\n");
  for (const name of [
    "renamed",
    "model.ward.renamed",
    "other_name",
    "health_x.other_name",
    "ward.health_x.other_name",
    "duckdb.renamed",
  ])
    expect(await csv(`select count(*) as n from ${name}`)).toBe("n\n2\n");
  expect(await csv("select renamed.id from renamed where renamed.name = 'north'")).toBe("id\n1\n");
  expect(await csv("select sum(visits.visits) n from source.ward.files.visits")).toBe("n\n30\n");
  expect(await csv("with wards as (select 5 as id) select wards.id from wards -- from renamed")).toBe("id\n5\n");
  expect(await csv("select 'from renamed' as a, (select max(w.id) from wards w) as b")).toBe("a,b\nfrom renamed,2\n");
});

test("a name that may mean several things is an error that lists them", async () => {
  const ran = await query("select * from beds");
  expect([ran.code, ran.stdout, ran.stderr]).toEqual([
    2,
    "",
    expect.stringContaining("The name beds may mean source.ward.new.beds or source.ward.old.beds"),
  ]);
  expect((await query("select * from source.ward.new.beds")).code).toBe(0);
});

test("JSON holds columns, rows, count and decision; a limit says what it left out", async () => {
  const ran = await query(
    "select i, i::decimal(9, 1) as d, date '2026-01-01' as t from range(5) t(i)",
    "--format",
    "json",
    "--limit",
    "2",
  );
  const { decision, duration_ms: duration, ...json } = JSON.parse(ran.stdout) as Record<string, unknown>;
  expect(json).toEqual({
    schema_version: 1,
    columns: [
      { name: "i", type: "int64" },
      { name: "d", type: "decimal128(9, 1)" },
      { name: "t", type: "date32[day]" },
    ],
    rows: [
      ["0", "0.0", "2026-01-01"],
      ["1", "1.0", "2026-01-01"],
    ],
    row_count: 2,
    truncated: true,
  });
  expect([decision, typeof duration]).toEqual([
    expect.objectContaining({ engine: "duckdb", rule: "only-engine" }),
    "number",
  ]);
});

test("a table has 1,000 rows unless the limit says otherwise", async () => {
  const lines = async (...more: string[]) =>
    (await query("from range(2000)", ...more)).stdout.trim().split("\n").length - 2;
  expect([await lines(), await lines("--limit", "-1"), await lines("--limit", "3")]).toEqual([1000, 2000, 3]);
});

/** Whatever the caller's environment says, the profile is the project's. */
const ENV = { ...process.env, DBT_PROFILES_DIR: "." };

test("an Arrow stream goes to standard output, whole", () => {
  const program = join(ROOT, "bin", "duckhouse-dbt.js");
  const args = [program, "query", "select i, 'row ' || i as t from range(150000) t(i)", "--format", "arrow"];
  const { stdout } = spawnSync(process.execPath, args, { cwd: work.path, env: ENV, maxBuffer: 1 << 30 });
  const table = tableFromIPC(stdout);
  expect([table.numRows, table.getChild("t")?.get(149_999) as unknown]).toEqual([150_000, "row 149999"]);
});

test("SQL may come from standard input, and --explain runs nothing", async () => {
  const program = join(ROOT, "bin", "duckhouse-dbt.js");
  const piped = spawnSync(process.execPath, [program, "query", "-", "--format", "csv"], {
    cwd: work.path,
    env: ENV,
    input: "select 7 as a",
  });
  expect(piped.stdout.toString()).toBe("a\n7\n");
  const explained = await query("create table made as select 1 as a from wards", "--explain", "--format", "json");
  expect(JSON.parse(explained.stdout)).toMatchObject({
    engine: "duckdb",
    inputs: [{ name: "made" }, { name: "wards", unique_id: "seed.ward.wards" }],
  });
  expect((await query("select * from made")).code).toBe(1);
});

test("a query that fails ends with 1 and its place, wrong usage with 2", async () => {
  const late = await query(
    "select case when i = 400000 then error('boom') else i end from range(500000) t(i)",
    "--format",
    "csv",
  );
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining("boom")]);
  const wrong = await query("select id,\n  nope from renamed");
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/DH1804.*2:3/s)]);
  expect((await query("select 1", "--engine", "trino")).code).toBe(2);
  expect((await query("select 1", "--format", "xml")).code).toBe(2);
  expect((await query("   ")).code).toBe(2);
});

test("a signal ends the query", async () => {
  const child = start(["query", "select i from range(100000000000) t(i)", "--format", "csv"], work.path);
  child.stdout?.once("data", () => child.kill("SIGTERM"));
  const ran = await finished(child);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("Interrupted")]);
});

test("on a target of several engines the routing log has every query, and how it ended", async () => {
  using folder = temporaryFolder();
  twoEngines(folder.path, { "models/a.sql": "select 1 as id" }, { fallback: false });
  await run(["query", "select 1 as a\nunion all select 2"], folder.path);
  await run(["query", "--engine", "duckdb", "select * from nowhere"], folder.path);
  const log = JSON.parse((await run(["routing-log", "--output", "json"], folder.path)).stdout) as RoutedRun[];
  expect(log).toMatchObject([
    {
      node: "",
      engine: "duckdb",
      status: "success",
      rows: 2,
      fallback: null,
      sql: "select 1 as a\nunion all select 2",
    },
    { node: "", engine: "duckdb", rule: "config", status: "error", rows: null, sql: "select * from nowhere" },
  ]);
  expect(new Set(log.map((entry) => entry.run_id)).size).toBe(2);
  expect((await run(["routing-log", "--last"], folder.path)).stdout).toMatch(/select \* from nowhere +duckdb +error/);
});

test("what writes into a database that one engine knows by its name runs there", async () => {
  using folder = temporaryFolder();
  twoEngines(folder.path, { "models/a.sql": "select 1 as id" });
  const decide = async (sql: string): Promise<Decision> => {
    const ran = await run(["query", sql, "--explain", "--format", "json"], folder.path);
    expect(ran.code, ran.stderr).toBe(0);
    return JSON.parse(ran.stdout) as Decision;
  };
  const created = { engine: "duckdb", rule: "only-engine", reason: "trino has no database a" };
  expect(await decide("create table a.main.t as select 1 as id")).toMatchObject(created);
  const dropped = { rule: "only-engine", alternatives: [{ possible: false }] };
  expect(await decide("drop schema a.gone")).toMatchObject({ ...created, ...dropped });
});
