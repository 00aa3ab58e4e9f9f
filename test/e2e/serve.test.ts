import { status } from "@grpc/grpc-js";
import { tableFromArrays } from "apache-arrow";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeDescriptor } from "../../src/flight/messages.ts";
import { bytesOf, decodeFields, encodeFields } from "../../src/flight/protobuf.ts";
import { FlightClient } from "../support/flight-client.ts";
import { ended, serve } from "../support/flight-server.ts";
import { ROOT, run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const work = temporaryFolder();
/** Where the server stages uploads. */
const temporary = join(work.path, "tmp");
let server: ChildProcess;
let client: FlightClient;

beforeAll(async () => {
  writeProject(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({
      ward: {
        target: "dev",
        outputs: {
          dev: { type: "duckdb", path: "ward.duckdb", schema: "health" },
          memory: { type: "duckdb", path: ":memory:" },
        },
      },
    }),
    "seeds/wards.csv": "id,name\n1,north\n2,\n",
  });
  const built = await run(["build"], work.path);
  expect(built.code, built.stdout).toBe(0);
  mkdirSync(temporary);
  const serving = await serve(work.path, [], { TMPDIR: temporary });
  server = serving.child;
  client = new FlightClient(serving.port);
});

afterAll(async () => {
  client.close();
  if (server.exitCode === null) await ended(server);
  work[Symbol.dispose]();
});

async function codeOf(work: Promise<unknown>): Promise<[number, string]> {
  try {
    await work;
  } catch (error) {
    const { code, details } = error as { code: number; details: string };
    return [code, details];
  }
  return [status.OK, ""];
}

const rowsOf = (sql: string): Promise<unknown> =>
  client
    .get({ sql })
    .then(
      (table) =>
        JSON.parse(
          JSON.stringify(table.toArray(), (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value)),
        ) as unknown,
    );

test("a query and a table are read, by any of their names", async () => {
  expect(await rowsOf("select id, name from wards order by id")).toEqual([
    { id: 1, name: "north" },
    { id: 2, name: null },
  ]);
  for (const table of ["wards", "seed.ward.wards", "health.wards", "duckdb.wards"])
    expect((await client.get({ table })).numRows).toBe(2);
  expect((await client.get({ key: "wards" })).numRows).toBe(2);
});

test("large results come whole and in order", async () => {
  const table = await client.get({ sql: "select i, 'row number ' || i as t from range(400000) t(i)" });
  expect([table.numRows, table.getChild("t")?.get(399_999) as unknown]).toEqual([400_000, "row number 399999"]);
});

test("information about a query tells its columns without running it, and its ticket works", async () => {
  const descriptor = encodeFields([
    [1, 2],
    [2, JSON.stringify({ sql: "select id, name from wards" })],
  ]);
  const info = decodeFields(await client.unary("GetFlightInfo", descriptor));
  expect(decodeDescriptor(bytesOf(info, 2)).command?.toString()).toContain("wards");
  const ticket = bytesOf(decodeFields(bytesOf(decodeFields(bytesOf(info, 3)), 1)), 1).toString();
  expect((await client.get(ticket)).schema.names).toEqual(["id", "name"]);
  expect((await client.unary("GetSchema", descriptor)).length).toBeGreaterThan(50);
  const [listed] = await client.stream("ListFlights", Buffer.alloc(0));
  expect(decodeDescriptor(bytesOf(decodeFields(listed ?? Buffer.alloc(0)), 2)).path).toEqual(["wards"]);
});

test("uploads: create, append, replace, and what is there already", async () => {
  const rows = (...id: number[]) =>
    tableFromArrays({ id: Int32Array.from(id), name: id.map((one) => `n${String(one)}`) });
  const made = await client.put({ table: "beds" }, rows(1, 2));
  expect(made).toMatchObject({ rows: 2, target: "duckdb", table: "ward.health.beds" });
  expect(await rowsOf(`select * from ${String(made["table"])} order by id`)).toEqual([
    { id: 1, name: "n1" },
    { id: 2, name: "n2" },
  ]);
  expect((await codeOf(client.put({ table: "beds" }, rows(3))))[0]).toBe(status.ALREADY_EXISTS);
  await client.put({ table: "beds", mode: "append" }, rows(3));
  expect(await rowsOf("select count(*) as n from beds")).toEqual([{ n: 3 }]);
  await client.put({ table: "beds", mode: "replace" }, rows(7));
  expect(await rowsOf("select id from beds")).toEqual([{ id: 7 }]);
  expect((await codeOf(client.put({ table: "far", target: "iceberg" }, rows(1))))[0]).toBe(status.FAILED_PRECONDITION);
  expect((await codeOf(client.put({ table: "far" }, rows(1), { target: "iceberg" })))[0]).toBe(
    status.FAILED_PRECONDITION,
  );
  expect(await client.act("drop_table", { table: "beds" })).toEqual({ dropped: "beds" });
  expect((await codeOf(client.get({ table: "beds" })))[0]).toBe(status.NOT_FOUND);
});

