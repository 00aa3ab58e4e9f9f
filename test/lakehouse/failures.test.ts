import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { icebergCatalog } from "../../src/lakehouse/services.ts";
import { faultyProxy, type FaultyProxy } from "../support/faulty-proxy.ts";
import { trinoPort, trinoRows } from "../support/lakehouse.ts";
import { OwnTrino, until } from "../support/own-trino.ts";
import { finished, run, start, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

// A Trino of this file's own, on the catalog and storage of the shared lakehouse; proxies between them break on demand.
const trino = new OwnTrino();
const SCHEMA = `failures_${String(process.pid)}`;
let catalog: FaultyProxy;
let storage: FaultyProxy;

beforeAll(async () => {
  const shared = inject("lakehouse");
  catalog = await faultyProxy(shared.catalog?.url ?? "");
  storage = await faultyProxy(shared.storage?.url ?? "");
  await trino.prepare({ lake: icebergCatalog(catalog.url, storage.url), tpch: { "connector.name": "tpch" } });
  await trino.start();
});

afterEach(() => {
  catalog.fault = () => "pass";
  storage.fault = () => "pass";
});

afterAll(async () => {
  await trino.remove();
  await catalog.stop();
  await storage.stop();
  for (const [name, kind] of await trinoRows(
    `select table_name, table_type from information_schema.tables where table_schema = '${SCHEMA}'`,
  ))
    await trinoRows(`drop ${kind === "VIEW" ? "view" : "table"} ${SCHEMA}."${String(name)}"`);
  await trinoRows(`drop schema if exists ${SCHEMA}`);
});

/** Target `own` is the Trino that breaks; `shared`, which is warm, prepares what is there before. */
function project(folder: string, models: Record<string, string>): void {
  const output = (port: number): string =>
    `{ type: trino, host: 127.0.0.1, port: ${String(port)}, user: nurse, catalog: lake, schema: ${SCHEMA}, threads: 1 }`;
  writeProject(folder, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\nmodels:\n  +materialized: table\n",
    "profiles.yml": `ward:\n  target: own\n  outputs:\n    own: ${output(trino.port)}\n    shared: ${output(trinoPort())}\n`,
    ...Object.fromEntries(Object.entries(models).map(([name, sql]) => [`models/${name}.sql`, sql])),
  });
}

async function prepared(folder: string, models: Record<string, string>): Promise<void> {
  project(folder, models);
  const { code, stdout } = await run(["run", "--target", "shared", "--vars", "version: 1"], folder);
  expect(code, stdout).toBe(0);
}

const rowsOf = (table: string): Promise<readonly (readonly unknown[])[]> =>
  trinoRows(`select * from ${SCHEMA}.${table} order by 1`);

/** What a broken run left beside the tables. */
async function leftovers(): Promise<unknown[]> {
  const names = await trinoRows(`show tables from ${SCHEMA}`);
  return names.flat().filter((name) => String(name).includes("__dbt"));
}

/** Ends within the time, or the test fails: a run must not hang. */
async function inTime(ms: number, ran: Promise<Ran>): Promise<Ran> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the program still ran after ${String(ms)} ms`)), ms);
  });
  return Promise.race([ran, late]).finally(() => clearTimeout(timer));
}

const again = (folder: string): Promise<Ran> => inTime(60_000, run(["run", "--vars", "version: 2"], folder));

const KEPT = { kept: "select {{ var('version') }} as version" };

test("a catalog server that is down ends the command with Trino's words, and the table stays", async () => {
  using work = temporaryFolder();
  await prepared(work.path, KEPT);
  await catalog.stop();
  const down = await again(work.path).finally(() => catalog.start());
  expect(down.code).toBe(2);
  expect(down.stdout).toMatch(/Error DH2004\n.*[A-Z_]+_ERROR: .*Cause: .*refused/);
  expect(down.stdout).not.toContain("bug in this program");
  expect(await rowsOf("kept")).toEqual([[1]]);
});

test("a catalog server that takes no commit fails the node, and the table stays", async () => {
  using work = temporaryFolder();
  await prepared(work.path, KEPT);
  catalog.fault = (method) => (method === "POST" ? 500 : "pass");
  const refused = await again(work.path);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/ICEBERG_CATALOG_ERROR: Failed to create transaction \(query \d{8}_/);
  expect(refused.stdout).toContain("Done. PASS=0 WARN=0 ERROR=1 SKIP=0");
  expect([await rowsOf("kept"), await leftovers()]).toEqual([[[1]], []]);
});

test("a storage that takes nothing fails the node with the cause, and the table stays whole", async () => {
  using work = temporaryFolder();
  await prepared(work.path, KEPT);
  storage.fault = (method) => (method === "PUT" || method === "POST" ? 403 : "pass");
  const refused = await again(work.path);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/HIVE_WRITER_CLOSE_ERROR: .* Cause: .*Status Code: 403/);
  expect([await rowsOf("kept"), await leftovers()]).toEqual([[[1]], []]);
});

const MERGED = {
  merged: `{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }}
