import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const PROJECT = {
  "models/orders.sql": "select 1 as id",
  "models/first.sql": "{{ config(materialized='ephemeral') }}select 2 as id",
  "models/second.sql": "{{ config(materialized='ephemeral') }}select * from {{ ref('first') }}",
  "models/schema.yml": "models:\n- name: second\n  columns:\n  - name: id\n    data_tests: [not_null]\n",
  "tests/refused.sql": "select nope from {{ ref('orders') }}",
};

type Node = Record<string, unknown>;

function nodesIn(folder: string): Record<string, Node> {
  const text = readFileSync(join(folder, "target", "manifest.json"), "utf8");
  return (JSON.parse(text) as { nodes: Record<string, Node> }).nodes;
}

test("a test whose SQL fails says where its statement was written", async () => {
  using work = temporaryFolder();
  writeProject(work.path, PROJECT);
  await run(["build", "--select", "orders refused"], work.path);
  expect(nodesIn(work.path)["test.shop.refused"]).toMatchObject({
    compiled_path: "target/compiled/shop/tests/refused.sql",
    build_path: "target/run/shop/tests/refused.sql",
  });
});

test("ephemeral models that only a test asked for count as compiled", async () => {
  using work = temporaryFolder();
  writeProject(work.path, PROJECT);
  const done = await run(["test", "--select", "second,test_type:data"], work.path);
  expect(done.code, done.stdout).toBe(0);
  const nodes = nodesIn(work.path);
  expect(nodes["model.shop.first"]).toMatchObject({ compiled: true, compiled_code: "select 2 as id", extra_ctes: [] });
  expect(nodes["model.shop.second"]).toMatchObject({
    compiled: true,
    compiled_code: "with __dbt__cte__first as (\nselect 2 as id\n) select * from __dbt__cte__first",
    compiled_path: "target/compiled/shop/models/second.sql",
    extra_ctes: [{ id: "model.shop.first", sql: " __dbt__cte__first as (\nselect 2 as id\n)" }],
    extra_ctes_injected: true,
  });
});

describe("commands that only read write the manifest, too", () => {
  test.each([
    ["ls"],
    ["show", "--inline", "select 1"],
    ["compile", "--inline", "select 1"],
    ["source", "freshness"],
    ["ls", "--select", "nothing_like_this"],
  ])("%s %s", async (...args) => {
    using work = temporaryFolder();
    writeProject(work.path, PROJECT);
    await run(args, work.path);
    expect(Object.keys(nodesIn(work.path))).toContain("model.shop.orders");
  });

  test("but not with --no-write-json", async () => {
    using work = temporaryFolder();
    writeProject(work.path, PROJECT);
    await run(["ls", "--no-write-json"], work.path);
    expect(existsSync(join(work.path, "target", "manifest.json"))).toBe(false);
  });
});

test("a package's test that the project has a namesake of has two macros for parents", async () => {
  using work = temporaryFolder();
  const positive = (comparison: string): string =>
    `{% test positive(model, column_name) %}select 1 from {{ model }} where {{ column_name }} ${comparison} 0{% endtest %}`;
  writeProject(work.path, {
    "models/orders.sql": "select 1 as id",
    "models/schema.yml":
      "models:\n- name: orders\n  columns:\n  - name: id\n    data_tests: [positive, other.positive, other.not_null]\n",
    "macros/positive.sql": positive("<"),
    "packages.yml": "packages: [{local: other}]",
    "dbt_packages/other/dbt_project.yml": "name: other\nversion: '1.0'\n",
    "dbt_packages/other/macros/tests.sql": `${positive("<=")}{% test not_null(model, column_name) %}select 1{% endtest %}`,
  });
  const done = await run(["parse"], work.path);
  expect(done.code, done.stdout).toBe(0);
  const parents = Object.values(nodesIn(work.path)).flatMap((node) =>
    "test_metadata" in node ? [[node["name"], (node["depends_on"] as { macros: string[] }).macros]] : [],
  );
  const where = "macro.dbt.get_where_subquery";
  expect(Object.fromEntries(parents)).toEqual({
    positive_orders_id: ["macro.shop.test_positive", where],
    other_positive_orders_id: ["macro.shop.test_positive", where, "macro.other.test_positive"],
    other_not_null_orders_id: ["macro.other.test_not_null", where],
  });
});

