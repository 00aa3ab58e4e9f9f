// A tour of a target with several engines, on the local lakehouse: what goes where, what is moved, what a fallback looks like.
import { spawnSync } from "node:child_process";

const PROGRAM = "bin/duckhouse-dbt.js";

function step(title, args, env = {}) {
  console.log(
    `\n=== ${title}\n$ duckhouse-dbt ${args.map((arg) => (/[\s*]/.test(arg) ? JSON.stringify(arg) : arg)).join(" ")}\n`,
  );
  const { status } = spawnSync(process.execPath, [PROGRAM, ...args], {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status !== 0) {
    console.error(`\nThis step ended with exit code ${String(status)}; the tour stops here.`);
    process.exit(1);
  }
}

const PROD = ["--target", "prod"];
const BY_DISEASE =
  "select disease, count(*), avg(age) from patient_data p join outcomes o on p.id = o.patient_id group by disease";
const FOUR_TABLES =
  "select count(*) from local_patients a join rev b on b.patient_id = a.id join rev c on c.patient_id = a.id join local_patients d on d.id = a.id";

step("What would run where, and why", ["plan", ...PROD]);
step("One DAG over both engines: local tables on DuckDB, Iceberg tables on Trino, copies in between", [
  "build",
  ...PROD,
]);
step("Where every table is now", ["tables", ...PROD]);
step("A query over a local table: DuckDB", ["route", ...PROD, "--sql", "select * from rev limit 100"]);
step("A query over Iceberg tables: Trino", ["route", ...PROD, "--sql", BY_DISEASE]);
step("Four relations in one join: Trino, wherever they are", ["route", ...PROD, "--sql", FOUR_TABLES]);
step(
  "A Trino that does not answer: one warning, and DuckDB takes over what means the same there",
  ["run", ...PROD, "--select", "stg_conditions"],
  { TRINO_PORT: "1" },
);
step("Back to normal", ["run", ...PROD, "--select", "stg_conditions"]);
step("What ran where, and why", ["routing-log"]);
