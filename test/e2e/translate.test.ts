import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Decision } from "../../src/contracts/routing.ts";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { responses } from "../support/responses.ts";
import { twoEngines } from "../support/two-engines.ts";

// Files are read by DuckDB only, so what is written for Trino has to be translated.
const SOURCES =
  "sources: [{name: files, config: {meta: {external_location: \"read_csv('data/{name}.csv')\"}}, tables: [{name: beds}]}]";
const FILES = {
  "data/beds.csv": "id\n1\n2\n",
  "models/sources.yml": SOURCES,
  "macros/doubled.sql":
    "{% macro doubled(x) %}{{ return(adapter.dispatch('doubled')(x)) }}{% endmacro %}\n{% macro trino__doubled(x) %}({{ x }} * 2){% endmacro %}\n{% macro duckdb__doubled(x) %}wrong({{ x }}){% endmacro %}",
  "models/seen.sql":
    "{{ config(materialized='ephemeral') }} select id, regexp_like('ab', 'a') as found from {{ source('files', 'beds') }}",
  "models/beds.sql": `{{ config(materialized='incremental', translate=true) }}
select id, found, {{ doubled('id') }} as twice, '{{ target.type }}' as written_for
from {{ ref('seen') }} {% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}`,
};

async function ok(args: readonly string[], folder: string): Promise<Ran> {
  const ran = await run(args, folder);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return ran;
}

test("a text for another engine is rendered as that one would, with the names that hold here, and translated", async () => {
  using work = temporaryFolder();
  twoEngines(work.path, FILES);
  const routed = JSON.parse((await ok(["route", "-s", "beds", "--output", "json"], work.path)).stdout) as Decision[];
  expect(routed).toMatchObject([{ engine: "duckdb", translated_from: "trino", hazards: [] }]);
  expect((await ok(["plan"], work.path)).stdout).toContain("; translated from trino");
  await ok(["build"], work.path);
  const compiled = readFileSync(join(work.path, "target", "compiled", "ward", "models", "beds.sql"), "utf8");
  expect(compiled).toMatch(/regexp_matches\('ab', 'a'\)/i);
  const shown = await ok(["show", "--inline", "select * from {{ ref('beds') }}", "--output", "json", "-q"], work.path);
  expect((JSON.parse(shown.stdout) as { show: unknown }).show).toEqual([
    { id: 1, found: true, twice: 2, written_for: "trino" },
    { id: 2, found: true, twice: 4, written_for: "trino" },
  ]);
  await ok(["build"], work.path);
  const increment = readFileSync(join(work.path, "target", "compiled", "ward", "models", "beds.sql"), "utf8");
  expect(increment).toContain("MAX(id)");
  expect(responses(work.path)).toEqual({ beds: "duckdb only-engine" });
});

test("what cannot be translated safely stays at home, and the reason names it; the router's setting is for all", async () => {
  using work = temporaryFolder();
  twoEngines(
    work.path,
    {
      "models/guesses.sql":
        "select approx_distinct(a) as n from (values (7, 2.5)) as t (a, b) order by approx_percentile(b, 0.5)",
      "models/own.sql": "{{ config(translate=false, dialect='trino') }} select 1 as id",
      "models/same.sql": "{{ config(dialect='portable') }} select 1 as id",
      "models/local.sql": "{{ config(dialect='duckdb') }} from (values (1)) t (id) select id",
    },
    { translate: true },
  );
  const routed = JSON.parse((await ok(["route", "-s", "*", "--output", "json"], work.path)).stdout) as Decision[];
  const said = Object.fromEntries(
    routed.map(({ node, rule, reason, translated_from: from }) => [node, [rule, reason, from]]),
  );
  expect(said).toEqual({
    "model.ward.guesses": [
      "dialect",
      expect.stringMatching(/percentiles \(line 1\) and 1 more cannot be translated/),
      null,
    ],
    "model.ward.own": ["dialect", "its dialect is trino", null],
    "model.ward.same": ["only-engine", expect.stringContaining("does not answer"), null],
    "model.ward.local": ["only-engine", expect.stringContaining("does not answer"), null],
  });
});

