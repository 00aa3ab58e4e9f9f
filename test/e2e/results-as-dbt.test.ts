import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

interface Result {
  unique_id: string;
  status: string;
  failures: number | null;
  message: string | null;
}

function resultsIn(folder: string): Result[] {
  const text = readFileSync(join(folder, "target", "run_results.json"), "utf8");
  return (JSON.parse(text) as { results: Result[] }).results;
}

test("a seed with keys is loaded again by the next command, and keeps its keys", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "seeds/keyed.csv": "id,v\n1,a\n2,b\n",
    "seeds/declared.csv": "id,v\n1,a\n",
    "seeds/properties.yml":
      "seeds:\n- name: keyed\n  config: {indexes: [{columns: [id], unique: true}]}\n- name: declared\n  config: {column_types: {id: integer primary key}}\n",
  });
  for (const more of [[], [], ["--full-refresh"], []])
    expect(await run(["seed", ...more], folder.path), more.join()).toMatchObject({ code: 0 });
  const keys =
    "select (select count(*) from duckdb_indexes() where is_unique and table_name = 'keyed') || '/' || " +
    "(select count(*) from duckdb_constraints() where constraint_type = 'PRIMARY KEY' and table_name = 'declared') || '/' || (select count(*) from keyed)";
  const shown = await run(["show", "--inline", `${keys} as n`, "--output", "json"], folder.path);
  expect(shown.stdout).toContain("1/1/2");
});

test("columns without a name or with a taken one are named as dbt names them", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "seeds/odd.csv": "id,id,,v\n1,2,3,a\n",
    "models/one.sql": "select id_2, c, v from {{ ref('odd') }}",
  });
  expect(await run(["build"], folder.path)).toMatchObject({ code: 0 });
});

test("an ephemeral model that fails is no result: what reads it is left out with the reason", async () => {
  using folder = temporaryFolder();
  const broken =
    "{{ config(materialized='ephemeral') }}{% if execute %}{{ exceptions.raise_compiler_error('bad') }}{% endif %}";
  writeProject(folder.path, {
    "models/broken.sql": broken,
    "models/reader.sql": "select * from {{ ref('broken') }}",
    "models/below.sql": "select * from {{ ref('reader') }}",
  });
  const ran = await run(["run"], folder.path);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("SKIP relation main.reader due to ephemeral model status 'error'");
  expect(ran.stdout).toContain("ERROR=0 SKIP=2");
  const caused = (name: string): string =>
    `Compilation Error in model.shop.${name}, caused by compilation error in referenced ephemeral model model.shop.broken`;
  expect(resultsIn(folder.path)).toMatchObject(
    ["reader", "below"].map((name) => ({ unique_id: `model.shop.${name}`, status: "skipped", message: caused(name) })),
  );
  expect((await run(["run", "--select", "reader"], folder.path)).stdout).toContain("ERROR=1 SKIP=0");
});

test("in a build an ephemeral model that is left out is the reason of what reads it, and of nothing below that", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/bad.sql": "select * from nope",
    "models/between.sql": "{{ config(materialized='ephemeral') }} select * from {{ ref('bad') }}",
    "models/reader.sql": "select * from {{ ref('between') }}",
    "models/below.sql": "select * from {{ ref('reader') }}",
  });
  const ran = await run(["build"], folder.path);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("SKIP relation main.reader due to ephemeral model status 'skipped'");
  expect(ran.stdout).toContain("ERROR=1 SKIP=2");
  const cause =
    "Compilation Error in model.shop.reader, caused by compilation error in referenced ephemeral model model.shop.between";
  const skipped = resultsIn(folder.path).filter(({ status }) => status === "skipped");
  expect(skipped.map(({ message }) => message)).toEqual([cause, null]);
  // Where nobody asked for its text, it has no result of its own.
  await run(["docs", "generate", "--select", "between", "reader"], folder.path);
  expect(resultsIn(folder.path).map(({ unique_id }) => unique_id)).toEqual(["model.shop.reader"]);
});