test("macros that are called only while running are parents once the model ran", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "models/orders.sql": "{{ always() }}{% if execute %}{{ later() }}{% endif %}",
    "macros/both.sql":
      "{% macro always() %}select 1 as id{% endmacro %}{% macro later() %}{{ inner() }}{% endmacro %}{% macro inner() %}{% endmacro %}",
  });
  await run(["parse"], work.path);
  expect(nodesIn(work.path)["model.shop.orders"]).toMatchObject({ depends_on: { macros: ["macro.shop.always"] } });
  await run(["run"], work.path);
  const macros = ["macro.shop.always", "macro.shop.later"];
  expect(nodesIn(work.path)["model.shop.orders"]).toMatchObject({ depends_on: { macros } });
});

test("hooks are counted from 1, and one that leaves no SQL counts as compiled", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    ...PROJECT,
    "dbt_project.yml":
      "name: shop\nversion: '1.0'\nprofile: shop\non-run-start: ['select 1', '{% if false %}select 2{% endif %}']\n",
  });
  const done = await run(["run", "--select", "orders"], work.path);
  expect(done.code, done.stdout).toBe(0);
  const nodes = nodesIn(work.path);
  expect(nodes["operation.shop.shop-on-run-start-0"]).toMatchObject({ index: 1, compiled: true });
  expect(nodes["operation.shop.shop-on-run-start-1"]).toMatchObject({
    index: 2,
    compiled: true,
    compiled_code: "",
    compiled_path: null,
    extra_ctes: [],
  });
});

test("hooks of packages run package by package and after the project's; they have the project's config for models", async () => {
  using work = temporaryFolder();
  const hooksOf = (name: string): string =>
    `name: ${name}\nprofile: shop\non-run-start: ["select '${name} 1'", "select '${name} 2'"]\n`;
  writeProject(work.path, {
    ...PROJECT,
    "dbt_project.yml": `${hooksOf("shop")}models: {+meta: {owner: me}, +tags: [x]}\n`,
    "packages.yml": "packages: [{local: packages/zoo}, {local: packages/ant}]\n",
    "packages/zoo/dbt_project.yml": hooksOf("zoo"),
    "packages/ant/dbt_project.yml": hooksOf("ant"),
  });
  expect((await run(["deps"], work.path)).code).toBe(0);
  await run(["parse"], work.path);
  const id = "operation.shop.shop-on-run-start-1";
  const parsed = { index: 1, tags: ["on-run-start", "x"], meta: { owner: "me" } };
  expect(nodesIn(work.path)[id]).toMatchObject(parsed);
  const done = await run(["run", "--select", "orders"], work.path);
  const order = [...done.stdout.matchAll(/OK hook: (\w+)\.on-run-start\.(\d)/g)].map(([, name, place]) => [
    name,
    place,
  ]);
  expect(order).toEqual(["shop", "shop", "ant", "ant", "zoo", "zoo"].map((name, place) => [name, String(place)]));
  expect(nodesIn(work.path)[id]).toMatchObject({ index: 2 });
});

test("who disables the models of a package disables its hooks with them", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    ...PROJECT,
    "dbt_project.yml": "name: shop\nprofile: shop\non-run-end: [\"select 'own'\"]\nmodels: {zoo: {+enabled: false}}\n",
    "packages.yml": "packages: [{local: packages/zoo}]\n",
    "packages/zoo/dbt_project.yml": 'name: zoo\nprofile: shop\non-run-start: ["select nope"]\n',
  });
  expect((await run(["deps"], work.path)).code).toBe(0);
  const done = await run(["run", "--select", "orders"], work.path);
  expect(done.code, done.stdout).toBe(0);
  expect(done.stdout).toContain("OK hook: shop.on-run-end.0");
  const operations = Object.keys(nodesIn(work.path)).filter((id) => id.startsWith("operation."));
  expect(operations).toEqual(["operation.shop.shop-on-run-end-0"]);
});

