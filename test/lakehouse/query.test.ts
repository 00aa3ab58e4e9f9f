import { tableFromIPC } from "apache-arrow";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Decision } from "../../src/contracts/routing.ts";
import { dropSchema, lakeProject, trinoPort, trinoRows } from "../support/lakehouse.ts";
import { ROOT, run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const SCHEMA = `query_${String(process.pid)}`;
const work = temporaryFolder();

const FILES: Record<string, string> = {
  "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
  "data/visits.csv": "ward_id,visits\n1,10\n2,20\n",
  "models/sources.yml":
    "sources: [{name: files, config: {meta: {external_location: \"read_csv('data/{name}.csv')\"}}, tables: [{name: visits}]}]",
  "models/local_wards.sql":
    "{{ config(materialized='table', engine='duckdb') }} select 1 as id, 'north' as name, 5::tinyint as floor union all select 2, 'south', null",
  "models/beds.sql":
    "{{ config(materialized='table', engine='trino') }} select w as ward_id, b as bed from unnest(sequence(1, 3)) as t (w) cross join unnest(sequence(1, 10)) as u (b)",
  "models/bed_counts.sql":
    "{{ config(materialized='view', engine='trino') }} select ward_id, count(*) as beds from {{ ref('beds') }} group by ward_id",
};

beforeAll(async () => {
  const { storage } = inject("lakehouse");
  const endpoint = storage?.url.replace(/^https?:\/\//, "");
  const login = { key_id: storage?.key, secret: storage?.secret, region: "us-east-1", use_ssl: false };
  const secrets = [{ type: "s3", ...login, endpoint, url_style: "path" }];
  const trino = { host: "127.0.0.1", port: trinoPort(), user: "nurse", catalog: "lake", schema: SCHEMA };
  const engines = { duckdb: { path: "local.duckdb", secrets }, trino };
  const prod = { type: "duckhouse", default_engine: "trino", catalog: "pond", threads: 2, engines };
  const { "catalogs.yml": catalogs = "" } = lakeProject(SCHEMA);
  const profiles = JSON.stringify({
    ward: { target: "prod", outputs: { prod, alone: { type: "trino", ...trino } } },
  });
  writeProject(work.path, { ...FILES, "catalogs.yml": catalogs, "profiles.yml": profiles });
  const built = await run(["build"], work.path);
  expect(built.code, built.stdout).toBe(0);
});

afterAll(async () => {
  work[Symbol.dispose]();
  await dropSchema(SCHEMA);
});

interface Answer {
  readonly rows: unknown[][];
  readonly columns: { name: string; type: string }[];
  readonly decision: Decision;
}

async function ask(sql: string, ...more: string[]): Promise<Answer & { engine: string; rule: string }> {
  const ran = await run(["query", sql, "--format", "json", ...more], work.path);
  expect(ran.code, ran.stderr).toBe(0);
  const answer = JSON.parse(ran.stdout) as Answer;
  return { ...answer, engine: answer.decision.engine, rule: answer.decision.rule };
}

async function copies(): Promise<unknown> {
  return trinoRows(
    "select table_name from information_schema.tables where table_schema = 'duckhouse_transfers' and table_name like 'query_%'",
  );
}

test("a query runs where its tables are, by the rules", async () => {
  expect(await ask("select id, name from local_wards order by id limit 100")).toMatchObject({
    ...{ engine: "duckdb", rule: "local-tables" },
    rows: [
      [1, "north"],
      [2, "south"],
    ],
  });
  expect(await ask("select count(*) as n from beds")).toMatchObject({
    engine: "trino",
    rule: "iceberg",
    rows: [["30"]],
  });
  const low = await ask("select count(*) as n from model.ward.beds", "--latency", "low");
  expect(low).toMatchObject({ engine: "duckdb", rule: "latency", rows: [["30"]] });
  expect(await ask("select max(beds.bed) from beds", "--engine", "duckdb")).toMatchObject({
    engine: "duckdb",
    rows: [["10"]],
  });
  expect(await ask("select sum(visits) as n from source.ward.files.visits")).toMatchObject({
    engine: "duckdb",
    rule: "only-engine",
  });
  expect(await ask(`select count(*) from lake.${SCHEMA}.beds where bed = 1`)).toMatchObject({
    engine: "trino",
    rows: [["3"]],
  });
});

test("a query over tables of both engines moves the smaller side, and leaves nothing behind", async () => {
  const sql =
    "select name, beds, local_wards.floor from local_wards join bed_counts on ward_id = id where bed_counts.beds > 1 order by 1";
  const rows = [
    ["north", "10", 5],
    ["south", "10", null],
  ];
  const before = await copies();
  const trino = await ask(sql, "--engine", "trino");
  const duckdb = await ask(sql, "--engine", "duckdb");
  expect([trino.engine, trino.rows, duckdb.engine, duckdb.rows]).toEqual(["trino", rows, "duckdb", rows]);
  const files = await ask("select sum(visits) as n from visits join bed_counts using (ward_id)");
  expect([files.engine, files.rows]).toEqual(["duckdb", [["30"]]]);
  expect(await copies()).toEqual(before);
});

test("one shape of result whatever ran it", async () => {
  const sql =
    "select cast(1 as bigint) as a, cast(2.50 as decimal(10, 2)) as b, timestamp '2026-01-02 03:04:05.123456' as c, date '1969-12-31' as d, cast(null as varchar) as e, true as f";
  const [one, other] = [await ask(sql, "--engine", "trino"), await ask(sql, "--engine", "duckdb")];
  expect(one.rows).toEqual([["1", "2.50", "2026-01-02T03:04:05.123456", "1969-12-31", null, true]]);
  expect([one.columns, one.rows]).toEqual([other.columns, other.rows]);
});

test("Trino's own types, exactly", async () => {
  const sql = `select array[1, null] as a, map(array['k'], array[x'00ff']) as b, cast(row(1, 'x') as row(n bigint, t varchar)) as c,
    timestamp '2026-07-01 10:00:00.123456789' as d, timestamp '2026-07-01 10:00:00 Europe/Berlin' as e, interval '1' day as f,
    interval '14' month as g, uuid '5a1f3a9e-0a52-4d3c-9a63-2e8b0c1d2e3f' as h, 9007199254740993 as i, nan() as j, time '10:00:00.5' as k`;
  const { rows, columns } = await ask(sql, "--target", "alone");
  expect(rows).toEqual([
    [
      ...[[1, null], [["k", "00ff"]], { n: "1", t: "x" }, "2026-07-01T10:00:00.123456789", "2026-07-01T08:00:00+00:00"],
      ...["P1D", "P14M", "5a1f3a9e-0a52-4d3c-9a63-2e8b0c1d2e3f", "9007199254740993", "NaN", "10:00:00.500000"],
    ],
  ]);
  expect(columns.map(({ type }) => type)).toEqual([
    ...["list<item: int32>", "map<string, binary>", "struct<n: int64, t: string>", "timestamp[ns]"],
    ...["timestamp[us, tz=UTC]", "month_day_nano_interval", "month_day_nano_interval", "string", "int64", "double"],
    "time64[us]",
  ]);
});

test("a result as an Arrow stream", () => {
  const program = join(ROOT, "bin", "duckhouse-dbt.js");
  const args = [program, "query", "select ward_id, bed from beds order by 1, 2", "--format", "arrow", "--limit", "12"];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: work.path,
    env: { ...process.env, DBT_PROFILES_DIR: "." },
  });
  const table = tableFromIPC(stdout);
  expect([table.numRows, table.getChild("bed")?.toJSON()]).toEqual([
    12,
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2].map(BigInt),
  ]);
});

test("what the engine refuses has its place in the text as it was written", async () => {
  const refused = (sql: string): Promise<Ran> => run(["query", sql, "--log-format", "json"], work.path);
  const ran = await refused("select bed from beds\nwhere beds.bed = 1 and nope = 2");
  expect([ran.code, ran.stdout + ran.stderr]).toEqual([1, expect.stringContaining("nope")]);
  expect(ran.stdout + ran.stderr).toMatch(/line":\s*2/);
});
