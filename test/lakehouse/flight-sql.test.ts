import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, inject, test } from "vitest";
import { clientHolds } from "../support/client-checks.ts";
import { jdbcDriver } from "../support/jdbc-driver.ts";
import { dropSchema, lakeProject, trinoPort, trinoRows } from "../support/lakehouse.ts";
import { temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** See CONTRIBUTING.md. */
const PYTHON = process.env["DUCKHOUSE_TEST_PYTHON"] ?? "";
if (PYTHON === "") process.stderr.write("No Python of the tests: the checks with ADBC on Trino did NOT run.\n");

const schemaOf = (target: string): string => `flight_${target}_${String(process.pid)}`;

beforeAll(async () => {
  for (const target of ["trino", "hybrid"]) await trinoRows(`create schema if not exists ${schemaOf(target)}`);
});

afterAll(async () => {
  for (const target of ["trino", "hybrid"]) await dropSchema(schemaOf(target));
});

function targetOf(name: string, schema: string): object {
  const { storage } = inject("lakehouse");
  const endpoint = storage?.url.replace(/^https?:\/\//, "");
  const login = { key_id: storage?.key, secret: storage?.secret, region: "us-east-1", use_ssl: false };
  const secrets = [{ type: "s3", ...login, endpoint, url_style: "path" }];
  const trino = { host: "127.0.0.1", port: trinoPort(), user: "nurse", catalog: "lake", schema };
  if (name === "trino") return { type: "trino", ...trino, secrets, threads: 2 };
  const engines = { duckdb: { path: "local.duckdb", secrets }, trino };
  return { type: "duckhouse", default_engine: "trino", catalog: "pond", threads: 2, engines };
}

const CLIENTS = join(import.meta.dirname, "..", "clients");
const hasJdk = spawnSync("javac", ["-version"]).status === 0;
if (!hasJdk) process.stderr.write("No JDK: the checks with the JDBC driver on Trino did NOT run.\n");

test.skipIf(PYTHON === "").each(["trino", "hybrid"])(
  "ADBC on a target of type %s: statements, parameters, ingestion, catalogs, cancel",
  { concurrent: true },
  (name) => holds(name, [PYTHON, join(CLIENTS, "adbc_engines.py")], 46),
);

test.skipIf(!hasJdk).each(["trino", "hybrid"])("JDBC on a target of type %s", { concurrent: true }, async (name) => {
  const java = ["java", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", await jdbcDriver()];
  await holds(name, [...java, join(CLIENTS, "JdbcEngineChecks.java")], 15);
});

const XORQ = process.env["DUCKHOUSE_TEST_XORQ"] ?? "";

test.skipIf(XORQ === "")("xorq on a target of both engines", { concurrent: true }, () =>
  holds("hybrid", [XORQ, join(CLIENTS, "xorq_client.py")], 9),
);

/** What `test/clients` checks on DuckDB alone, where Trino runs it: a client is told the kind of target and Trino's schema. */
async function holds(name: string, command: readonly string[], atLeast: number): Promise<void> {
  using work = temporaryFolder();
  const schema = schemaOf(name);
  const { "catalogs.yml": catalogs = "" } = lakeProject(schema);
  writeProject(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({ ward: { target: "it", outputs: { it: targetOf(name, schema) } } }),
    "catalogs.yml": catalogs,
  });
  await clientHolds(work.path, command, atLeast, (port) => [port, name, schema]);
}