test("an upload that is given up leaves nothing", async () => {
  const stages = (): number =>
    readdirSync(temporary, { recursive: true, encoding: "utf8" }).filter((name) => /duckhouse-upload-[^/]*$/.test(name))
      .length;
  const before = stages();
  const call = client.duplex("DoPut");
  call.on("error", () => undefined);
  call.on("data", () => undefined);
  call.write(
    encodeFields([
      [
        1,
        encodeFields([
          [1, 2],
          [2, '{"table": "half"}'],
        ]),
      ],
    ]),
  );
  call.cancel();
  await expect.poll(stages).toBe(before);
  expect((await codeOf(client.get({ table: "half" })))[0]).toBe(status.NOT_FOUND);
});

test("failures are statuses that say what is wrong", async () => {
  expect(await codeOf(client.get({ table: "nope" }))).toEqual([status.NOT_FOUND, expect.stringContaining("nope")]);
  expect(await codeOf(client.get({ sql: "select id from nope" }))).toEqual([
    status.NOT_FOUND,
    expect.stringContaining("nope"),
  ]);
  expect(await codeOf(client.get({ sql: "select\n from where" }))).toEqual([
    status.INVALID_ARGUMENT,
    expect.stringMatching(/LINE 2|line 2/),
  ]);
  expect((await codeOf(client.get("no json")))[0]).toBe(status.INVALID_ARGUMENT);
  expect(await codeOf(client.get({ sql: "select 1", colour: 1 }))).toEqual([
    status.INVALID_ARGUMENT,
    expect.stringContaining("colour"),
  ]);
  expect((await codeOf(client.act("fly")))[0]).toBe(status.UNIMPLEMENTED);
  expect((await codeOf(client.unary("GetFlightInfo", Buffer.from([0xff]))))[0]).toBe(status.INVALID_ARGUMENT);
  const late = "select case when i = 900000 then error('boom') else i end from range(1000000) t(i)";
  expect(await codeOf(client.get({ sql: late }))).toEqual([expect.any(Number), expect.stringContaining("boom")]);
});

test("a deadline and the action cancel stop the work", async () => {
  const endless = "select count(*) from range(100000000000)";
  expect((await codeOf(client.get({ sql: endless }, 500)))[0]).toBe(status.DEADLINE_EXCEEDED);
  const running = codeOf(client.get({ sql: endless, query_id: "mine" }));
  await expect.poll(() => codeOf(client.act("cancel", { query_id: "mine" })).then(([code]) => code)).toBe(status.OK);
  expect((await running)[0]).toBe(status.CANCELLED);
  expect((await codeOf(client.act("cancel", { query_id: "mine" })))[0]).toBe(status.NOT_FOUND);
});

test("actions", async () => {
  expect(await client.act("healthcheck")).toEqual({ status: "ok" });
  expect(await client.act("route", { sql: "select * from wards" })).toMatchObject({
    engine: "duckdb",
    inputs: [{ unique_id: "seed.ward.wards" }],
  });
  expect(await client.act("list_tables")).toEqual(expect.arrayContaining([expect.objectContaining({ name: "wards" })]));
  expect(await client.act("table_info", { table: "wards" })).toMatchObject({
    columns: [
      { name: "id", type: "int32" },
      { name: "name", type: "string" },
    ],
  });
  expect((await client.stream("ListActions", Buffer.alloc(0))).length).toBe(15);
});

