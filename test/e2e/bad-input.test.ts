import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** Runs a command in a project made of the given files. */
async function runIn(files: Record<string, string>, args: string[], env: Record<string, string> = {}) {
  using folder = temporaryFolder();
  writeProject(folder.path, files);
  return await run(args, folder.path, env);
}

test("all problems of a project are reported at once, each with its place and the near name", async () => {
  const ran = await runIn(
    {
      "models/orders.sql": "select 1 as id",
      "models/first.sql": "-- a comment\nselect * from {{ ref('ordrs') }}",
      "models/second.sql": "select * from {{ source('raw', 'nothing') }}",
      "models/third.sql": "select {{ 1 + }}",
      "models/broken.yml": "models:\n  - name: orders\n   description: x\n",
      "models/other/orders.sql": "select 2 as id",
      "models/visits.sql": "select 1 as id",
      "models/visits_v1.sql": "select 1 as id",
      "models/visits_second.sql": "select 1 as id",
      "models/visits.yml": "models: [{name: visits, versions: [{v: 1}, {v: 2, defined_in: visits_second}]}]",
    },
    ["build"],
  );
  expect(ran.code).toBe(2);
  expect(ran.stdout).toMatch(
    /DH1205 models\/visits\.sql:1[\s\S]*versioned and unversioned models with the name "visits"[\s\S]*the versions in models\/visits\.yml/,
  );
  for (const part of [
    "depends on a node named 'ordrs' which was not found",
    "Did you mean 'orders'?",
    "a source named 'raw.nothing' which was not found",
  ]) {
    expect(ran.stdout).toContain(part);
  }
  expect(ran.stdout).toMatch(/DH1201 models\/third\.sql:1:\d+/);
  expect(ran.stdout).toMatch(/DH1002 models\/broken\.yml:3:\d+/);
  expect(ran.stdout).toMatch(/DH1205 [\s\S]*two models with the name "orders"/);
});

test("configs, tests and contracts of the wrong form are told before anything runs", async () => {
  const ran = await runIn(
    {
      "models/ORDERS.SQL": "select 1 as id",
      "models/colored.sql": "{{ config(docs={'node_color': 'bleu'}) }} select 1 as id",
      "models/keys.sql": "{{ config(materialized='table') }} select 1 as a, 2 as b",
      "models/pointing.sql": "select 1 as a",
      "models/a/twice.sql": "{{ config(enabled=false) }} select 1 as id",
      "models/b/twice.sql": "{{ config(enabled=false) }} select 2 as id",
      "models/schema.yml": `models:
  - name: ORDERS
    columns:
      - name: id
        data_tests:
          accepted_values: {arguments: {values: [1]}}
  - name: keys
    columns:
      - {name: a, data_type: int, constraints: [{type: primary_key}]}
      - {name: b, data_type: int, constraints: [{type: primary_key}]}
  - name: pointing
    constraints: [{type: foreign_key, columns: [a], to: keys, to_columns: [a]}]
  - name: twice
    config: {enabled: true}
seeds:
  - name: rows
    config: {materialized: table}
`,
      "seeds/rows.csv": "id\n1\n",
    },
    ["parse"],
  );
  expect(ran.code).toBe(2);
  for (const part of [
    "The data_tests of 'ORDERS' are not a list",
    "Invalid config 'docs'",
    "Found 2 columns",
    "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model pointing: keys.",
    "Found 2 matching disabled nodes for model 'twice'",
    "Invalid config 'materialized': 'table' is not one of",
  ])
    expect(ran.stdout).toContain(part);
});

test("constraints that a view cannot hold, and a model past its day, are warned of at every command", async () => {
  const files = {
    "models/orders.sql": "select 1 as id",
    "models/reader.sql": "select * from {{ ref('orders') }}",
    "models/schema.yml": `models:
  - name: orders
    deprecation_date: 2020-01-01
    config: {contract: {enforced: true}, materialized: view}
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}]}
`,
  };
  using folder = temporaryFolder();
  writeProject(folder.path, files);
  for (const args of [["parse"], ["parse"], ["run"]]) {
    const ran = await run(args, folder.path);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("Constraint types are not supported for view materializations");
    expect(ran.stdout).toContain("Model orders has passed its deprecation date of 2020-01-01");
    expect(ran.stdout).toContain("While compiling 'reader': Found a reference to orders, which was deprecated on");
  }
  const strict = await run(["run", "--warn-error-options", "{'error': ['DeprecatedModel']}"], folder.path);
  expect(strict.code).toBe(2);
});

