import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { responses } from "../support/responses.ts";

afterAll(() => dropSchema(SCHEMA));

/** Macros that each engine alone has, as projects have that were written for one of them. */
const FILES = {
  "macros/words.sql": `{% macro here() %}{{ return(adapter.dispatch('here')()) }}{% endmacro %}
{% macro duckdb__here() %}list_sum([1, 2]){% endmacro %}
{% macro there() %}{{ return(adapter.dispatch('there')()) }}{% endmacro %}
{% macro trino__there() %}reduce(array[3], 0, (s, x) -> s + x, s -> s){% endmacro %}
{% macro unused() %}{{ return(adapter.dispatch('nowhere')()) }}{% endmacro %}
{% test none(model) %}select {{ here() }} as n from {{ model }} where false{% endtest %}`,
  "models/h.sql": "{{ config(materialized='table') }} select {{ here() }} as n",
  "models/t.sql": "{{ config(materialized='table') }} select {{ there() }} as n",
  "models/both.sql":
    "{{ config(materialized='table', engine='trino') }} select h.n + t.n as n from {{ ref('h') }} h, {{ ref('t') }} t",
  "models/s.yml": `
models:
  - {name: h, data_tests: [none]}
  - {name: t, data_tests: [none]}
unit_tests:
  - {name: of_h, model: h, given: [], expect: {rows: [{n: 3}]}}
  - {name: of_t, model: t, given: [], expect: {rows: [{n: 3}]}}`,
  "tests/single.sql": "select {{ here() }} as n from {{ ref('both') }} where n <> 6",
};

test.each(["duckdb", "trino"] as const)(
  "what only one engine can read runs there, with %s as the default",
  async (main) => {
    using work = temporaryFolder();
    project(work.path, { defaultEngine: main }, FILES);
    for (const round of [1, 2]) {
      const { stdout } = await ok(["build"], work.path);
      expect(stdout, String(round)).toContain("ERROR=0");
      expect(responses(work.path)).toMatchObject({ h: "duckdb only-engine", t: "trino only-engine" });
      expect(await rows("select n from $S.both")).toEqual([["6"]]);
    }
    expect((await ok(["plan"], work.path)).stdout).toContain(
      "its template fails where target.type is trino: In dispatch: No macro named 'here' found",
    );
    // An edited model is read again for both engines.
    writeFileSync(join(work.path, "models", "h.sql"), FILES["models/h.sql"].replace(" as n", " + 1 as n"));
    await ok(["run"], work.path);
    expect(await rows("select n from $S.both")).toEqual([["7"]]);
    const results = readFileSync(join(work.path, "target", "run_results.json"), "utf8");
    expect(results).not.toContain("_failsHere");
    // A text that no engine can read is an error still.
    writeFileSync(join(work.path, "models", "n.sql"), "select {{ unused() }} as n");
    const refused = await run(["parse"], work.path);
    expect([refused.code, refused.stdout.match(/No macro named 'nowhere'/g)?.length]).toEqual([2, 2]);
  },
);