test("what dbt does not know of a column is kept with it", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    ...PROJECT,
    "models/columns.yml":
      "models: [{name: orders, columns: [{name: id, policy: [1], dimension: {type: time}, docs: {show: false}, tests: [unique]}]}]",
  });
  await run(["parse"], work.path);
  const { id } = nodesIn(work.path)["model.shop.orders"]?.["columns"] as Record<string, object>;
  expect(Object.keys(id ?? {}).slice(-3)).toEqual(["doc_blocks", "policy", "dimension"]);
});

test("groups and saved queries have the project's config as dbt writes it; macros their arguments where they are validated", async () => {
  using work = temporaryFolder();
  const saved = "  query_params: {metrics: []}\n  config: {meta: {a: '{{ target.name }}'}}\n";
  writeProject(work.path, {
    "dbt_project.yml":
      "name: shop\nprofile: shop\nflags: {validate_macro_args: true}\nmodels:\n  +meta: {team: x}\n  shop: {+docs: {show: false}}\n" +
      "saved-queries: {+schema: '{{ target.name }}'}\n",
    "models/orders.sql": "select 1 as id",
    "models/schema.yml": `groups:\n- name: sales\n  owner: {name: me}\n  config: {meta: {a: 1}, own: 2}\nsaved_queries:\n- name: all_sales\n${saved}`,
    "macros/plus.sql": "{% macro plus(a, b=1) %}{{ a + b }}{% endmacro %}",
    "macros/schema.yml": "macros:\n- name: plus\n  config: {meta: {a: 1}, docs: {show: false}}\n",
  });
  await run(["parse"], work.path);
  const text = readFileSync(join(work.path, "target", "manifest.json"), "utf8");
  const { groups, saved_queries, macros } = JSON.parse(text) as Record<string, Record<string, Node>>;
  expect(groups?.["group.shop.sales"]?.["config"]).toEqual({
    meta: { team: "x", a: 1 },
    docs: { show: false },
    own: 2,
  });
  expect(saved_queries?.["saved_query.shop.all_sales"]).toMatchObject({
    config: { schema: "dev" },
    unrendered_config: { meta: { a: "dev" } },
  });
  expect(saved_queries?.["saved_query.shop.all_sales"]?.["unrendered_config"]).not.toHaveProperty("schema");
  const docs = { show: false, node_color: null };
  const args = ["a", "b"].map((name) => ({ name, type: null, description: "" }));
  expect(macros?.["macro.shop.plus"]).toMatchObject({
    arguments: args,
    meta: { a: 1 },
    docs,
    config: { meta: { a: 1 }, docs },
  });
});

test("a generic test has a project's own ref() for a parent no more than dbt notes it; models have", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "macros/ref.sql": "{% macro ref(name) %}{% do return(builtins.ref(name)) %}{% endmacro %}",
    "macros/has_rows.sql":
      "{% test has_rows(model) %}select 1 from {{ model }}, {{ ref('a') }} where false{% endtest %}",
    "models/a.sql": "select 1 as id",
    "models/b.sql": "select * from {{ ref('a') }}",
    "models/schema.yml": "models:\n- name: b\n  data_tests: [has_rows]\n",
  });
  await run(["parse"], work.path);
  const parents = Object.values(nodesIn(work.path)).map(({ name, depends_on }) => [name, depends_on]);
  expect(Object.fromEntries(parents)).toMatchObject({
    b: { macros: ["macro.shop.ref"], nodes: ["model.shop.a"] },
    has_rows_b_: {
      macros: ["macro.shop.test_has_rows", "macro.dbt.get_where_subquery"],
      nodes: ["model.shop.b", "model.shop.a"],
    },
  });
});

