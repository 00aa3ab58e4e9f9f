import { afterAll, expect, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

// Iceberg catalogs keep no functions; the one in memory does, and models of another catalog can call them.
const ward = new Ward("weeks");
const DROP = ["run-operation", "drop_functions"];
const PROJECT = {
  "dbt_project.yml":
    "name: ward\nversion: '1.0'\nprofile: ward\nfunctions:\n  ward:\n    +database: memory\n    +persist_docs:\n      relation: true\n",
  "functions/in_weeks.sql": "days / {{ var('week', 7) }}",
  "functions/guess.sql": "most * random(1, 2)",
  "functions/schema.yml": `functions:
  - name: in_weeks
    description: a week isn't a month
    config:
      volatility: "{{ var('volatility', 'deterministic') }}"
      grants:
        execute:
          - nurse
    arguments:
      - name: days
        data_type: bigint
    returns:
      data_type: bigint
  - name: guess
    config:
      volatility: non-deterministic
    arguments:
      - name: most
        data_type: integer
    returns:
      data_type: integer
`,
  "macros/drop.sql": `{% macro drop_functions() %}
  {% do adapter.drop_schema(api.Relation.create(database='memory', schema=target.schema)) %}
{% endmacro %}`,
  "models/stays.sql":
    "{{ config(materialized='table') }} select {{ function('in_weeks') }}(21) as weeks, {{ function('guess') }}(4) as guessed",
};
afterAll(async () => {
  using work = temporaryFolder();
  ward.write(work.path, PROJECT);
  await run(DROP, work.path);
  await ward.drop();
});

const kept = (): Promise<readonly (readonly unknown[])[]> => trinoRows(`show functions from memory.${ward.schema}`);

test("functions are created where a catalog keeps them, replaced, called by models, and go with their schema", async () => {
  using work = temporaryFolder();
  ward.write(work.path, PROJECT);
  const built = await run(["build"], work.path);
  expect(built.code, built.stdout).toBe(0);
  expect(await kept()).toEqual([
    ["guess", "integer", "integer", "scalar", false, ""],
    ["in_weeks", "bigint", "bigint", "scalar", true, "a week isn't a month"],
  ]);
  expect(built.stdout).toContain("no grants on functions");
  expect(await ward.rowsOf("stays")).toEqual([[3, 4]]);

  const again = await run(["build", "--vars", "{week: 3, volatility: stable}"], work.path);
  expect(again.code, again.stdout).toBe(0);
  expect(again.stdout).toContain("asks for the volatility `stable`, which trino does not support");
  expect(await ward.rowsOf("stays")).toEqual([[7, 4]]);

  const dropped = await run(DROP, work.path);
  expect(dropped.code, dropped.stdout).toBe(0);
  expect(await kept()).toEqual([]);
});