test("tests are translated as models are; one whose verdict may differ stays at home", async () => {
  using work = temporaryFolder();
  const test = (config: string, sql: string): string =>
    `{{ config(${config}) }} select id from {{ source('files', 'beds') }} where ${sql}`;
  twoEngines(
    work.path,
    {
      ...FILES,
      // Where it is not translated, 7 / 2 is no whole number.
      "tests/halves.sql": test("severity='error'", "7 / 2 <> 3 or not regexp_like('ab', 'a')"),
      "tests/found.sql": test("severity='warn'", "7 / 2 = 3"),
      "tests/by_verdict.sql": test("fail_calc='count(*) / 2'", "id < 0"),
      "tests/as_written.sql": test("translate=false", "7 / 2 <> 3"),
      "macros/test_halved.sql":
        "{% test halved(model) %} select id from {{ model }} where 7 / 2 <> 3 and '{{ target.type }}' <> 'trino' {% endtest %}",
      "models/schema.yml":
        "models: [{name: beds, columns: [{name: id, data_tests: [not_null]}], data_tests: [halved]}]",
    },
    { translate: true },
  );
  await ok(["run"], work.path);
  const ran = await run(["test"], work.path);
  expect(ran.stdout).toMatch(/PASS halves on duckdb/);
  expect(ran.stdout).toMatch(/WARN 2 found on duckdb/);
  expect(ran.stdout).toMatch(/PASS halved_beds_ on duckdb/);
  expect(ran.stdout).toMatch(/PASS not_null_beds_id on duckdb/);
  expect(ran.stdout).toMatch(/ERROR by_verdict on trino/);
  expect(ran.stdout).toMatch(/ERROR as_written on trino/);
});

test("queries are translated for the engine that runs them; what is not safe elsewhere does not run there", async () => {
  using work = temporaryFolder();
  const answer = async (sql: string, ...more: string[]): Promise<unknown> => {
    const ran = await run(["query", sql, "--format", "json", ...more], work.path);
    return ran.code === 0 ? (JSON.parse(ran.stdout) as { rows: unknown }).rows : ran.stderr;
  };
  twoEngines(work.path, FILES, { translate: true });
  expect(await answer("select 7 / 2 as half, id from files.beds where regexp_like('ab', 'a')")).toEqual([
    [3, "1"],
    [3, "2"],
  ]);
  // Who names an engine writes its SQL.
  expect(await answer("select 7 / 2 as half", "--engine", "duckdb")).toEqual([[3.5]]);
  expect(await answer("select cast(1.5e0 as varchar) as t")).toContain("ECONNREFUSED");
  twoEngines(work.path, FILES);
  expect(await answer("select 7 / 2 as half")).toContain("ECONNREFUSED");
  expect(await answer("create table halves as select 7 / 2 as half")).toContain("ECONNREFUSED");
  expect(await answer("create table wholes as select 7 - 2 as five")).not.toContain("ECONNREFUSED");
  expect(await answer("select 7 - 2 as five")).toEqual([[5]]);
  const route = await ok(["route", "--sql", "select 7 / 2 as half", "--output", "json"], work.path);
  expect(JSON.parse(route.stdout)).toMatchObject({ engine: "trino", rule: "dialect", translated_from: null });
});

test("a run that reads a sample or nothing is routed as the whole one", async () => {
  using work = temporaryFolder();
  twoEngines(work.path, { "seeds/wards.csv": "id\n1\n", "models/plain.sql": "select id from {{ ref('wards') }}" });
  for (const env of [{ DBT_SAMPLE: "10%" }, { DBT_EMPTY: "true" }]) {
    const { stdout } = await run(["route", "-s", "plain", "--output", "json"], work.path, env);
    const [decision] = JSON.parse(stdout) as Decision[];
    expect(decision).toMatchObject({ hazards: [], shape: { subqueries: 0 } });
  }
});
