import { expect, test } from "vitest";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

// Rules that dbt's own tests of adapters hold.

const SEED = {
  "seeds/numbers.csv": "id,price,name,seen\n1,1.25,a,2024-01-01 00:00:00\n2,99.99,b,2024-01-02 10:00:00\n",
};

async function passes(folder: string, ...args: string[]): Promise<Ran> {
  const ran = await run(args, folder);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return ran;
}

async function rows(folder: string, sql: string): Promise<unknown[][]> {
  const { stdout } = await passes(folder, "query", sql, "--format", "json");
  return (JSON.parse(stdout) as { rows: unknown[][] }).rows;
}

test("a seed of no rows has the types of all of them, so that the rows can follow", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { ...SEED, "models/doubled.sql": "select price * 2 as price from {{ ref('numbers') }}" });
  await passes(folder.path, "build", "--empty");
  const types = "select string_agg(column_type, ' ') from (describe main.numbers)";
  expect(await rows(folder.path, "select count(*) = 0 from main.numbers")).toEqual([[true]]);
  const empty = await rows(folder.path, types);
  await passes(folder.path, "seed");
  expect(await rows(folder.path, "select sum(price)::varchar from main.numbers")).toEqual([["101.24"]]);
  await passes(folder.path, "seed", "--full-refresh");
  expect(await rows(folder.path, types)).toEqual(empty);
});

test("statements about a table name it whole where --empty reads none of its rows", async () => {
  using folder = temporaryFolder();
  const table = "adapter.Relation.create(this.database, this.schema, 'numbers', 'table')";
  const model = [
    "{{ alter_column_type(ref('numbers'), 'name', 'varchar') }}",
    `{% do alter_relation_add_remove_columns(${table}, [api.Column('more', 'varchar')], none) %}`,
    `{% do alter_relation_add_remove_columns(${table}, none, [api.Column('more', 'varchar')]) %}`,
    `{{ truncate_relation(${table}) }}`,
    "select * from {{ ref('numbers') }}",
  ].join("\n");
  writeProject(folder.path, { ...SEED, "models/changed.sql": model });
  await passes(folder.path, "seed");
  await passes(folder.path, "run", "--empty");
  expect(await rows(folder.path, "select count(*) = 0 from main.numbers")).toEqual([[true]]);
});

test("a clone of what is in its own place leaves it there", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { ...SEED, "models/kept.sql": "select 1 as id" });
  await passes(folder.path, "build", "--target-path", "before");
  const { stdout } = await passes(folder.path, "clone", "--state", "before", "--full-refresh", "--debug");
  expect(stdout).toContain("skipping clone for relation");
  expect(
    await rows(folder.path, "select (select count(*) from main.numbers) = 2, (select id from main.kept) = 1"),
  ).toEqual([[true, true]]);
});

test("a seed's hook that refers to a model is refused, because a seed is a root of the graph", async () => {
  using folder = temporaryFolder();
  const properties =
    "seeds:\n  - name: numbers\n    config: {post_hook: \"insert into log select 1 from {{ ref('first') }}\"}\n";
  writeProject(folder.path, { ...SEED, "models/first.sql": "select 1 as id", "seeds/schema.yml": properties });
  const { code, stdout } = await run(["parse"], folder.path);
  expect(code).toBe(2);
  expect(stdout).toContain("DH1211 seeds/numbers.csv");
  expect(stdout).toContain("Seeds cannot depend on other nodes, but a hook of 'seed.shop.numbers'");
  expect(stdout).toContain("- post_hook: \"insert into log select 1 from {{ ref('first') }}\"");
});

test("seed --show prints the first rows of what was loaded", async () => {
  using folder = temporaryFolder();
  const many = `n\n${Array.from({ length: 30 }, (_, n) => `row${String(n)}`).join("\n")}\n`;
  writeProject(folder.path, { ...SEED, "seeds/many.csv": many });
  const { stdout } = await passes(folder.path, "seed", "--show");
  expect(stdout).toContain("First rows of main.numbers");
  expect(stdout).toMatch(/\| id *\| *price *\| *name/);
  expect(stdout).toContain("99.99");
  expect(stdout).toContain("row9");
  expect(stdout).not.toContain("row10");
});

