import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { responses } from "../support/responses.ts";
import { run, temporaryFolder } from "../support/program.ts";

afterAll(() => dropSchema(SCHEMA));

test("DuckDB's SQL runs on Trino translated, by incremental models and snapshots too; what Trino refuses goes home", async () => {
  using work = temporaryFolder();
  project(
    work.path,
    { router: { translate: true } },
    {
      "models/beds.sql":
        "{{ config(materialized='table', engine='trino') }} select w as ward_id, b as bed from unnest(sequence(1, 3)) as t (w) cross join unnest(sequence(1, 10)) as u (b)",
      "models/last_beds.sql": `{{ config(materialized='incremental', unique_key='ward_id', dialect='duckdb') }}
select ward_id, bed, [ward_id, bed] as pair, '{{ target.type }}' as written_for from {{ ref('beds') }}
{% if is_incremental() %} where ward_id > (select max(ward_id) - 1 from {{ this }}) {% endif %}
qualify row_number() over (partition by ward_id order by bed desc) = 1`,
      "models/grouped.sql":
        "{{ config(materialized='table', dialect='duckdb') }} select ward_id, max(bed) as bed, any_value(bed) > 0 as any from {{ ref('beds') }} group by all",
      "models/schema.yml": `unit_tests:
  - name: last_bed
    model: last_beds
    overrides: {macros: {is_incremental: false}}
    given: [{input: ref('beds'), rows: [{ward_id: 1, bed: 3}, {ward_id: 1, bed: 4}]}]
    expect: {rows: [{ward_id: 1, bed: 4}]}`,
    },
  );
  const built = await ok(["build"], work.path);
  expect(responses(work.path)).toEqual({
    beds: "trino config",
    last_beds: "trino iceberg",
    grouped: "duckdb iceberg",
  });
  expect(built.stdout).toMatch(
    /grouped falls back from trino to duckdb \(GENERIC_USER_ERROR\).* not translated: one of several values/,
  );
  const last = [1, 2, 3].map((ward) => [ward, 10, [ward, 10], "duckdb"]);
  expect(await rows("select * from $S.last_beds order by 1")).toEqual(last);
  await ok(["run", "-s", "last_beds"], work.path);
  expect(await rows("select * from $S.last_beds order by 1")).toEqual(last);
  expect(await rows("select * from $S.grouped order by 1")).toEqual(last.map(([ward, bed]) => [ward, bed, true]));
});

test("tests and queries are translated for the engine that runs them; a test that cannot be goes home", async () => {
  using work = temporaryFolder();
  const seen = (sql: string): string => `{{ config(dialect='duckdb') }} select ward_id from {{ ref('seen') }} ${sql}`;
  project(
    work.path,
    { router: { translate: true } },
    {
      "seeds/rooms.csv": "id\n1\n3\n",
      // A view of Trino's, which DuckDB would need a copy of.
      "models/seen.sql":
        "{{ config(materialized='view', engine='trino') }} select w as ward_id from unnest(sequence(1, 3)) as t (w)",
      "tests/halves.sql": seen("where ward_id / 2 = 1"),
      "tests/lists.sql": seen("where [ward_id][2] is not null"),
      "tests/grouped.sql":
        "{{ config(dialect='duckdb') }} select max(ward_id) as last from {{ ref('seen') }} having any_value(ward_id) > 9",
    },
  );
  const built = await run(["build"], work.path);
  // As it stands, Trino would find 3 / 2 as well.
  expect(built.stdout).toContain("FAIL 1 halves on trino");
  expect(built.stdout).toContain("PASS lists on duckdb");
  expect(built.stdout).toMatch(/grouped falls back from trino to duckdb \(GENERIC_USER_ERROR\)[^]*PASS grouped/);
  const asked = await ok(["query", "select id / 2 as half from rooms order by 1", "--format", "json"], work.path);
  expect(JSON.parse(asked.stdout)).toMatchObject({
    rows: [[0], [1]],
    decision: { engine: "duckdb", translated_from: "trino" },
  });
});

test("a model's hooks and analyses are translated with it; a hook that cannot be keeps its model at home", async () => {
  using work = temporaryFolder();
  const hooked = (hook: string): string =>
    `{{ config(materialized='table', dialect='duckdb', post_hook={'sql': "insert into {{ ref('notes') }} ${hook}", 'transaction': false}) }} select ward_id from {{ ref('seen') }}`;
  project(
    work.path,
    { router: { translate: true } },
    {
      "models/seen.sql":
        "{{ config(materialized='table', engine='trino') }} select w as ward_id from unnest(sequence(1, 3)) as t (w)",
      "models/notes.sql":
        "{{ config(materialized='table', engine='trino') }} select 0 as half, cast('' as varchar) as note from {{ ref('seen') }} where false",
      "models/moved.sql": hooked(
        "select 7 // 2, '{{ target.type }} {{ dbt.string_literal(this.identifier) | length }}'",
      ),
      // The two guess in ways of their own.
      "models/stays.sql": hooked("select 8 + approx_count_distinct(v), '1.5' from (values (1)) t (v)"),
      "analyses/look.sql": "{{ config(dialect='duckdb') }} select [ward_id, 2] as pair from {{ ref('seen_view') }}",
      "models/seen_view.sql": "{{ config(materialized='view', engine='trino') }} select ward_id from {{ ref('seen') }}",
    },
  );
  const plan = await ok(["plan"], work.path);
  expect(plan.stdout).toMatch(
    /stays .*estimates of how many are distinct in post-hook 1, line 1, column \d+ cannot be translated safely/,
  );
  await ok(["build"], work.path);
  expect(responses(work.path)).toMatchObject({ moved: "trino iceberg", stays: "duckdb dialect" });
  expect(await rows("select half, note from $S.notes order by 1")).toEqual([
    [3, "duckdb 7"],
    [9, "1.5"],
  ]);
  await ok(["compile", "-s", "look"], work.path);
  const look = readFileSync(join(work.path, "target/compiled/ward/analyses/look.sql"), "utf8");
  expect(look).toMatch(/ARRAY\[ward_id, 2\]/i);
});
