import { afterAll, expect, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("defaults");
afterAll(() => ward.drop());

test("a catalog of type trino says how tables are made and where they lie, where the node says nothing", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    // A place that the node says is taken while its table is there: nothing can be built beside it.
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\nmodels: {+on_table_exists: drop}\n",
    "catalogs.yml": `catalogs:
  - name: managed
    active_write_integration: writes
    write_integrations: [{name: writes, catalog_type: trino, file_format: orc, external_volume: "s3://warehouse"}]
`,
    "models/plain.sql": "{{ config(materialized='table') }} select 1 as n",
    "models/managed.sql": "{{ config(materialized='table', catalog_name='managed') }} select 1 as n",
    "models/own.sql":
      "{{ config(materialized='table', catalog_name='managed', file_format='avro', base_location_root='own', base_location_subpath='x') }} select 1 as n",
    "seeds/rows.csv": "n\n1\n",
    "seeds/rows.yml": "seeds: [{name: rows, config: {catalog_name: managed}}]",
  });
  for (const time of ["first", "second"]) {
    const ran = await run(["build"], work.path);
    expect(ran.code, `${time} ${ran.stdout}`).toBe(0);
    expect(ran.stdout).not.toContain("DH1311");
  }
  const madeAs = async (table: string): Promise<string> =>
    String((await trinoRows(`show create table ${ward.schema}.${table}`))[0]?.[0]);
  expect(await madeAs("plain")).toContain("format = 'PARQUET'");
  expect(await madeAs("managed")).toContain("format = 'ORC'");
  expect(await madeAs("managed")).toContain(`location = 's3://warehouse/_dbt/${ward.schema}/managed`);
  expect(await madeAs("own")).toContain("format = 'AVRO'");
  expect(await madeAs("own")).toContain(`location = 's3://warehouse/own/${ward.schema}/own/x`);
  expect(await madeAs("rows")).toContain("format = 'ORC'");
});