test("a Python model has the parents and configs that its text names", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "models/a.sql": "select 1 as id",
    "models/py.py": [
      "def model(dbt, session):",
      '    dbt.config(packages=["pandas"], meta={"owner": "me"})',
      '    days = dbt.config.get("days", 3)',
      '    return dbt.ref("a").union(dbt.source("raw", "a"))',
    ].join("\n"),
    "models/schema.yml": "sources:\n- name: raw\n  tables:\n  - name: a\n",
  });
  await run(["parse"], work.path);
  expect(nodesIn(work.path)["model.shop.py"]).toMatchObject({
    language: "python",
    sources: [["raw", "a"]],
    depends_on: { nodes: expect.arrayContaining(["source.shop.raw.a", "model.shop.a"]) as unknown },
    config: {
      materialized: "table",
      meta: { owner: "me" },
      packages: ["pandas"],
      config_keys_used: ["days"],
      config_keys_defaults: [3],
    },
  });
});

test("what ephemeral models say stays out of a text that was compiled without it", async () => {
  using work = temporaryFolder();
  writeProject(work.path, PROJECT);
  const done = await run(["compile", "--no-inject-ephemeral-ctes", "--select", "second"], work.path);
  expect(done.code, done.stdout).toBe(0);
  expect(nodesIn(work.path)["model.shop.second"]).toMatchObject({
    compiled_code: "select * from __dbt__cte__first",
    extra_ctes: [{ id: "model.shop.first", sql: null }],
    extra_ctes_injected: false,
  });
  expect(nodesIn(work.path)["model.shop.first"]).not.toHaveProperty("compiled_code");
});

test("the relations of an earlier state are in no node", async () => {
  using work = temporaryFolder();
  writeProject(work.path, PROJECT);
  await run(["run", "--target-path", "before"], work.path);
  const done = await run(["compile", "--defer", "--state", "before"], work.path);
  expect(done.code, done.stdout).toBe(0);
  for (const node of Object.values(nodesIn(work.path))) expect(node).not.toHaveProperty("defer_relation");
});

test("of what is cloned the statement is kept; nothing of an ephemeral model is compiled for it", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    ...PROJECT,
    "dbt_project.yml": `name: shop\nprofile: shop\nmodels: {+schema: "{{ var('place', 'a') }}"}\n`,
  });
  await run(["run", "--target-path", "before"], work.path);
  const done = await run(["clone", "--state", "before", "--vars", "{place: b}"], work.path);
  expect(done.code, done.stdout).toBe(0);
  const nodes = nodesIn(work.path);
  expect(nodes["model.shop.orders"]).toMatchObject({ build_path: "target/run/shop/models/orders.sql" });
  expect(nodes["model.shop.first"]).not.toHaveProperty("compiled_code");
  await run(["clone", "--state", "before", "--vars", "{place: b}"], work.path);
  const text = readFileSync(join(work.path, "target", "run_results.json"), "utf8");
  expect((JSON.parse(text) as { results: object[] }).results).toMatchObject([
    { unique_id: "model.shop.orders", status: "success", message: "No-op", adapter_response: {} },
  ]);
});

test("what a model's config() says stands as values where dbt reads the model without Jinja, else as it is written", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "dbt_project.yml":
      "name: shop\nversion: '1.0'\nprofile: shop\nmodels: {+meta: {a: 1}}\nflags: {state_modified_compare_more_unrendered_values: true}\n",
    "models/plain.sql": "{{ config(materialized='table', tags=['x']) }} select 1 as id",
    "models/rendered.sql": "{{ config(materialized='table') }} select {{ 1 + 1 }} as id",
    "models/schema.yml": `models:
  - name: plain
    config: { tags: [a, "{{ 'b' }}"], grants: { select: [you] }, alias: "{{ 'other' }}" }
    columns: [{ name: id, data_tests: [unique: { config: { tags: [x] } }, accepted_values: { arguments: { values: [1] }, config: { severity: warn } }] }]
`,
    "functions/twice.sql": "x * 2",
    "functions/f.yml":
      "functions: [{name: twice, arguments: [{name: x, data_type: int}], returns: {data_type: int}}]\n",
  });
  const ran = await run(["parse"], work.path);
  expect(ran.code, ran.stdout).toBe(0);
  const written = (id: string): unknown => nodesIn(work.path)[`model.shop.${id}`]?.["unrendered_config"];
  expect(written("plain")).toEqual({
    ...{ meta: { a: 1 }, materialized: "table", tags: ["x"], alias: "{{ 'other' }}" },
    // In dbt too what a file's lists say stands twice, as written and as it came to.
    grants: { select: ["you", "you"] },
  });
  const tests = Object.values(nodesIn(work.path)).filter(({ resource_type }) => resource_type === "test");
  expect(tests.map(({ unrendered_config }) => unrendered_config)).toEqual([
    { tags: ["x"] },
    { severity: "Keyword(key='severity', value=Const(value='warn'))" },
  ]);
  expect(written("rendered")).toMatchObject({
    materialized: "Keyword(key='materialized', value=Const(value='table'))",
  });
  expect((await run(["parse", "--no-static-parser"], work.path)).code).toBe(0);
  expect(written("plain")).toMatchObject({ materialized: "Keyword(key='materialized', value=Const(value='table'))" });
});

