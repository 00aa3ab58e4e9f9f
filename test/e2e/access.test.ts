import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const GROUPS = "groups:\n- name: core\n  owner: {name: me}\n";
const PRIVATE = "{{ config(access='private', group='core') }}select 1 as id";

async function problemOf(files: Record<string, string>): Promise<string> {
  using folder = temporaryFolder();
  writeProject(folder.path, files);
  const { code, stdout } = await run(["parse"], folder.path);
  expect(code, stdout).toBe(2);
  return stdout;
}

test("a private model is for its group alone: not for an exposure, nor for a test of no group", async () => {
  const exposure = "exposures:\n- name: report\n  type: notebook\n  owner: {name: me}\n  depends_on: [ref('own')]\n";
  const said = await problemOf({
    "models/own.sql": PRIVATE,
    "models/schema.yml": GROUPS + exposure,
    "tests/one.sql": "select * from {{ ref('own') }} where false",
  });
  for (const id of ["exposure.shop.report", "test.shop.one"])
    expect(said).toContain(`Node ${id} attempted to reference node model.shop.own, which is not allowed`);
});

test("access has three values, a public model has a relation, and groups are declared", async () => {
  const said = await problemOf({
    "models/a.sql": "{{ config(access='open') }}select 1 as id",
    "models/b.sql": "{{ config(access='public', materialized='ephemeral') }}select 1 as id",
    "models/c.sql": "{{ config(group='nobody') }}select 1 as id",
    "models/schema.yml": GROUPS,
  });
  expect(said).toContain("Node model.shop.a has an invalid value (open) for the access field");
  expect(said).toContain("Node model.shop.b with 'ephemeral' materialization has an invalid value (public)");
  expect(said).toContain("Invalid group 'nobody' of model.shop.c, expected one of [\"core\"]");
});

test("an exposure depends on the metrics that it names, and has the tags of all levels once", async () => {
  using folder = temporaryFolder();
  const schema = [
    "semantic_models:\n- name: people\n  model: ref('a')\n  defaults: {agg_time_dimension: d}",
    "  dimensions: [{name: d, type: time, type_params: {time_granularity: day}}]",
    "  measures: [{name: n, agg: count, expr: id}]\n  entities: [{name: id, type: primary}]",
    "metrics:\n- name: many\n  label: many\n  type: simple\n  type_params: {measure: n}",
    "exposures:\n- name: report\n  type: notebook\n  owner: {name: me}\n  depends_on: [metric('many')]",
    "  tags: [b]\n  config: {tags: [a]}",
  ].join("\n");
  const spine =
    "models:\n- name: a\n  time_spine: {standard_granularity_column: d}\n  columns: [{name: d, granularity: day}]\n";
  writeProject(folder.path, {
    "dbt_project.yml": "name: shop\nprofile: shop\nexposures: {+tags: [b]}\n",
    "models/a.sql": "select 1 as id, current_date as d",
    "models/schema.yml": `${schema}\n${spine}`,
  });
  const { code, stdout } = await run(["parse"], folder.path);
  expect(code, stdout).toBe(0);
  const manifest = JSON.parse(readFileSync(join(folder.path, "target", "manifest.json"), "utf8")) as {
    exposures: Record<string, object>;
  };
  expect(manifest.exposures["exposure.shop.report"]).toMatchObject({
    depends_on: { nodes: ["metric.shop.many"] },
    tags: ["a", "b"],
    config: { tags: ["a", "b"] },
  });
});

test("two nodes of one relation are refused, also those of two packages, and two exposures of one name", async () => {
  using folder = temporaryFolder();
  const exposure = "- name: report\n  type: notebook\n  owner: {name: me}\n";
  writeProject(folder.path, {
    "packages.yml": "packages: [{local: packages/zoo}]\n",
    "packages/zoo/dbt_project.yml": "name: zoo\nprofile: shop\n",
    "packages/zoo/models/animals.sql": "select 1 as id",
    "models/animals.sql": "select 1 as id",
    "models/other.sql": "select 1 as id",
    "models/schema.yml": `exposures:\n${exposure}${exposure}`,
  });
  expect((await run(["deps"], folder.path)).code).toBe(0);
  const { code, stdout } = await run(["parse"], folder.path);
  expect(code, stdout).toBe(2);
  expect(stdout).toContain("two resources with the database representation");
  expect(stdout).toContain("model.shop.animals (models/animals.sql)");
  expect(stdout).toContain('dbt found two exposures with the name "report"');
  expect(stdout).not.toContain("other.sql");
});
