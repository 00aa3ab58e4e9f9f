import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromArrays } from "apache-arrow";
import { afterAll, expect, inject, test } from "vitest";
import { FlightClient } from "../support/flight-client.ts";
import { ended, serve } from "../support/flight-server.ts";
import { dropSchema, lakeProject, trinoPort, trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const SCHEMA = `ingest_${String(process.pid)}`;

afterAll(async () => {
  await dropSchema(SCHEMA);
  await trinoRows(`drop schema if exists memory.${SCHEMA} cascade`);
});

function project(path: string): void {
  const { storage } = inject("lakehouse");
  const login = { key_id: storage?.key, secret: storage?.secret, region: "us-east-1", use_ssl: false };
  const endpoint = storage?.url.replace(/^https?:\/\//, "");
  const secrets = [{ type: "s3", ...login, endpoint, url_style: "path" }];
  const trino = { host: "127.0.0.1", port: trinoPort(), user: "nurse", catalog: "lake", schema: SCHEMA };
  const both = { type: "duckhouse", default_engine: "trino", catalog: "pond", router: { iceberg_upload_rows: 3 } };
  const outputs = {
    both: { ...both, engines: { duckdb: { path: "local.duckdb", secrets }, trino } },
    lake: { type: "trino", ...trino, secrets },
    plain: { type: "trino", ...trino, catalog: "memory", catalogs: false },
  };
  const { "catalogs.yml": catalogs = "" } = lakeProject(SCHEMA);
  writeProject(path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({ ward: { target: "both", outputs } }),
    "catalogs.yml": catalogs,
    "two.csv": "id,seen,weight\n1,2026-01-01 10:00:00.5,1.5\n2,,\n",
    "three.ndjson": '{"id": 1}\n{"id": 2}\n{"id": 3}\n',
    "nested.ndjson": '{"id": 1, "tags": ["a"]}\n',
  });
}

test("files go where their rows send them, on targets of both engines and of Trino alone", async () => {
  using work = temporaryFolder();
  project(work.path);
  const ingest = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await run(["ingest", ...args, "--output", "json"], work.path);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as unknown;
  };
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await run(["ingest", ...args], work.path);
    expect(code).toBe(2);
    return stderr;
  };
  const small = await ingest("two.csv", "--table", "small");
  expect(small).toMatchObject({ target: "duckdb", rule: "small", rows: 2 });
  const large = await ingest("three.ndjson", "--table", "large");
  expect(large).toMatchObject({ target: "iceberg", rule: "rows", rows: 3 });
  const forced = await ingest("two.csv", "--table", `lake.${SCHEMA}.forced`);
  expect(forced).toMatchObject({ target: "iceberg", rule: "only-engine" });
  expect(await refused("two.csv", "--table", "large")).toMatch(/DH1807/);

  const lake = await ingest("two.csv", "--table", "alone", "--target", "lake");
  expect(lake).toMatchObject({ target: "iceberg", table: `lake.${SCHEMA}.alone`, rows: 2 });
  await ingest("two.csv", "--table", "alone", "--target", "lake", "--mode", "append", "--engine", "trino");
  expect(await trinoRows(`select id, cast(seen as varchar), weight from ${SCHEMA}.alone where id = 1`)).toEqual(
    Array.from({ length: 2 }, () => [1, "2026-01-01 10:00:00.500000", 1.5]),
  );
  expect(await refused("two.csv", "--table", "x", "--target", "lake", "--engine", "duckdb")).toMatch(/DH1809/);

  const plain = ["--table", "plain", "--target", "plain"];
  const made = await ingest("two.csv", ...plain);
  expect(made).toMatchObject({ target: "trino", table: `memory.${SCHEMA}.plain`, rows: 2 });
  await ingest("two.csv", ...plain, "--mode", "append");
  expect(await trinoRows(`select count(*), count(seen) from memory.${SCHEMA}.plain`)).toEqual([[4, 2]]);
  await ingest("three.ndjson", ...plain, "--mode", "replace");
  expect(await trinoRows(`select sum(id) from memory.${SCHEMA}.plain`)).toEqual([[6]]);
  expect(await refused("nested.ndjson", "--table", "deep", "--target", "plain")).toMatch(/DH1809.*tags is nested/s);
  expect(await trinoRows(`show tables from memory.${SCHEMA}`)).toEqual([["plain"]]);
  writeFileSync(join(work.path, "many.csv"), `id\n${Array.from({ length: 100_001 }, (_, row) => row).join("\n")}\n`);
  expect(await refused("many.csv", "--table", "many", "--target", "plain")).toMatch(/DH1809.*100,001 rows/s);
});

test("a client of a server on Trino alone uploads too", async () => {
  using work = temporaryFolder();
  project(work.path);
  const { child, port } = await serve(work.path, ["--target", "lake"]);
  const client = new FlightClient(port);
  const sent = await client.put({ table: "sent" }, tableFromArrays({ id: Int32Array.from([4, 5]) }));
  expect(sent).toMatchObject({ rows: 2, target: "iceberg", table: `lake.${SCHEMA}.sent` });
  const read = await client.get({ sql: `select sum(id) as n from ${String(sent["table"])}` });
  expect(read.getChild("n")?.get(0)).toBe(9n);
  client.close();
  expect(await ended(child)).toBe(0);
});
