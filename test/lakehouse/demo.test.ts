import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { dropSchema, trinoPort } from "../support/lakehouse.ts";
import { ROOT, run, temporaryFolder } from "../support/program.ts";

const PARTS = ["dbt_project.yml", "catalogs.yml", "models", "seeds", "macros", "snapshots", "tests", "profiles"];

async function clear(): Promise<void> {
  for (const schema of ["clinic", "analytics"]) await dropSchema(schema);
}

beforeAll(clear);
afterAll(clear);

test("the demo gives the same on DuckDB and on Trino, from Iceberg tables that DuckDB wrote", async () => {
  using folder = temporaryFolder();
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder.path, part), { recursive: true });
  const data = ["--rows", "300", "--out", join(folder.path, "data")];
  execFileSync(process.execPath, [join(ROOT, "scripts", "make-demo-data.mjs"), ...data]);
  const { catalog, storage } = inject("lakehouse");
  const env = {
    DBT_PROFILES_DIR: "profiles",
    TRINO_PORT: String(trinoPort()),
    LAKE_CATALOG_URL: catalog?.url ?? "",
    LAKE_S3_ENDPOINT: storage?.url.replace(/^https?:\/\//, "") ?? "",
  };
  const load = ["run-operation", "load_clinic", "--target", "lake"];
  const steps = [
    ...[["build"], load, load, ["run", "--target", "lake", "--select", "tag:lake"]],
    ...[
      ["build", "--target", "prod"],
      ["build", "--target", "trino"],
      ["source", "freshness", "--target", "prod"],
    ],
  ];
  for (const args of steps) {
    const ran = await run(args, folder.path, env);
    expect({ args, code: ran.code, problem: ran.code === 0 ? "" : ran.stdout }).toEqual({ args, code: 0, problem: "" });
  }
  const query = `select count(*) as patients, sum(encounter_count) as visits, cast(sum(amount_billed) as varchar) as billed,
    (select cast(sum(risk_score) as varchar) from {{ ref('patient_risk') }}) as risk,
    (select cast(max(change_to_last_month) as varchar) from {{ ref('monthly_revenue') }}) as change,
    (select count(*) from {{ ref('patients_history') }}) as history
  from {{ ref('dim_patients') }}`;
  const answers = [];
  for (const target of ["dev", "prod"]) {
    const shown = await run(["show", "--target", target, "--inline", query, "--output", "json"], folder.path, env);
    answers.push(JSON.parse(shown.stdout) as unknown);
  }
  expect(answers[0]).toMatchObject({ show: [{ patients: 300, history: 300 }] });
  expect(answers[1]).toEqual(answers[0]);

  // What `make query-trino-list` asks.
  const makefile = readFileSync(join(ROOT, "Makefile"), "utf8");
  const listing = /^query-trino-list:.*\n\t\$\(DUCKHOUSE\) (show .*) --inline "(.*)"$/m.exec(makefile);
  const asked = [...(listing?.[1]?.split(" ") ?? []), "--inline", listing?.[2] ?? "", "--output", "json"];
  const listed = await run(asked, folder.path, env);
  const { show } = JSON.parse(listed.stdout) as { show: unknown[] };
  expect(show).toContainEqual({ catalog: "lake", schema: "analytics", name: "encounters", type: "TABLE" });
});
