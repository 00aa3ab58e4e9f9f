import { connect, createServer, type AddressInfo } from "node:net";
import { tableFromArrays, type Table } from "apache-arrow";
import { afterAll, expect, inject, test } from "vitest";
import { FlightClient } from "../support/flight-client.ts";
import { ended, serve } from "../support/flight-server.ts";
import { dropSchema, lakeProject, trinoPort, trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const SCHEMA = `serve_${String(process.pid)}`;

afterAll(() => dropSchema(SCHEMA));

function rows(count: number, from = 0): Table {
  return tableFromArrays({ id: Int32Array.from({ length: count }, (_, index) => from + index) });
}

function project(path: string, port: number): void {
  const { storage } = inject("lakehouse");
  const endpoint = storage?.url.replace(/^https?:\/\//, "");
  const login = { key_id: storage?.key, secret: storage?.secret, region: "us-east-1", use_ssl: false };
  const secrets = [{ type: "s3", ...login, endpoint, url_style: "path" }];
  const trino = { host: "127.0.0.1", port, user: "nurse", catalog: "lake", schema: SCHEMA };
  const engines = { duckdb: { path: "local.duckdb", secrets }, trino };
  const prod = { type: "duckhouse", default_engine: "trino", catalog: "pond", threads: 2, engines };
  const { "catalogs.yml": catalogs = "" } = lakeProject(SCHEMA);
  writeProject(path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({ ward: { target: "prod", outputs: { prod } } }),
    "catalogs.yml": catalogs,
  });
}

test("uploads go where their size sends them, and every engine reads them", async () => {
  using work = temporaryFolder();
  project(work.path, trinoPort());
  const { child, port } = await serve(work.path);
  const client = new FlightClient(port);
  const count = async (table: unknown): Promise<unknown> =>
    (await client.get({ sql: `select count(*) as n from ${String(table)}` })).getChild("n")?.get(0) as unknown;

  const small = await client.put({ table: "small" }, rows(99_999));
  expect(small).toMatchObject({ rows: 99_999, target: "duckdb", rule: "small" });
  const large = await client.put({ table: "large" }, rows(100_000));
  expect(large).toMatchObject({ rows: 100_000, target: "iceberg", rule: "rows" });
  const forced = await client.put({ table: "forced", target: "trino" }, rows(3));
  expect(forced).toMatchObject({ target: "iceberg", rule: "config" });
  expect(await count(small["table"])).toBe(99_999n);
  expect(await count(large["table"])).toBe(100_000n);
  expect(await client.act("route", { sql: "select * from large" })).toMatchObject({ engine: "trino", rule: "iceberg" });
  expect(await client.act("route", { sql: "select * from small" })).toMatchObject({ engine: "duckdb" });
  const pinned = new FlightClient(port);
  pinned.metadata.set("duckhouse-engine", "trino");
  expect(await pinned.act("route", { sql: "select * from small" })).toMatchObject({ engine: "trino" });
  const there = await pinned.get({ sql: "select count(*) as n from small" });
  expect(there.getChild("n")?.get(0)).toBe(99_999n);
  pinned.close();
  const query = ["query", "--engine", "trino", "select count(*) as n from small", "--format", "json"];
  const asked = await run(query, work.path);
  expect(JSON.parse(asked.stdout), asked.stderr).toMatchObject({ rows: [["99999"]], decision: { engine: "trino" } });
  await client.put({ table: "forced", mode: "append" }, rows(2, 3));
  expect(await trinoRows(`select sum(id), count(*) from ${SCHEMA}.forced`)).toEqual([[10, 5]]);
  await client.put({ table: "forced", mode: "replace", target: "iceberg" }, rows(1, 7));
  expect(await trinoRows(`select id from ${SCHEMA}.forced`)).toEqual([[7]]);
  const joined = await client.get({ sql: "select count(*) as n from large join small using (id)" });
  expect(joined.getChild("n")?.get(0)).toBe(99_999n);
  await client.act("drop_table", { table: "large" });
  expect(
    await trinoRows(
      `select count(*) from information_schema.tables where table_schema = '${SCHEMA}' and table_name = 'large'`,
    ),
  ).toEqual([[0]]);
  client.close();
  expect(await ended(child)).toBe(0);
});

test("a Trino that was down when the server started is used when it is there, with the tables it has by then", async () => {
  using work = temporaryFolder();
  // A way to Trino that is closed at first.
  const door = createServer((client) => {
    const trino = connect(trinoPort(), "127.0.0.1");
    client.pipe(trino).pipe(client);
    for (const side of [client, trino]) side.on("error", () => client.destroy()).on("close", () => trino.destroy());
  });
  const listen = (at: number): Promise<number> =>
    new Promise((done) => door.listen(at, "127.0.0.1", () => done((door.address() as AddressInfo).port)));
  const free = await listen(0);
  await new Promise((done) => door.close(done));
  project(work.path, free);
  await trinoRows(`create schema if not exists ${SCHEMA}`);
  const { child, port } = await serve(work.path);
  const client = new FlightClient(port);
  const sql = "select count(*) as n from born_late";
  const engine = async (): Promise<unknown> => {
    const answer = await client.act("route", { sql }).catch(() => ({ engine: null }));
    return (answer as { engine: string | null }).engine;
  };
  expect(await engine()).not.toBe("trino");
  await listen(free);
  await trinoRows(`create table ${SCHEMA}.born_late as select 1 as i`);
  while ((await engine()) !== "trino") await client.act("healthcheck");
  expect((await client.get({ sql })).getChild("n")?.get(0)).toBe(1n);
  client.close();
  expect(await ended(child)).toBe(0);
  door.close();
});
