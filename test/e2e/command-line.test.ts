import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const FILES = {
  "data/rows.csv": "id\n1\n2\n",
  "models/from_file.sql": "select * from read_csv('data/rows.csv')",
  "models/child.sql": "{{ config(tags=['late']) }}select * from {{ ref('from_file') }}",
  "models/schema.yml":
    "models:\n  - name: child\n    columns:\n      - name: id\n        data_tests: [unique, not_null]\n",
};

test("a command works from anywhere: files in SQL are looked for from the project's folder", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  mkdirSync(join(folder.path, "elsewhere"));
  const named = await run(
    ["build", "--project-dir", folder.path, "--profiles-dir", folder.path],
    join(folder.path, "elsewhere"),
  );
  expect(named.stdout).toContain("PASS=4");
  const below = await run(["run"], join(folder.path, "models"), { DBT_PROFILES_DIR: folder.path });
  expect(below.stdout).toContain("PASS=2");
  expect(existsSync(join(folder.path, "elsewhere", "target"))).toBe(false);
});

describe("selection on the command line", () => {
  test.each([
    [
      ["ls", "--select", "from_file+"],
      ["shop.child", "shop.from_file", "shop.not_null_child_id", "shop.unique_child_id"],
    ],
    [["ls", "-s", "tag:late", "--resource-type", "model"], ["shop.child"]],
    [
      ["ls", "-s", "from_file", "child", "--exclude", "resource_type:test"],
      ["shop.child", "shop.from_file"],
    ],
    [
      ["ls", "-s", "from_file child", "--exclude-resource-type", "test"],
      ["shop.child", "shop.from_file"],
    ],
    [["ls", "-m", "child", "--indirect-selection=empty"], ["shop.child"]],
    [
      ["ls", "--output", "path", "--resource-type", "model"],
      ["models/child.sql", "models/from_file.sql"],
    ],
  ])("%j", async (args, expected) => {
    using folder = temporaryFolder();
    writeProject(folder.path, FILES);
    const ran = await run(args, folder.path);
    expect(ran.stdout.trim().split("\n")).toEqual(expected);
  });
});

test("flags come from the command line, then the environment, then dbt_project.yml", async () => {
  using folder = temporaryFolder();
  const shown = "{{ log('full refresh is ' ~ flags.FULL_REFRESH, info=true) }}select 1 as id";
  writeProject(folder.path, {
    "models/a.sql": shown,
    "dbt_project.yml": "name: shop\nprofile: shop\nflags:\n  full_refresh: true\n",
  });
  expect((await run(["compile"], folder.path)).stdout).toContain("full refresh is True");
  expect((await run(["compile"], folder.path, { DBT_FULL_REFRESH: "false" })).stdout).toContain(
    "full refresh is False",
  );
  expect((await run(["compile", "--full-refresh"], folder.path, { DBT_ENGINE_FULL_REFRESH: "0" })).stdout).toContain(
    "full refresh is True",
  );
  expect((await run(["compile", "--no-full-refresh"], folder.path)).stdout).toContain("full refresh is False");
});

test("--log-format json writes one object a line, --quiet only errors", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  const json = await run(["--log-format", "json", "build"], folder.path);
  const records = json.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { info: { msg: string; level: string; name: string } });
  expect(
    records.some(
      ({ info }) => info.name === "node-finish" && info.msg.includes("OK created sql table model main.child"),
    ),
  ).toBe(true);
  const quiet = await run(["--quiet", "build"], folder.path);
  expect(quiet.stdout).toBe("");
});

test("warnings are errors with --warn-error", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/a.sql": "select 1 as id",
    "models/schema.yml": "models:\n  - name: not_there\n",
  });
  expect((await run(["run"], folder.path)).code).toBe(0);
  const strict = await run(["--warn-error", "run"], folder.path);
  expect(strict.code).toBe(2);
  expect(strict.stdout).toContain("DH1307");
});