test("run-operation leaves its result, and retry calls a failed one again with its arguments", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "macros/look.sql":
      "{% macro look(at) %}{% do run_query('select * from ' ~ at) %}{{ log('looked at ' ~ at, info=true) }}{% endmacro %}",
    "models/one.sql": "select 1 as id",
  });
  const look = ["run-operation", "look", "--args", "{at: one}"];
  const id = "macro.shop.look";
  expect((await run(look, folder.path)).code).toBe(1);
  expect(resultsIn(folder.path)).toMatchObject([{ unique_id: id, status: "error", failures: 1 }]);
  expect((await run(["retry"], folder.path)).code).toBe(1);
  await run(["run", "--target-path", "elsewhere"], folder.path);
  const again = await run(["retry"], folder.path);
  expect(again.stdout).toContain("looked at one");
  expect(resultsIn(folder.path)).toMatchObject([{ unique_id: id, status: "success", failures: 0 }]);
  const nothing = await run(["retry"], folder.path);
  expect(nothing.code).toBe(0);
  expect(nothing.stdout).not.toContain("looked at one");
});

test("a folder that is not there is a mistake in the command line, also for debug", async () => {
  using folder = temporaryFolder();
  for (const command of ["debug", "run"]) {
    const ran = await run([command, "--project-dir", "nowhere"], folder.path);
    expect(ran).toMatchObject({ code: 2, stderr: "Error DH0008: --project-dir: the path 'nowhere' does not exist\n" });
  }
});

test("retry refuses what is no longer there, and does not pass for a success", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/one.sql": "select * from nowhere" });
  expect((await run(["run"], folder.path)).code).toBe(1);
  rmSync(join(folder.path, "models", "one.sql"));
  const again = await run(["retry"], folder.path);
  expect(again).toMatchObject({ code: 2 });
  expect(again.stdout + again.stderr).toContain("DH1629");
  expect(resultsIn(folder.path)).toMatchObject([{ unique_id: "model.shop.one", status: "error" }]);
});

test("the columns of a model with quote_columns are quoted in its tests", async () => {
  using folder = temporaryFolder();
  const columns = "columns: [{name: Id, data_tests: [unique]}, {name: v, quote: false, data_tests: [unique]}]";
  writeProject(folder.path, {
    "models/one.sql": 'select 1 as "Id", 2 as v',
    "models/one.yml": `models: [{name: one, quote_columns: true, ${columns}}]`,
  });
  expect((await run(["build"], folder.path)).code).toBe(0);
  expect(resultsIn(folder.path).map(({ unique_id: id }) => id.split(".")[2])).toEqual(
    expect.arrayContaining(["unique_one__Id_", "unique_one_v"]),
  );
});

test("a test's own macro that answers neither yes nor no is an error", async () => {
  using folder = temporaryFolder();
  const macro = (answer: string): string =>
    `{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}select 0 as failures, '${answer}' as should_warn, 'no' as should_error{% endmacro %}`;
  const files = { "models/one.sql": "select 1 as id", "tests/two.sql": "select * from {{ ref('one') }}" };
  writeProject(folder.path, { ...files, "macros/own.sql": macro("off") });
  expect((await run(["build"], folder.path)).code).toBe(0);
  writeProject(folder.path, { ...files, "macros/own.sql": macro("maybe") });
  expect((await run(["test"], folder.path)).code).toBe(1);
  expect(resultsIn(folder.path)[0]?.message).toContain("'get_test_sql' returns 'maybe'");
});

test("what stands below config: and beside it is refused, as is a bracket that never ends", async () => {
  using folder = temporaryFolder();
  const properties = (text: string): Record<string, string> => ({
    "models/one.sql": "select 1 as id",
    "models/one.yml": text,
  });
  writeProject(folder.path, properties("models: [{name: one, meta: {a: 1}, config: {meta: {a: 2}}}]"));
  const twice = await run(["parse"], folder.path);
  expect(twice).toMatchObject({ code: 2 });
  expect(twice.stdout).toContain("DH1108 models/one.yml:1");
  writeProject(
    folder.path,
    properties("models: [{name: one, columns: [{name: id, tests: [unique], data_tests: []}]}]"),
  );
  expect((await run(["parse"], folder.path)).stdout).toContain("has both `tests` and `data_tests`");
  for (const tests of ["data_tests: [x]", "columns: [{name: id, tests: [unique], data_tests: [not_null]}]"]) {
    writeProject(folder.path, properties(`sources: [{name: raw, tables: [{name: one, tests: [y], ${tests}}]}]`));
    expect((await run(["parse"], folder.path)).stdout, tests).toContain("'raw' has both `tests` and `data_tests`");
  }
  writeProject(folder.path, properties("models:\n  - name: one\n    config: {\n      meta: {a: 2}\n  }\n"));
  expect((await run(["parse"], folder.path)).code).toBe(0);
  writeProject(folder.path, properties("models:\n  - name: one\n    config: {\n      meta: {a: 2}\n"));
  expect((await run(["parse"], folder.path)).code).toBe(2);
});

