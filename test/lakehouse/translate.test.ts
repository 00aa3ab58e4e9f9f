import { afterAll, expect, test } from "vitest";
import { ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { responses } from "../support/responses.ts";
import { temporaryFolder } from "../support/program.ts";

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
        "{{ config(materialized='table', dialect='duckdb') }} select ward_id, max(bed) as bed from {{ ref('beds') }} group by all",
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
  expect(built.stdout).toContain("grouped falls back from trino to duckdb (COLUMN_NOT_FOUND)");
  const last = [1, 2, 3].map((ward) => [ward, 10, [ward, 10], "duckdb"]);
  expect(await rows("select * from $S.last_beds order by 1")).toEqual(last);
  await ok(["run", "-s", "last_beds"], work.path);
  expect(await rows("select * from $S.last_beds order by 1")).toEqual(last);
  expect(await rows("select * from $S.grouped order by 1")).toEqual(last.map(([ward, bed]) => [ward, bed]));
});
