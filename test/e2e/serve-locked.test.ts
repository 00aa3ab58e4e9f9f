import { status } from "@grpc/grpc-js";
import { tableFromArrays } from "apache-arrow";
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FlightClient } from "../support/flight-client.ts";
import { ended, serve } from "../support/flight-server.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const work = temporaryFolder();
let server: ChildProcess;
let client: FlightClient;

beforeAll(async () => {
  const settings = { memory_limit: "100MB", threads: 1 };
  const secrets = [{ type: "s3", name: "hidden", key_id: "KEYID", secret: "TOPSECRET" }];
  writeProject(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({
      ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "ward.duckdb", secrets, settings } } },
    }),
    "seeds/wards.csv": "id,name\n1,north\n2,\n",
    "files/beds.csv": "ward,beds\n1,20\n",
    "files/more/one.csv": "n\n1\n",
    "private.csv": "n\n1\n",
    "models/sources.yml": `sources:
  - name: files
    meta: {external_location: "read_csv('files/{name}.csv')"}
    tables: [{name: beds}]
`,
    "models/many.sql": "{{ config(materialized='view') }} select * from read_csv('files/more/*.csv')",
  });
  const built = await run(["build"], work.path);
  expect(built.code, built.stdout).toBe(0);
  const serving = await serve(work.path);
  server = serving.child;
  client = new FlightClient(serving.port);
});

afterAll(async () => {
  client.close();
  if (server.exitCode === null) await ended(server);
  work[Symbol.dispose]();
});

const codeOf = (sql: string): Promise<number> =>
  client.get({ sql }).then(
    () => status.OK,
    (error: unknown) => (error as { code: number }).code,
  );

test.each([
  "select * from read_csv('private.csv')",
  "select * from 'private.csv'",
  "select * from read_text('profiles.yml')",
  "select * from glob('/etc/*')",
  "select * from read_blob('/etc/passwd')",
  "copy wards to 'out.csv'",
  "copy (select 1) to 'files/more/out.csv'",
  "explain analyze copy wards to 'files/more/out.csv'",
  "export database 'out'",
  "attach ':memory:' as other",
  "attach 'other.duckdb'",
  "install httpfs",
  "load httpfs",
  "set threads = 1",
  "reset threads",
  "pragma threads = 1",
  "call enable_logging()",
  "use memory",
  "create secret another (type s3)",
  "/* */ create or replace persistent secret another (type s3)",
  "drop secret hidden",
  "select * from duckdb_secrets()",
  'select * from "duckdb_secrets" /* */ ()',
  "select * from query('select * from duckdb_' || 'secrets()')",
  "create view leak as select * from duckdb_secrets()",
  "select current_setting('temp_directory')",
  "select 1; drop table wards",
  "begin",
])("is refused: %s", async (sql) => {
  expect([status.PERMISSION_DENIED, status.INVALID_ARGUMENT]).toContain(await codeOf(sql));
});

test.each([
  "select * from wards",
  "select * from beds",
  "select * from many",
  "create table made as select 1 as i",
  "insert into made values (2)",
  "update made set i = i + 1",
  "delete from made where i > 2",
  "explain analyze select * from made",
  "describe made",
  "show tables",
  "summarize made",
  "alter table made add column note varchar",
  "create view seen as select * from made",
  "drop view seen",
  "select strftime(now(), '%Y'), '{\"a\": 1}'::json ->> 'a', timezone('UTC', now())",
])("runs: %s", async (sql) => {
  expect(await codeOf(sql)).toBe(status.OK);
});

test("uploads are staged, sorts that do not fit into memory spill", async () => {
  const table = tableFromArrays({ id: Int32Array.from({ length: 50_000 }, (_, index) => index) });
  expect(await client.put({ table: "uploaded" }, table)).toMatchObject({ rows: 50_000 });
  const sorted = await client.get({
    sql: "select count(*) as n from (select i, repeat('x', 500) as t from range(300000) r(i) order by t, hash(i) offset 1)",
  });
  expect(sorted.getChild("n")?.get(0)).toBe(299_999n);
});
