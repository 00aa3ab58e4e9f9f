import { cpSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, run, temporaryFolder } from "../support/program.ts";

const PARTS = ["dbt_project.yml", "catalogs.yml", "models", "seeds", "macros", "snapshots", "tests", "profiles"];

test("the demo builds twice, is fresh, and documents itself", async () => {
  using folder = temporaryFolder();
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder.path, part), { recursive: true });
  execFileSync(process.execPath, [
    join(ROOT, "scripts", "make-demo-data.mjs"),
    "--rows",
    "500",
    "--out",
    join(folder.path, "data"),
  ]);
  const env = { DBT_PROFILES_DIR: "profiles" };
  for (const args of [
    ["build"],
    ["build"],
    ["source", "freshness"],
    ["docs", "generate"],
    ["build", "--target", "ci"],
  ]) {
    const ran = await run(args, folder.path, env);
    expect({ args, code: ran.code, problem: ran.code === 0 ? "" : ran.stdout }).toEqual({ args, code: 0, problem: "" });
  }
  const shown = await run(
    ["show", "--inline", "select count(*) as n from {{ ref('local_patients') }}", "--output", "json"],
    folder.path,
    env,
  );
  expect(JSON.parse(shown.stdout)).toEqual({ show: [{ n: 500 }] });
});
