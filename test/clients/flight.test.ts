import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clientHolds } from "../support/client-checks.ts";
import { jdbcDriver } from "../support/jdbc-driver.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const PYTHON = process.env["DUCKHOUSE_TEST_PYTHON"] ?? "python3";

test("pyarrow's Flight client: every type both ways, lists, statuses, deadlines, cancel", async () => {
  await holds([PYTHON, join(import.meta.dirname, "flight.py")], 42);
});

test("ADBC: queries, parameters, ingestion, catalogs, transactions, cancel", async () => {
  await holds([PYTHON, join(import.meta.dirname, "adbc.py")], 79);
});

test("random schemas and values, there and back by plain Flight and by ADBC", async () => {
  await holds([PYTHON, join(import.meta.dirname, "values.py")], 60);
});

const XORQ = process.env["DUCKHOUSE_TEST_XORQ"] ?? "";

test.skipIf(XORQ === "")("xorq: its own client, and its engine beside ADBC", async () => {
  await holds([XORQ, join(import.meta.dirname, "xorq_client.py")], 9);
});

/** What a process holds is told by Linux. */
test.skipIf(process.platform !== "linux")("64 clients that read, write and cancel", async () => {
  await holds([PYTHON, join(import.meta.dirname, "load.py")], 5, (port, pid) => [port, pid, 64, 4]);
});

const hasJdk = spawnSync("javac", ["-version"]).status === 0;
if (!hasJdk) process.stderr.write("No JDK: the checks with the JDBC driver did NOT run.\n");

test.skipIf(!hasJdk)("JDBC: queries, prepared statements, metadata", async () => {
  const java = ["java", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", await jdbcDriver()];
  await holds([...java, join(import.meta.dirname, "JdbcChecks.java")], 24);
});

/** Runs a client against a small project on DuckDB. */
async function holds(
  command: readonly string[],
  atLeast: number,
  extra?: (port: number, pid: number) => number[],
): Promise<void> {
  using work = temporaryFolder();
  writeProject(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({
      ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "ward.duckdb" } } },
    }),
    "seeds/wards.csv": "id,name\n1,north\n2,\n",
  });
  expect((await run(["build"], work.path)).code).toBe(0);
  await clientHolds(work.path, command, atLeast, extra);
}