select * from (values (1, 'a{{ var('version') }}'), (2, 'b{{ var('version') }}')) as t (id, name)`,
};

/** Another writer commits when our first commit is on its way. */
function otherWriter(sql: string): void {
  let commits = 0;
  catalog.fault = (method, path) => {
    if (method !== "POST" || !path.endsWith("/tables/merged") || ++commits > 1) return "pass";
    return trinoRows(sql).then(() => "pass");
  };
}

test("a merge beside another writer's new rows keeps both", async () => {
  using work = temporaryFolder();
  await prepared(work.path, MERGED);
  otherWriter(`insert into ${SCHEMA}.merged values (3, 'theirs')`);
  const merged = await again(work.path);
  expect(merged.code, merged.stdout).toBe(0);
  expect(await rowsOf("merged")).toEqual([
    [1, "a2"],
    [2, "b2"],
    [3, "theirs"],
  ]);
});

test("a merge of rows that another writer changed meanwhile fails whole, and a second run succeeds", async () => {
  using work = temporaryFolder();
  await prepared(work.path, MERGED);
  await trinoRows(`delete from ${SCHEMA}.merged where id = 3`);
  otherWriter(`update ${SCHEMA}.merged set name = 'theirs' where id = 1`);
  const conflict = await again(work.path);
  expect(conflict.code).toBe(1);
  expect(conflict.stdout).toMatch(/ICEBERG_COMMIT_ERROR: .*Found conflicting files/);
  expect(conflict.stdout).toContain("hint: Another writer changed the table meanwhile");
  expect(await rowsOf("merged")).toEqual([
    [1, "theirs"],
    [2, "b1"],
  ]);
  const second = await again(work.path);
  expect(second.code, second.stdout).toBe(0);
  expect([await rowsOf("merged"), await leftovers()]).toEqual([
    [
      [1, "a2"],
      [2, "b2"],
    ],
    [],
  ]);
});

test("Trino killed in the middle of a run: a clear end, nothing written twice, and the next run heals", async () => {
  using work = temporaryFolder();
  const slow = "select 2 as id from tpch.sf100.lineitem a cross join tpch.sf100.lineitem b having count(*) > 0";
  await prepared(work.path, {
    a_grows: `{{ config(materialized='incremental') }}
{% if not is_incremental() %}select 1 as id{% elif var('slow', false) %}${slow}{% else %}select 2 as id{% endif %}`,
    b_child: "select count(*) as n from {{ ref('a_grows') }}",
    c_other: "select {{ var('version') }} as version",
  });
  const child = start(["run", "--vars", "{version: 2, slow: true}"], work.path);
  const ended = finished(child);
  const running = `select query_id from system.runtime.queries where state = 'RUNNING' and query like '/*%insert into%${SCHEMA}%a_grows%'`;
  await until("the INSERT runs", 60_000, async () => {
    expect(child.exitCode).toBeNull();
    return (await trinoRows(running, trino.port)).length > 0;
  });
  await trino.kill();
  const broken = await inTime(30_000, ended);
  expect(broken.code).toBe(1);
  const gone = `Could not reach http://127.0.0.1:${String(trino.port)}: ECONN`;
  expect(broken.stdout).toContain(gone);
  expect(broken.stdout).toContain(
    "The server ended or was restarted, and the query with it. Run again when it answers.",
  );
  expect(broken.stdout).toMatch(/SKIP relation \S+\.b_child/);
  expect(broken.stdout).toMatch(/ERROR creating sql table model \S+\.c_other/);
  expect(broken.stdout).toContain("Done. PASS=0 WARN=0 ERROR=2 SKIP=1");

  const down = await again(work.path);
  expect(down.code).toBe(2);
  expect(down.stdout.match(/Error /g)).toHaveLength(1);
  expect(down.stdout).toContain(`${gone}REFUSED`);
  expect(down.stdout).toContain("hint: Does Trino run there? `host` and `port` of the profile say where to look.");
  expect([await rowsOf("a_grows"), await rowsOf("c_other")]).toEqual([[[1]], [[1]]]);

  await trino.start();
  const healed = await again(work.path);
  expect(healed.code, healed.stdout).toBe(0);
  expect(await rowsOf("a_grows")).toEqual([[1], [2]]);
  expect([await rowsOf("b_child"), await rowsOf("c_other")]).toEqual([[[2]], [[2]]]);
  expect(await leftovers()).toEqual([]);
});
