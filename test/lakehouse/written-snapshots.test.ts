import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("written");
afterAll(() => ward.drop());

/** snapshot_id of each node's adapter_response, by the node's name. */
function snapshotIds(folder: string): Record<string, unknown> {
  const { results } = JSON.parse(readFileSync(join(folder, "target", "run_results.json"), "utf8")) as {
    results: { unique_id: string; adapter_response: { snapshot_id?: unknown } }[];
  };
  return Object.fromEntries(
    results.map(({ unique_id, adapter_response }) => [unique_id.split(".")[2] ?? "", adapter_response.snapshot_id]),
  );
}

/** Snapshots of a table, the newest first. */
async function snapshots(table: string): Promise<unknown[]> {
  const rows = await trinoRows(
    `select cast(snapshot_id as varchar) from ${ward.schema}."${table}$snapshots" order by committed_at desc`,
  );
  return rows.map(([id]) => id);
}

test("run_results.json names the snapshot that each node wrote", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/plain.sql": "{{ config(materialized='table', post_hook='insert into {{ this }} values 2') }} select 1 as n",
    "models/merged.sql":
      "{{ config(materialized='incremental', unique_key='n', incremental_strategy='merge') }} select 1 as n",
    "models/replaced.sql":
      "{{ config(materialized='incremental', unique_key='n', incremental_strategy='delete+insert') }} select 1 as n",
    "models/looked_at.sql": "select * from {{ ref('plain') }}",
    "models/gone.sql": "{{ config(materialized='table', post_hook='drop table {{ this }}') }} select 1 as n",
    "seeds/beds.csv": "n\n1\n",
    "snapshots/kept.yml":
      "snapshots:\n  - name: kept\n    relation: ref('plain')\n    config: { unique_key: n, strategy: check, check_cols: all }\n",
  });
  for (const step of ["first", "second"]) {
    const ran = await run(["build"], work.path);
    expect(ran.code, `${step} ${ran.stdout}`).toBe(0);
    const ids = snapshotIds(work.path);
    // The model's own rows, and not what its hook added after them.
    expect(ids["plain"], step).toBe((await snapshots("plain"))[1]);
    for (const name of ["merged", "replaced", "beds"])
      expect(ids[name], `${step} ${name}`).toBe((await snapshots(name))[0]);
    expect(ids["looked_at"]).toBeUndefined();
    expect(ids["gone"]).toBeUndefined();
    if (step === "first") expect(ids["kept"]).toBe((await snapshots("kept"))[0]);
  }
});

test("a run that replaces what is there asks for its relations and for snapshots, and for nothing else", async () => {
  using work = temporaryFolder();
  ward.write(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\nquery-comment: counted by {{ invocation_id }}\n",
    "models/beds.sql": "{{ config(materialized='table') }} select 1 as n",
    "models/seen.sql": "select * from {{ ref('beds') }}",
  });
  for (let turn = 0; turn < 2; turn++) expect((await run(["run"], work.path)).code).toBe(0);
  const { metadata } = JSON.parse(readFileSync(join(work.path, "target", "run_results.json"), "utf8")) as {
    metadata: { invocation_id: string };
  };
  const sent = await trinoRows(
    `select query from system.runtime.queries where query like '%counted by ${metadata.invocation_id}%' and query not like '%runtime.queries%' order by created`,
  );
  const kinds = sent.map(
    ([sql]) => /information_schema\.\w+|\$snapshots|create|alter|drop|metadata\.catalogs/.exec(String(sql))?.[0],
  );
  expect(kinds).toEqual(["information_schema.tables", "create", "alter", "alter", "drop", "create", "$snapshots"]);
});
