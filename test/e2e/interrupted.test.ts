import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { finished, run, start, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

async function query(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJS();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

const ROWS = 300_000;
const big = (version: number): string =>
  `select range as id, ${String(version)} as version, md5(range::varchar) as text from range(${String(ROWS)})`;

test("a build killed at many points loses no table, and the next one heals everything", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "shop.duckdb");
  const files = (version: number): Record<string, string> => ({
    "models/big.sql": big(version),
    "models/child.sql": "select id, version from {{ ref('big') }}",
    "models/grows.sql":
      "{{ config(materialized='incremental', unique_key='id') }}select id, version from {{ ref('big') }}",
    "models/seen.sql": "{{ config(materialized='view') }}select count(*) as n from {{ ref('child') }}",
  });
  writeProject(folder.path, files(0));
  const started = performance.now();
  expect((await run(["run"], folder.path)).code).toBe(0);
  const whole = performance.now() - started;
  const points = 14;
  for (let point = 1; point <= points; point++) {
    writeProject(folder.path, files(point));
    const child = start(["run"], folder.path);
    const ended = finished(child);
    // The kill is spread over the length of a whole run, from its start to about its end.
    const timer = setTimeout(() => child.kill("SIGKILL"), (whole * point) / points);
    await ended;
    clearTimeout(timer);
    for (const table of ["big", "child", "grows"]) {
      const [[rows, versions]] = (await query(
        path,
        `select count(*)::int, count(distinct version)::int from ${table}`,
      )) as [[number, number]];
      expect({ point, table, rows, versions }).toEqual({ point, table, rows: ROWS, versions: 1 });
    }
  }
  expect((await run(["run"], folder.path)).code).toBe(0);
  const left = await query(
    path,
    "select table_name::varchar from duckdb_tables() union all select view_name from duckdb_views() where not internal order by 1",
  );
  expect(left.flat()).toEqual(["big", "child", "grows", "seen"]);
});

test("a model that fails half-way leaves the table of the run before", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select range as id from range(10)" });
  expect((await run(["run"], folder.path)).code).toBe(0);
  writeFileSync(
    join(folder.path, "models/a.sql"),
    "select case when range > 90000 then error('late') else range end as id from range(100000)",
  );
  expect((await run(["run"], folder.path)).code).toBe(1);
  expect(await query(join(folder.path, "shop.duckdb"), "select count(*)::int from a")).toEqual([[10]]);
});

test("Ctrl-C stops the running statement and says what was left out", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/slow.sql": "select sum(a.range * b.range) as n from range(10000000) as a, range(100000) as b",
    "models/after.sql": "select * from {{ ref('slow') }}",
  });
  const child = start(["run"], folder.path);
  const ended = finished(child);
  child.stdout?.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes("START sql table model main.slow")) child.kill("SIGINT");
  });
  const ran = await ended;
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("ERROR creating sql table model main.slow");
  expect(ran.stdout).toContain("SKIP relation main.after");
});

test("a reader that goes away early is no failure", async () => {
  using folder = temporaryFolder();
  writeProject(
    folder.path,
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`models/m${String(index)}.sql`, "select 1 as id"])),
  );
  const child = start(["ls"], folder.path);
  child.stdout?.destroy();
  const ran = await finished(child);
  expect(ran.code).toBe(0);
  expect(ran.stderr).not.toContain("EPIPE");
});