test("a macro that names relations needs its vars, those of its own package", async () => {
  using folder = temporaryFolder();
  const macro = "{% macro generate_schema_name(custom, node) %}{{ return(var('place')) }}{% endmacro %}";
  const files = { "models/one.sql": "select 1 as id", "macros/names.sql": macro };
  writeProject(folder.path, files);
  const missing = await run(["compile", "--sqlparse", "{MAX_GROUPING_TOKENS: 10}"], folder.path);
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.stdout).toContain("Required var 'place' not found in config");
  writeProject(folder.path, {
    ...files,
    "dbt_project.yml": "name: shop\nprofile: shop\nvars: {shop: {place: there}}\n",
  });
  expect((await run(["build"], folder.path)).code).toBe(0);
});

test("buildable tests may read any source, and toyaml has a default for what YAML has no form for", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/one.sql": "select 1 as id",
    "models/raw.yml": "sources: [{name: raw, schema: main, tables: [{name: one}]}]",
    "tests/both.sql": "select 1 from {{ ref('one') }}, {{ source('raw', 'one') }} where 1 = 0",
    "macros/look.sql":
      "{% macro look() %}{{ print(toyaml({'a': adapter}, 'none')) }}{{ print(toyaml({'a': [1]})) }}{% endmacro %}",
  });
  const listed = await run(["ls", "-s", "one", "--indirect-selection", "buildable", "--quiet"], folder.path);
  expect(listed.stdout).toBe("shop.one\nshop.both\n");
  expect((await run(["run-operation", "look", "--quiet"], folder.path)).stdout).toContain("none\na:\n- 1\n");
});

test("run-operation finds macros of packages, keeps what it committed itself, and undoes what it left open", async () => {
  using folder = temporaryFolder();
  const statement = (sql: string): string => `{% call statement('x', auto_begin=True) %}${sql}{% endcall %}`;
  writeProject(folder.path, {
    "packages.yml": "packages:\n- local: pkg\n",
    "pkg/dbt_project.yml": "name: pkg\n",
    "pkg/macros/own.sql": `{% macro own() %}${statement("create table own (id int); commit;")}{% endmacro %}`,
    "macros/left.sql": `{% macro left() %}${statement("create table left_open (id int)")}{% endmacro %}`,
  });
  expect((await run(["deps"], folder.path)).code).toBe(0);
  expect(await run(["run-operation", "own"], folder.path)).toMatchObject({ code: 0 });
  expect(resultsIn(folder.path)).toMatchObject([{ unique_id: "macro.pkg.own", status: "success" }]);
  expect(await run(["run-operation", "left"], folder.path)).toMatchObject({ code: 0 });
  const tables = "select string_agg(table_name, ',') as found from duckdb_tables()";
  const shown = await run(["show", "--inline", tables, "--output", "json"], folder.path);
  expect(shown.stdout).toContain('"found": "own"');
});

test("show and compile of a query or an ephemeral model leave results; refused ones leave the manifest alone", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/short.sql": "{{ config(materialized='ephemeral') }}select 7 as seven",
    "models/one.sql": "select * from {{ ref('short') }}",
  });
  const compiled = [
    ["compile", "--inline", "select * from {{ ref('short') }}"],
    ["compile", "--select", "short"],
    ["show", "--select", "short"],
    ["show", "--inline", "select 7 as seven"],
  ];
  const names = ["sql_operation.shop.inline_query", "model.shop.short"];
  for (const [index, command] of compiled.entries()) {
    expect((await run(command, folder.path)).code, command.join(" ")).toBe(0);
    const [only, ...others] = resultsIn(folder.path) as (Result & { compiled_code: string })[];
    expect(others).toEqual([]);
    expect(only).toMatchObject({ unique_id: names[index % 3 === 0 ? 0 : 1], status: "success", message: null });
    expect(only?.compiled_code).toContain("7 as seven");
    expect(only?.compiled_code.includes("limit 5")).toBe(command[0] === "show");
  }
  const refused = [
    ["compile", "--select", "state:modified"],
    ["show", "--inline", "select * from nowhere"],
    ["run-operation", "nothing"],
  ];
  for (const command of refused) {
    rmSync(join(folder.path, "target"), { recursive: true });
    expect((await run(command, folder.path)).code, command.join(" ")).toBe(2);
    expect(readdirSync(join(folder.path, "target")), command.join(" ")).toContain("manifest.json");
    expect(readdirSync(join(folder.path, "target")), command.join(" ")).not.toContain("run_results.json");
  }
  for (const other of ["--select", "--selector"]) {
    const both = await run(["compile", other, "one", "--inline", "select 1"], folder.path);
    expect(both).toMatchObject({ code: 2 });
    expect(both.stdout + both.stderr).toContain(`inline: not allowed with argument ${other.slice(2)}`);
  }
});

