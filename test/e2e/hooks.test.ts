import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const PROJECT = "name: shop\nprofile: shop\n";
const UNRENDERED = "{{ exceptions.raise_compiler_error('not today') if execute }}";

function project(when: string, hook: string): Record<string, string> {
  return {
    "dbt_project.yml": `${PROJECT}${when}: ${JSON.stringify([hook])}\n`,
    "models/first.sql": "select 1 as id",
    "models/sources.yml":
      "sources: [{name: raw, schema: main, tables: [{name: first, loaded_at_query: 'select now()', freshness: {warn_after: {count: 1, period: day}}}]}]",
  };
}

function statuses(folder: string): Record<string, string> {
  const { results } = JSON.parse(readFileSync(join(folder, "target", "run_results.json"), "utf8")) as {
    results: { unique_id: string; status: string }[];
  };
  return Object.fromEntries(results.map(({ unique_id, status }) => [unique_id, status]));
}

test("a hook that fails before it is a statement means that the command could not run", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, project("on-run-start", UNRENDERED));
  const ran = await run(["run"], folder.path);
  expect(ran.stdout).toContain("not today");
  expect(ran.code).toBe(2);
  expect(statuses(folder.path)["model.shop.first"]).toBe("skipped");

  writeProject(folder.path, project("on-run-end", UNRENDERED));
  expect((await run(["run"], folder.path)).code).toBe(2);
  expect(statuses(folder.path)["model.shop.first"]).toBe("success");

  writeProject(folder.path, project("on-run-end", "select * from nowhere"));
  expect((await run(["run"], folder.path)).code).toBe(1);
});

test("hooks that fail fail source freshness, and say why", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, project("on-run-start", UNRENDERED));
  const broken = await run(["source", "freshness"], folder.path);
  expect(broken.stdout).toContain("not today");
  expect(broken.stdout).not.toContain("START freshness");
  expect(broken.code).toBe(2);

  writeProject(folder.path, project("on-run-start", "select * from nowhere"));
  const failed = await run(["source", "freshness"], folder.path);
  expect(failed.stdout).toContain("nowhere does not exist");
  expect(failed.stdout).toContain("PASS freshness of raw.first");
  expect(failed.code).toBe(1);
});