test("what refers to a broken resource is not reported besides", async () => {
  const ran = await runIn(
    {
      "models/orders.sql": "select {{ 1 + }} as id",
      "models/after.sql": "select * from {{ ref('orders') }}",
      "models/schema.yml":
        "models: [{name: orders, columns: [{name: id, data_tests: [unique]}]}]\n" +
        "unit_tests: [{name: u, model: orders, given: [], expect: {rows: []}}]\n",
      "tests/one.sql": "select * from {{ ref('orders') }} where {{ 1 + }}",
    },
    ["build"],
  );
  expect(ran.code).toBe(2);
  expect(ran.stdout.match(/DH\d+/g)).toEqual(["DH1201", "DH1201"]);
});

test("compile says why a node fails", async () => {
  const ran = await runIn(
    { "models/orders.sql": "select {{ exceptions.raise_compiler_error('no such day') if execute }}" },
    ["compile"],
  );
  expect(ran.code).toBe(2);
  expect(ran.stdout).toContain("no such day");
  expect(ran.stdout).toMatch(/DH3001 models\/orders\.sql:1:\d+/);
});

test("a name with blanks is refused, unless the project's flag lets it be", async () => {
  const files = { "models/two words.sql": "select 1 as id" };
  const refused = await runIn(files, ["parse"]);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain("Resource names cannot contain spaces: 'model.shop.two words'");
  const flags = "flags: {require_resource_names_without_spaces: false}";
  const allowed = await runIn({ ...files, "dbt_project.yml": `name: shop\nprofile: shop\n${flags}\n` }, ["parse"]);
  expect(allowed.code).toBe(0);
});

test("a cycle names every model in it", async () => {
  const ran = await runIn(
    { "models/a.sql": "select * from {{ ref('b') }}", "models/b.sql": "select * from {{ ref('a') }}" },
    ["run"],
  );
  expect(ran.code).toBe(2);
  expect(ran.stdout).toMatch(
    /Found a cycle: model\.shop\.(a --> model\.shop\.b --> model\.shop\.a|b --> model\.shop\.a --> model\.shop\.b)/,
  );
});

describe("what a command needs before it can start", () => {
  const model = { "models/a.sql": "select 1 as id" };
  test.each([
    ["no project", model, ["run", "--project-dir", "models"], "No dbt_project.yml found", 2],
    [
      "an unknown profile",
      { ...model, "dbt_project.yml": "name: shop\nprofile: shpo\n" },
      ["run"],
      "Did you mean 'shop'?",
      2,
    ],
    [
      "an unknown key of the project",
      { ...model, "dbt_project.yml": "name: shop\nprofile: shop\nmodel_paths: [m]\n" },
      ["run"],
      "Did you mean 'model-paths'?",
      2,
    ],
    [
      "a project's version that is none",
      { ...model, "dbt_project.yml": "name: shop\nprofile: shop\nversion: first\n" },
      ["run"],
      "version: is no version: write it as 1.0.0",
      2,
    ],
    [
      "configs of tests under both names",
      {
        ...model,
        "dbt_project.yml": "name: shop\nprofile: shop\ntests: {+enabled: true}\ndata_tests: {+enabled: true}\n",
      },
      ["parse"],
      "both `tests` and `data_tests` are given",
      2,
    ],
    ["an unknown target", model, ["run", "--target", "prod"], "does not have a target named 'prod'", 2],
    [
      "an unknown engine",
      { ...model, "profiles.yml": "shop:\n  outputs:\n    default: {type: duckdbb}\n" },
      ["run"],
      "Could not find adapter type duckdbb!",
      2,
    ],
    [
      "a missing env var",
      {
        ...model,
        "profiles.yml": "shop:\n  outputs:\n    default: {type: duckdb, path: \"{{ env_var('NOT_SET_ANYWHERE') }}\"}\n",
      },
      ["run"],
      "Env var required but not provided: 'NOT_SET_ANYWHERE'",
      2,
    ],
    ["an unknown flag", model, ["run", "--nonsense"], "unknown option '--nonsense'", 2],
    ["a bad selector", model, ["ls", "--select", "tga:x"], "'tga' is not a valid method name", 2],
    ["bad vars", model, ["run", "--vars", "{a: ["], "YAML of --vars", 2],
  ])("%s", async (_name, files, args, message, code) => {
    const ran = await runIn(files, args);
    expect(ran.stdout + ran.stderr).toContain(message);
    expect(ran.code).toBe(code);
  });
});

test("a macro that does not exist fails its node, with the place of the call", async () => {
  const ran = await runIn(
    { "models/a.sql": "select\n  {{ no_such_macro('x') }} as id", "models/b.sql": "select 1 as id" },
    ["run"],
  );
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("'no_such_macro' is undefined");
  expect(ran.stdout).toMatch(/models\/a\.sql:2:\d+/);
  expect(ran.stdout).toContain("PASS=1 WARN=0 ERROR=1");
});