test("debug tells which of the files is wrong; --connection looks at the connection alone", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "dbt_project.yml": "profile: shop\nmodel-paths: 3\n" });
  const wrong = await run(["debug"], folder.path);
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toContain("profiles.yml file [OK found and valid]");
  expect(wrong.stdout).toContain("dbt_project.yml file [ERROR invalid]");
  expect(wrong.stdout).toContain("2 checks failed");
  const { stdout } = await passes(folder.path, "debug", "--connection");
  expect(stdout).toContain("Skipping steps before connection verification");
  expect(stdout).toContain("Connection test: [OK connection ok]");
  const unknown = await run(["debug", "--target", "prod"], folder.path);
  expect(unknown.code).toBe(1);
  expect(unknown.stdout).toContain("profiles.yml file [ERROR invalid]");
  expect(unknown.stdout).toContain("Profile loading failed for the following reason:");
});

test("wrong merge options are told of all at once, in dbt-duckdb's words", async () => {
  using folder = temporaryFolder();
  const config = [
    "materialized='incremental', incremental_strategy='merge', unique_key='id'",
    "merge_update_condition=123, merge_update_columns='id', merge_exclude_columns=[1], merge_update_set_expressions=['a']",
    "merge_clauses={'when_matched': ['x'], 'when_not_matched': []}",
  ].join(", ");
  writeProject(folder.path, { "models/merged.sql": `{{ config(${config}) }}\nselect 1 as id` });
  await passes(folder.path, "run");
  const { code, stdout } = await run(["run"], folder.path);
  expect(code).toBe(1);
  for (const text of [
    "MERGE configuration errors:",
    "merge_update_condition must be a string, found: 123",
    "merge_update_columns must be a list",
    "merge_exclude_columns must contain only string values, found: 1",
    "merge_update_set_expressions must be a dictionary, found: ['a']",
    "merge_clauses.when_matched elements must be dictionaries, found: x",
    "merge_clauses.when_not_matched must contain at least one element",
    "will be ignored and should be removed: merge_update_condition, merge_update_columns, merge_update_set_expressions, merge_exclude_columns",
  ])
    expect(stdout).toContain(text);
});

test("a method that the adapter has not fails the node that calls it, not the project", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/near.sql":
      "{{ config(materialized='ephemeral') }}\n{% set parts = adapter.get_parts(this) %}\nselect {{ adapter.no_such() }} as id",
    "models/reader.sql": "select * from {{ ref('near') }}",
    "models/other.sql": "select 1 as id",
  });
  await passes(folder.path, "run", "--select", "other");
  const { code, stdout } = await run(["run"], folder.path);
  expect(code).toBe(1);
  expect(stdout).toContain("Compilation Error in model near (models/near.sql)");
  expect(stdout).toContain("PASS=1 WARN=0");
});

test("descriptions of columns that are not there are warned of", async () => {
  using folder = temporaryFolder();
  const columns = "columns: [{name: id, description: there}, {name: gone, description: not there}]";
  writeProject(folder.path, {
    "models/schema.yml": `models:\n  - name: told\n    config: {persist_docs: {columns: true}}\n    ${columns}\n`,
    "models/told.sql": "select 1 as id",
  });
  const { stdout } = await passes(folder.path, "run");
  expect(stdout).toContain("specified in the schema but are not present in the database: gone");
});

test("a package's own macros take no part where dbt's are dispatched by name, the project's do", async () => {
  using folder = temporaryFolder();
  const own = (answer: string): string => `{% macro default__type_string() %}${answer}{% endmacro %}`;
  writeProject(folder.path, {
    "packages.yml": "packages: [{local: packages/zoo}]\n",
    "packages/zoo/dbt_project.yml": "name: zoo\nprofile: shop\n",
    "packages/zoo/macros/types.sql": own("blob"),
    "packages/zoo/models/animals.sql": "select null::{{ dbt.type_string() }} as name",
  });
  await passes(folder.path, "deps");
  await passes(folder.path, "run");
  const type = "select column_type from (describe main.animals)";
  expect(await rows(folder.path, type)).toEqual([["VARCHAR"]]);
  writeProject(folder.path, { "macros/types.sql": own("date") });
  await passes(folder.path, "run");
  expect(await rows(folder.path, type)).toEqual([["DATE"]]);
});