test("vars with the name of a secret are masked wherever they would be seen", async () => {
  using folder = temporaryFolder();
  const vars = JSON.stringify({ DBT_ENV_SECRET_key: "hush hush", shown: "aloud" });
  writeProject(folder.path, { "models/one.sql": "select '{{ var('missing') }}' as id" });
  const ran = await run(["compile", "--vars", vars], folder.path);
  expect(ran.code).toBe(2);
  expect(ran.stdout).toContain('"DBT_ENV_SECRET_key": "*****"');
  expect(ran.stdout).toContain("aloud");
  writeProject(folder.path, { "models/one.sql": "select '{{ var('DBT_ENV_SECRET_key') }}' as id" });
  const built = await run(["run", "--vars", vars, "--log-level", "debug"], folder.path);
  expect(built.code, built.stdout).toBe(0);
  const files = ["target/run_results.json", "target/manifest.json", "logs/dbt.log"];
  for (const text of [ran.stdout, built.stdout, ...files.map((file) => readFileSync(join(folder.path, file), "utf8"))])
    expect(text).not.toContain("hush");
});

test("retry understands the results of an older dbt, and two fixtures of one name are refused", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/one.sql": "select * from nowhere" });
  expect((await run(["run"], folder.path)).code).toBe(1);
  const path = join(folder.path, "target", "run_results.json");
  const artifact = JSON.parse(readFileSync(path, "utf8")) as { args: Record<string, unknown> };
  artifact.args["warn_error_options"] = { include: [], exclude: [] };
  writeFileSync(path, JSON.stringify(artifact));
  writeProject(folder.path, { "models/one.sql": "select 1 as id" });
  expect(await run(["retry"], folder.path)).toMatchObject({ code: 0 });
  writeProject(folder.path, { "tests/fixtures/a/rows.csv": "id\n1\n", "tests/fixtures/b/rows.csv": "id\n2\n" });
  const refused = await run(["parse"], folder.path);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stdout + refused.stderr).toContain('dbt found two fixtures with the name "rows"');
});

test("a materialization builds models of the languages that it names, SQL alone if it names none", async () => {
  using folder = temporaryFolder();
  const macro = (name: string, more: string): string =>
    `{% materialization ${name}, default${more} %}{% call statement('main') %}select 1{% endcall %}{{ return({'relations': []}) }}{% endmaterialization %}\n`;
  writeProject(folder.path, {
    "macros/own.sql": macro("scripts", ", supported_languages=['python']") + macro("texts", ""),
    "models/script.sql": "{{ config(materialized='scripts') }} select 1 as id",
    "models/words.sql": "{{ config(materialized='texts') }} select 1 as id",
  });
  expect(await run(["run", "--threads", "1"], folder.path)).toMatchObject({ code: 1 });
  expect(resultsIn(folder.path)).toMatchObject([
    {
      status: "error",
      message: expect.stringContaining(
        `Materialization "materialization_scripts_default" only supports languages ['python']; got "sql"`,
      ) as unknown,
    },
    { status: "success" },
  ]);
});

test("a word that selects nothing is named as it was given; what selects everything need not exist", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "macros/none.sql": "{% macro none_at_all() %}{% endmacro %}" });
  const unmatched = /The selection criterion '(.*)' does not match any enabled nodes/;
  expect((await run(["run"], folder.path)).stdout).not.toMatch(unmatched);
  writeProject(folder.path, {
    "models/a.sql": "{{ config(tags=['a']) }} select 1 as id",
    "models/b.sql": "select 1 as id",
  });
  for (const word of ["+tag:c+", "tag:a,b"]) {
    const ran = await run(["ls", "--select", word, "a"], folder.path);
    expect(unmatched.exec(ran.stdout + ran.stderr)?.[1], word).toBe(word);
  }
});