test("fail-fast starts nothing new", async () => {
  using folder = temporaryFolder();
  const models = Object.fromEntries(
    ["b", "c", "d"].map((name) => [`models/${name}.sql`, "-- depends_on: {{ ref('a') }}\nselect 1 as id"]),
  );
  writeProject(folder.path, { "models/a.sql": "select 1 as id", "models/aa_bad.sql": "select nope", ...models });
  const ran = await run(["run", "--fail-fast", "--threads", "1"], folder.path);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/ERROR=1 SKIP=[34]/);
});

test("fail-fast ends what runs; hooks at the end still run", async () => {
  using folder = temporaryFolder();
  const config = "{{ config(materialized='table') }}";
  writeProject(folder.path, {
    "dbt_project.yml": "name: shop\nprofile: shop\non-run-end: select 1\n",
    "models/endless.sql": `${config} select count(*) as n from range(100000000) a, range(100000000) b where a.range * b.range % 7 = 3`,
    "models/failing.sql": `${config} select error('no') as n from range(200000000) where range = 199999999`,
    "models/below.sql": "select n from {{ ref('endless') }}",
  });
  const ran = await run(["run", "--fail-fast", "--threads", "2"], folder.path);
  expect(ran.code, ran.stdout).toBe(1);
  const report = readFileSync(join(folder.path, "target", "run_results.json"), "utf8");
  const { results } = JSON.parse(report) as { results: { unique_id: string; status: string; message: string }[] };
  const found = results.map(({ unique_id, status, message }) => [unique_id, status, message.split("\n")[0]]);
  expect(found.sort()).toEqual([
    ["model.shop.below", "skipped", "Skipping due to fail_fast"],
    ["model.shop.endless", "skipped", "Skipping due to fail_fast"],
    ["model.shop.failing", "error", "Runtime Error in model failing (models/failing.sql)"],
    ["operation.shop.shop-on-run-end-0", "success", expect.any(String)],
  ]);
});

test("clean removes the clean-targets and refuses the project's own folders", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  await run(["compile"], folder.path);
  expect(existsSync(join(folder.path, "target"))).toBe(true);
  expect((await run(["clean"], folder.path)).code).toBe(0);
  expect(existsSync(join(folder.path, "target"))).toBe(false);
  writeFileSync(
    join(folder.path, "dbt_project.yml"),
    "name: shop\nprofile: shop\nclean-targets: [models, ../outside]\n",
  );
  const refused = await run(["clean"], folder.path);
  expect(refused.code).toBe(2);
  expect(readFileSync(join(folder.path, "models", "child.sql"), "utf8")).toContain("ref");
});

test("clean removes what lies outside of the project only where it is asked to, and never what holds it", async () => {
  using folder = temporaryFolder();
  const [project, outside] = [join(folder.path, "project"), join(folder.path, "outside")];
  writeProject(project, { ...FILES, "dbt_project.yml": "name: shop\nprofile: shop\nclean-targets: [../outside]\n" });
  mkdirSync(outside);
  expect((await run(["clean"], project)).stdout).toContain("--no-clean-project-files-only");
  expect(existsSync(outside)).toBe(true);
  expect((await run(["clean", "--no-clean-project-files-only"], project)).code).toBe(0);
  expect(existsSync(outside)).toBe(false);
  writeProject(project, { "dbt_project.yml": "name: shop\nprofile: shop\nclean-targets: [..]\n" });
  expect((await run(["clean", "--no-clean-project-files-only"], project)).code).toBe(2);
});

test("without a Python a Python model fails, and the rest is run", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/a.sql": "select 1 as id",
    "models/py.py": "def model(dbt, session):\n    return dbt.ref('a')\n",
    "models/after.sql": "select * from {{ ref('py') }}",
  });
  const ran = await run(["run"], folder.path, { DUCKHOUSE_PYTHON: join(folder.path, "python") });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("DH3010 models/py.py");
  expect(ran.stdout).toContain("Python models need a Python, and none was found");
  expect(ran.stdout).toContain("PASS=1 WARN=0 ERROR=1 SKIP=1");
});