test("a broken CSV names the seed", async () => {
  const ran = await runIn({ "seeds/bad.csv": 'id,name\n1,"open\n2,x\n' }, ["seed"]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("seed bad (seeds/bad.csv)");
});

test("a database file that another process holds is named with that process", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select 1 as id" });
  const holder = await DuckDBInstance.create(join(folder.path, "shop.duckdb"));
  const ran = await run(["run"], folder.path);
  holder.closeSync();
  expect(ran.code).toBe(2);
  expect(ran.stdout).toContain(`is in use by process ${String(process.pid)}`);
});

test("a damaged database file is named, and left alone", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select 1 as id" });
  const path = join(folder.path, "shop.duckdb");
  writeFileSync(path, "not a database at all");
  const ran = await run(["run"], folder.path);
  expect(ran.code).toBe(2);
  expect(ran.stdout).toContain("DH2002");
  expect(readFileSync(path, "utf8")).toBe("not a database at all");
});

test("secrets are for profiles only, and are masked wherever they would show", async () => {
  using folder = temporaryFolder();
  const secret = "s3cret_schema";
  writeProject(folder.path, {
    "profiles.yml":
      "shop:\n  outputs:\n    default: {type: duckdb, path: shop.duckdb, schema: \"{{ env_var('DBT_ENV_SECRET_SCHEMA') }}\"}\n",
    "models/a.sql": "{{ log('schema is ' ~ schema, info=true) }}select 1 as id",
  });
  const ran = await run(["run", "--debug"], folder.path, { DBT_ENV_SECRET_SCHEMA: secret });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("schema is *****");
  const written = [
    join(folder.path, "logs", "dbt.log"),
    ...readdirSync(join(folder.path, "target"))
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder.path, "target", name)),
  ];
  for (const text of [ran.stdout, ran.stderr, ...written.map((path) => readFileSync(path, "utf8"))])
    expect(text).not.toContain(secret);
  const refused = await runIn({ "models/a.sql": "select '{{ env_var('DBT_ENV_SECRET_SCHEMA') }}' as x" }, ["run"], {
    DBT_ENV_SECRET_SCHEMA: secret,
  });
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain("Secret env vars are allowed only in profiles.yml or packages.yml");
});

test("a macro that cannot be read ends the command before anything runs, also where nobody calls it", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/fine.sql": "select 1 as id",
    "macros/unused.sql": "{% macro fine() %}{% endmacro %}\n{% macro broken() %}{{ 1 + }}{% endmacro %}",
  });
  const ran = await run(["run"], folder.path);
  expect(ran.code).toBe(2);
  expect(ran.stdout).toContain("DH1201 macros/unused.sql:2:");
  expect(ran.stdout).not.toContain("START");
});

test("a way to keep failures that there is not is named, with those there are", async () => {
  const ran = await runIn(
    {
      "tests/bad.sql": "{{ config(store_failures=true, store_failures_as='error') }} select 1 as n",
    },
    ["test"],
  );
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain(
    "'error' is not a valid value of store_failures_as. Accepted values are: ['ephemeral', 'table', 'view']",
  );
});

test("what a macro calls has to be there when it is parsed; a model's own text may name what only runs know", async () => {
  const macro =
    "{% macro asks(x) %}{{ x is defined }}{{ nobody }}{% if execute %}{{ nobody.knows() }}{% endif %}{% endmacro %}";
  const model = "select 1 as id -- {{ asks() }} {{ nobody(1).knows }}";
  expect((await runIn({ "macros/m.sql": macro, "models/a.sql": model }, ["parse"])).code).toBe(0);
  const calls = await runIn(
    { "macros/m.sql": "{% macro asks() %}{{ nobody(1) }}{% endmacro %}", "models/a.sql": "select {{ asks() }}" },
    ["run"],
  );
  expect(calls.code).toBe(2);
  expect(calls.stdout).toMatch(/DH1201 macros\/m\.sql:1:\d+\n[\s\S]*'nobody' is undefined/);
});

test("a database in a folder that is not there is not opened, and no folder is made", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select 1 as id" });
  const profile = join(folder.path, "profiles.yml");
  writeFileSync(profile, readFileSync(profile, "utf8").replace("path: ", "path: nowhere/"));
  const ran = await run(["run"], folder.path);
  expect(ran.code).toBe(2);
  expect(ran.stdout).toMatch(/DH2002 .*nowhere\/shop\.duckdb[\s\S]*There is no folder .*nowhere/);
  expect(readdirSync(folder.path)).not.toContain("nowhere");
  expect((await run(["debug"], folder.path)).code).toBe(1);
});