test("the unrendered config of a source holds what its file says rendered, and what the project says as written", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "dbt_project.yml":
      "name: shop\nversion: '1.0'\nprofile: shop\nvars: {x: seen}\nsources: {shop: {+loaded_at_field: \"{{ 'at' }}\", +event_time: \"{{ 'at' }}\"}}\n",
    "models/s.yml": `sources:
  - name: raw
    schema: "{{ var('x') }}"
    config: { meta: { of: "{{ var('x') }}" }, enabled: "{{ var('x') == 'seen' }}" }
    tables:
      - name: t
        config:
          tags: ["{{ var('x') }}"]
          freshness: { warn_after: { count: "{{ 1 + 1 }}", period: day } }
          meta:
            text: |
              block
`,
  });
  const ran = await run(["parse"], work.path);
  expect(ran.code, ran.stdout).toBe(0);
  const text = readFileSync(join(work.path, "target", "manifest.json"), "utf8");
  const { sources } = JSON.parse(text) as { sources: Record<string, object> };
  expect(sources["source.shop.raw.t"]).toMatchObject({
    unrendered_schema: "{{ var('x') }}",
    freshness: { warn_after: { count: 2, period: "day" } },
    unrendered_config: {
      enabled: true,
      event_time: "{{ 'at' }}",
      meta: { of: "seen", text: "block" },
      tags: ["seen"],
      freshness: { warn_after: { count: 2, period: "day" } },
    },
  });
});

test("tests of a source have the tags at its top alone; versions of a unit test have both lists; it is off with its model", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "models/a_v1.sql": "select 1 as id",
    "models/s.yml": `sources:
  - name: raw
    tags: [top]
    config: { tags: [below] }
    tables: [{ name: t, tags: [table], config: { tags: [deep] }, columns: [{ name: id, data_tests: [unique] }] }]
models: [{ name: a, versions: [{ v: 1 }] }, { name: gone, config: { enabled: false } }]
unit_tests:
- { name: of_gone, model: gone, given: [], expect: { rows: [{ id: 1 }] } }
- { name: u, model: a, versions: { include: [1] }, given: [], expect: { rows: [{ id: 1 }] } }
`,
    "models/gone.sql": "select 1 as id",
  });
  const done = await run(["parse"], work.path);
  expect(done.code, done.stdout).toBe(0);
  const tests = Object.values(nodesIn(work.path)).filter((node) => node["resource_type"] === "test");
  expect(tests).toMatchObject([{ tags: ["table", "top"] }]);
  const text = readFileSync(join(work.path, "target", "manifest.json"), "utf8");
  const { unit_tests: unitTests, disabled } = JSON.parse(text) as Record<"unit_tests" | "disabled", object>;
  expect(Object.values(unitTests)).toMatchObject([{ versions: { include: [1], exclude: null } }]);
  expect(disabled).toMatchObject({ "unit_test.shop.gone.of_gone": [{ config: { enabled: false } }] });
});