test("a schema that was there before keeps its tables when a macro creates it", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    ...FILES,
    "macros/look.sql": `{% macro look() %}
  {% do adapter.create_schema(api.Relation.create(database=target.database, schema='main')) %}
  {% do log('found ' ~ load_relation(api.Relation.create(database=target.database, schema='main', identifier='from_file')), info=true) %}
{% endmacro %}`,
  });
  await run(["run"], folder.path);
  const looked = await run(["run-operation", "look"], folder.path);
  expect(looked.stdout).toContain('found "shop"."main"."from_file"');
});

test("compile prints the nodes it was asked for, ls --models lists models alone", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/orders.sql": "{{ config(materialized=var('as', 'view')) }}select {{ 1 + 1 }} as id",
    "models/schema.yml": "models: [{name: orders, columns: [{name: id, data_tests: [unique]}]}]",
  });
  const asText = await run(["compile", "-s", "orders"], folder.path);
  expect(asText.stdout).toContain("Compiled node 'orders' is:\nselect 2 as id\n");
  expect(asText.stdout).not.toContain("unique_orders_id");
  const asJson = await run(["compile", "-s", "orders", "--output", "json"], folder.path);
  expect(asJson.stdout).toContain('{\n  "node": "orders",\n  "compiled": "select 2 as id"\n}\n');
  expect((await run(["compile"], folder.path)).stdout).not.toContain("Compiled node");
  const inline = await run(["compile", "--inline", "select {{ 2 }}", "--output", "json"], folder.path);
  expect(inline.stdout).toContain('{\n  "compiled": "select 2"\n}\n');
  expect((await run(["ls", "--resource-type", "test model"], folder.path)).stdout).toContain("shop.orders\n");
  expect((await run(["ls", "--models", "orders"], folder.path)).stdout).toBe("shop.orders\n");
  expect((await run(["ls", "--select", "orders"], folder.path)).stdout).toBe("shop.orders\nshop.unique_orders_id\n");
});

test("what config() came to is no change of state where states are compared by what is written", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "dbt_project.yml": "name: shop\nprofile: shop\nflags: {state_modified_compare_more_unrendered_values: true}\n",
    "models/orders.sql": "{{ config(materialized=var('as', 'view')) }}select 1 as id",
  });
  await run(["parse", "--target-path", "before"], folder.path);
  const args = ["ls", "--select", "state:modified", "--state", "before"];
  expect((await run([...args, "--vars", "as: table"], folder.path)).stdout).not.toContain("shop.orders");
  writeProject(folder.path, { "models/orders.sql": "{{ config(materialized='view') }}select 1 as id" });
  expect((await run(args, folder.path)).stdout).toContain("shop.orders");
});

test("a query for freshness may be a template; its table needs no column of its source", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/raw.yml": `sources:
  - name: raw
    schema: main
    loaded_at_field: nothing
    freshness: {warn_after: {count: 1, period: day}}
    tables:
      - name: events
        loaded_at_field: null
        loaded_at_query: "select max({{ var('column', 'seen') }}) from {{ this }}"
`,
    "models/events.sql": "select current_timestamp as seen",
  });
  await run(["run"], folder.path);
  for (const name of ["freshness", "snapshot-freshness"]) {
    const ran = await run(["source", name], folder.path);
    expect(ran.stdout).toContain("PASS freshness of raw.events");
    expect(ran.code).toBe(0);
  }
  writeProject(folder.path, {
    "models/raw.yml": "sources: [{name: raw, tables: [{name: events, loaded_at_field: a, loaded_at_query: select 1}]}]",
  });
  expect((await run(["parse"], folder.path)).stdout).toContain(
    "Cannot specify both loaded_at_field and loaded_at_query at table level.",
  );
});
