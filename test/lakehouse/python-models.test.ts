import { afterAll, beforeAll, expect, test } from "vitest";
import { project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema, lakeProject, trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** See CONTRIBUTING.md. */
const PYTHON = process.env["DUCKHOUSE_TEST_PYTHON"] ?? "";
if (PYTHON === "") process.stderr.write("No Python of the tests: Python models beside Trino did NOT run.\n");

beforeAll(() => trinoRows(`create schema if not exists ${SCHEMA}`));
afterAll(() => dropSchema(SCHEMA));

const BEDS =
  "{{ config(materialized='table', engine='trino') }} select w as ward_id, b as bed from unnest(sequence(1, 3)) as t (w) cross join unnest(sequence(1, 10)) as u (b)";
const COUNTED = `def model(dbt, con):
    dbt.config(materialized="table")
    beds = dbt.ref("beds")
    return con.sql("select ward_id, sum(bed)::bigint as beds from beds group by all")
`;

test.skipIf(PYTHON === "")("a Python model reads what Trino made, and Trino what it gave", async () => {
  using work = temporaryFolder();
  project(
    work.path,
    {},
    {
      "models/beds.sql": BEDS,
      "models/counted.py": COUNTED,
      "models/total.sql":
        "{{ config(materialized='table', engine='trino') }} select sum(beds) as n from {{ ref('counted') }}",
    },
  );
  for (const when of ["new", "replaced"]) {
    const ran = await run(["build"], work.path, { DUCKHOUSE_PYTHON: PYTHON });
    expect(ran.code, when + ran.stdout + ran.stderr).toBe(0);
    expect(await rows("select n from lake.$S.total")).toEqual([[165]]);
  }
});

test.skipIf(PYTHON === "")("on DuckDB alone it becomes an Iceberg table, also by increments", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    ...lakeProject(SCHEMA),
    "models/days.py": `def model(dbt, con):
    dbt.config(materialized="incremental", incremental_strategy="append")
    n = con.sql(f"select max(day) + 1 from {dbt.this}").fetchone()[0] if dbt.is_incremental else 1
    return con.sql(f"select {n}::int as day")
`,
  });
  for (const when of ["new", "more"]) {
    const ran = await run(["build"], work.path, { DUCKHOUSE_PYTHON: PYTHON });
    expect(ran.code, when + ran.stdout + ran.stderr).toBe(0);
  }
  expect(await rows("select day from lake.$S.days order by day")).toEqual([[1], [2]]);
});

test("a target of Trino alone has no Python models, and says where there are", async () => {
  using work = temporaryFolder();
  writeProject(work.path, { ...lakeProject(SCHEMA), "models/days.py": "def model(dbt, con):\n    return None\n" });
  const ran = await run(["build", "--target", "trino"], work.path);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain('"materialization_table_trino" only supports languages [\'sql\']; got "python"');
  expect(ran.stdout).toContain("Python models run on DuckDB");
});