test("with a user every call needs a token; read-only refuses what may write; a signal ends it well", async () => {
  const { child, port } = await serve(
    work.path,
    ["--target", "memory", "--user", "nurse", "--password-env", "PASSWORD", "--read-only", "--max-rows", "10"],
    { PASSWORD: "s3cret", DBT_LOG_FORMAT_FILE: "json", DBT_LOG_PATH: join(work.path, "calls") },
  );
  const other = new FlightClient(port);
  expect((await codeOf(other.get({ sql: "select 1" })))[0]).toBe(status.UNAUTHENTICATED);
  expect((await codeOf(other.login("nurse", "wrong")))[0]).toBe(status.UNAUTHENTICATED);
  await other.login("nurse", "s3cret");
  expect((await other.get({ sql: "select 1 as a" })).numRows).toBe(1);
  for (const sql of [
    "create table t as select 1",
    "select 1; drop table t",
    "explain analyze select 1",
    "set threads = 1",
    "copy (select 1) to 'x'",
  ])
    expect([sql, (await codeOf(other.get({ sql })))[0]]).toEqual([sql, status.PERMISSION_DENIED]);
  const put = other.put({ table: "t" }, tableFromArrays({ a: Int32Array.of(1) }));
  expect((await codeOf(put))[0]).toBe(status.PERMISSION_DENIED);
  const many = codeOf(other.get({ sql: "select i from range(11) t(i) -- of nobody's business", query_id: "many" }));
  expect(await many).toEqual([status.RESOURCE_EXHAUSTED, expect.stringContaining("more than 10 rows")]);
  other.close();
  expect(await ended(child)).toBe(0);
  const log = readFileSync(join(work.path, "calls", "dbt.log"), "utf8");
  const calls = log
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { data: Record<string, unknown> }).data);
  expect(calls.find((call) => call["query_id"] === "many")).toMatchObject({
    ...{ call: "DoGet", user: "nurse", status: "RESOURCE_EXHAUSTED" },
  });
  expect(log).not.toMatch(/s3cret|nobody's business/);
});

test("query goes through the server that has the file; what builds says who has it", async () => {
  const asked = await run(["query", "select id, name from wards order by id", "--format", "csv"], work.path);
  expect([asked.code, asked.stdout], asked.stderr).toEqual([0, "id,name\n1,north\n2,\n"]);
  const wrong = await run(["query", "select nothing from wards"], work.path);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/DH1804.*nothing/s)]);
  const named = await run(["query", "--engine", "duckdb", "select 1 as a", "--format", "csv"], work.path);
  expect([named.code, named.stdout], named.stderr).toEqual([0, "a\n1\n"]);
  const unknown = await run(["query", "--engine", "trino", "select 1 as a"], work.path);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("The target has no engine trino")]);
  const built = await run(["build"], work.path);
  expect([built.code, built.stdout]).toEqual([
    2,
    expect.stringMatching(`DH2005[^]*process ${String(server.pid)} on port`),
  ]);
});

test("query finds its way through TLS with a certificate of somebody's, and logs in", async () => {
  using own = temporaryFolder();
  writeProject(own.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({ ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "w.duckdb" } } } }),
  });
  // Signed by an authority of which this machine has never heard; key and certificate in one file.
  const pem = join(ROOT, "test", "lakehouse", "certificates", "server.pem");
  const tls = ["--tls-cert", pem, "--tls-key", pem];
  const login = ["--user", "nurse", "--password-env", "PASSWORD"];
  const { child } = await serve(own.path, [...tls, ...login], { PASSWORD: "s3cret" });
  const ask = (args: readonly string[], password: string): Promise<Ran> =>
    run(["query", "select 1 as a", "--format", "csv", ...args], own.path, { PASSWORD: password });
  const asked = await ask(login, "s3cret");
  expect([asked.code, asked.stdout], asked.stderr).toEqual([0, "a\n1\n"]);
  const nobody = await ask([], "");
  expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining("DH1816")]);
  const wrong = await ask(login, "guessed");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("DH1804")]);
  expect(await ended(child)).toBe(0);
});

test("a note that a killed server left is no server", async () => {
  using own = temporaryFolder();
  writeProject(own.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({ ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "w.duckdb" } } } }),
  });
  const { child } = await serve(own.path);
  expect(readdirSync(own.path)).toContain("w.duckdb.server.json");
  await new Promise((done) => {
    child.on("close", done);
    child.kill("SIGKILL");
  });
  expect((await run(["query", "select 1 as a"], own.path)).code).toBe(0);
  expect(readdirSync(own.path)).not.toContain("w.duckdb.server.json");
});

test("nobody else is let in without TLS and a password, unless that is meant", async () => {
  const ran = await run(["serve", "--host", "0.0.0.0", "--port", "0"], work.path);
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("--insecure")]);
});