test("a time spine names columns that its model describes", async () => {
  const spine = (columns: string): Record<string, string> => ({
    "models/days.sql": "select 1 as day",
    "models/s.yml": `models: [{name: days, time_spine: {standard_granularity_column: day}, columns: [${columns}]}]`,
  });
  const missing = await runIn(spine("{name: other}"), ["parse"]);
  expect(missing.code).toBe(2);
  expect(missing.stdout).toMatch(/DH1217 models\/s\.yml:1:\d+[\s\S]*describes no column 'day'/);
  expect((await runIn(spine("{name: day}"), ["parse"])).stdout).toContain("must have a granularity");
  expect((await runIn(spine("{name: day, granularity: day}"), ["parse"])).code).toBe(0);
});

test("an older version may lack the columns of a time spine", async () => {
  const files = {
    "models/days_v1.sql": "select 1 as old",
    "models/days_v2.sql": "select 1 as day",
    "models/s.yml": `models:
  - name: days
    latest_version: 2
    time_spine: {standard_granularity_column: day}
    versions:
      - {v: 1, columns: [{name: old}]}
      - {v: 2, columns: [{name: day, granularity: day}]}
`,
  };
  const ran = await runIn(files, ["parse"]);
  expect(ran.code, ran.stdout).toBe(0);
});

test("a package's own test finds what it dispatches to in its package while it is parsed", async () => {
  const files = {
    "packages.yml": "packages: [{local: kit}]\n",
    "models/a.sql": "select 1 as id",
    "models/s.yml": "models: [{name: a, data_tests: [kit.odd]}]\n",
    "kit/dbt_project.yml": "name: kit\nversion: '1.0'\n",
    "kit/macros/m.sql": `{% test odd(model) %}{{ return(adapter.dispatch('test_odd')(model)) }}{% endtest %}
{% macro default__test_odd(model) %}select * from {{ model }} where id % 2 = 0{% endmacro %}`,
  };
  using folder = temporaryFolder();
  writeProject(folder.path, files);
  expect((await run(["deps"], folder.path)).code).toBe(0);
  expect((await run(["run"], folder.path)).code).toBe(0);
  // As in dbt, it has to be named where it is run.
  const tested = await run(["test"], folder.path);
  expect([tested.code, tested.stdout.includes("No macro named 'test_odd'")]).toEqual([1, true]);
});

test("a package's own test is parsed with the macros of its package by their plain names", async () => {
  const files = {
    "packages.yml": "packages: [{local: kit}]\n",
    "models/a.sql": "select 1 as id",
    "models/s.yml": "models: [{name: a, data_tests: [kit.odd]}]\n",
    "kit/dbt_project.yml": "name: kit\nversion: '1.0'\n",
    "kit/macros/m.sql": `{% test odd(model) %}
{% if execute %}select * from {{ model }} where id % 2 = 0{% else %}{{ kit.nothing() }}{% endif %}{% endtest %}
{% macro nothing() %}select {{ zero() }} limit 0{% endmacro %}
{% macro zero() %}0{% endmacro %}`,
  };
  using folder = temporaryFolder();
  writeProject(folder.path, files);
  expect((await run(["deps"], folder.path)).code).toBe(0);
  const built = await run(["build"], folder.path);
  expect(built.code, built.stdout).toBe(0);
});

test("a package that names a model of the root project is warned of, unless packages look in themselves first", async () => {
  const files = {
    "packages.yml": "packages: [{local: kit}]\n",
    "models/a.sql": "select 1 as id",
    "kit/dbt_project.yml": "name: kit\nversion: '1.0'\n",
    "kit/models/k.sql": "select * from {{ ref('a') }}",
    "kit/models/l.sql": "select * from {{ ref('shop', 'a') }}",
  };
  using folder = temporaryFolder();
  writeProject(folder.path, files);
  expect((await run(["deps"], folder.path)).code).toBe(0);
  const told = await run(["parse"], folder.path);
  expect(told.code).toBe(0);
  expect(told.stdout.match(/DH1406/g)).toHaveLength(1);
  expect(told.stdout).toContain("The node 'k' in package 'kit' depends on the root project's node 'model.shop.a'");
  const strict = "--warn-error-options={error: [PackageNodeDependsOnRootProjectNode]}";
  expect((await run([strict, "parse", "--no-partial-parse"], folder.path)).code).toBe(2);
  const project = join(folder.path, "dbt_project.yml");
  const flags = "flags: {require_ref_searches_node_package_before_root: true}\n";
  writeFileSync(project, readFileSync(project, "utf8") + flags);
  expect((await run(["parse"], folder.path)).stdout).not.toContain("DH1406");
});