test("an index has columns and may be unique; anything else is refused", async () => {
  using folder = temporaryFolder();
  const model = (index: string): string => `{{ config(materialized='table', indexes=[${index}]) }} select 1 as id`;
  writeProject(folder.path, {
    "models/a_good.sql": model("{'columns': ['id'], 'unique': true}"),
    "models/b_kind.sql": model("{'columns': ['id'], 'type': 'hash'}"),
    "models/c_text.sql": model("{'columns': 'id'}"),
    "models/d_flag.sql": model("{'columns': ['id'], 'unique': 'yes'}"),
    "models/e_list.sql": model("['id']"),
  });
  await run(["run"], folder.path);
  const refused = { status: "error", message: expect.stringContaining("Could not parse index config") as unknown };
  const results = resultsIn(folder.path).sort((a, b) => (a.unique_id < b.unique_id ? -1 : 1));
  expect(results).toMatchObject([{ status: "success" }, refused, refused, refused, refused]);
});

test("a hook that fails has its text in the results; those after it are skipped under their names", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "dbt_project.yml": "name: shop\nprofile: shop\non-run-start: ['select * from nowhere', 'select 1']\n",
    "models/a.sql": "select 1 as id",
  });
  expect(await run(["run"], folder.path)).toMatchObject({ code: 1 });
  expect(resultsIn(folder.path)).toMatchObject([
    { status: "error", compiled_code: "select * from nowhere" },
    { status: "skipped", message: "shop.on-run-start.1 skipped" },
    { unique_id: "model.shop.a" },
  ]);
});

test("tests that are kept at the top of a property file for anchors are warned of, and the project runs", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/a.sql": "select 1 as id",
    "models/schema.yml":
      "data_tests: &own\n- not_null:\n    config: {where: 'id > 0'}\nmodels:\n- name: a\n  columns: [{name: id, data_tests: *own}]\n",
  });
  const ran = await run(["build"], folder.path);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain("An entry of 'data_tests' needs a name");
  expect(ran.stdout).toContain("PASS=2");
});

test("what could not be compiled leaves the results of the last run, and the macros it called", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/good.sql": "select 1 as id",
    "models/bad.sql": "{% if execute and var('broken', false) %}{{ failing() }}{% endif %}select 1 as id",
    "macros/failing.sql": "{% macro failing() %}{% do run_query('select nothing') %}{% endmacro %}",
  });
  const macrosOfBad = (): string[] => {
    const text = readFileSync(join(folder.path, "target", "manifest.json"), "utf8");
    const { nodes } = JSON.parse(text) as { nodes: Record<string, { depends_on: { macros: string[] } }> };
    return nodes["model.shop.bad"]?.depends_on.macros ?? [];
  };
  const broken = ["--vars", "{broken: true}"];
  expect((await run(["run"], folder.path)).code).toBe(0);
  for (const command of [["compile"], ["docs", "generate"]]) {
    expect((await run([...command, ...broken], folder.path)).code).toBe(2);
    expect(resultsIn(folder.path).map(({ status }) => status)).toEqual(["success", "success"]);
  }
  expect((await run(["run", ...broken], folder.path)).code).toBe(1);
  expect(macrosOfBad()).toContain("macro.shop.failing");
});

test("a data test that needs a hint of what it reads is called by its name", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/one.sql": "select 1 as id",
    "models/other.sql": "select 1 as id",
    "models/properties.yml": "models:\n  - name: one\n    data_tests: [hidden]\n",
    "macros/hidden.sql":
      "{% test hidden(model) %}{% if execute %}select * from {{ ref('other') }}{% endif %}{% endtest %}",
  });
  await run(["build"], folder.path);
  const failed = resultsIn(folder.path).find(({ status }) => status === "error");
  expect(failed?.message).toContain('infer all dependencies for the model "hidden_one_"');
});

test("a count of a freshness may be a template", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "seeds/old.csv": "id,loaded_at\n1,2000-01-01 00:00:00\n",
    "models/sources.yml": `sources:
  - name: raw
    schema: main
    tables:
      - name: old
        config: { loaded_at_field: loaded_at, freshness: { error_after: { count: "{{ env_var('LATE_AFTER', '2') }}", period: day } } }
`,
  });
  expect((await run(["seed"], folder.path)).code).toBe(0);
  const late = await run(["source", "freshness"], folder.path);
  expect(late.code, late.stdout).toBe(1);
  expect(late.stdout).toContain("ERROR STALE");
});
