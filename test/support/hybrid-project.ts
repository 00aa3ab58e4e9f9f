import { expect, inject } from "vitest";
import { lakeProject, trinoPort, trinoRows } from "./lakehouse.ts";
import { run, type Ran } from "./program.ts";
import { writeProject } from "./write-project.ts";

/** Where the tests of one process build. */
export const SCHEMA = `hybrid_${String(process.pid)}`;

interface Output {
  readonly settings?: object;
  readonly trinoPort?: number;
  readonly router?: object;
  readonly defaultEngine?: "duckdb" | "trino";
}

function profile({ trinoPort: port = trinoPort(), router = {}, settings = {}, ...output }: Output): string {
  const { storage } = inject("lakehouse");
  const endpoint = storage?.url.replace(/^https?:\/\//, "");
  const login = { key_id: storage?.key, secret: storage?.secret, region: "us-east-1", use_ssl: false };
  const secrets = [{ type: "s3", ...login, endpoint, url_style: "path" }];
  const trino = { host: "127.0.0.1", port, user: "nurse", catalog: "lake", schema: SCHEMA, retries: 1 };
  const engines = { duckdb: { path: "local.duckdb", secrets, settings }, trino };
  const { defaultEngine = "trino" } = output;
  const prod = { type: "duckhouse", default_engine: defaultEngine, catalog: "pond", threads: 2, engines, router };
  return JSON.stringify({ ward: { target: "prod", outputs: { prod } } });
}

export const MODELS: Record<string, string> = {
  "seeds/wards.csv": "id,name\n1,north\n2,south\n3,\n",
  "models/staging/stg_wards.sql": "select id, name || '!' as name from {{ ref('wards') }}",
  "models/beds.sql":
    "{{ config(materialized='table', engine='trino') }} select w as ward_id, b as bed from unnest(sequence(1, 3)) as t (w) cross join unnest(sequence(1, 10)) as u (b)",
  "models/big_wards.sql":
    "{{ config(engine='trino') }} select ward_id, count(*) as beds from {{ ref('beds') }} group by ward_id",
  "models/report.sql":
    "{{ config(materialized='table') }} select w.id, w.name, b.beds from {{ ref('stg_wards') }} as w join {{ ref('big_wards') }} as b on b.ward_id = w.id",
  "models/local_report.sql":
    "{{ config(materialized='table', engine='duckdb') }} select r.id, r.name, v.beds, '{{ target.type }}' as made_by, list_sum(list(b.bed)) as beds_sum from {{ ref('report') }} r join {{ ref('big_wards') }} v on v.ward_id = r.id join {{ ref('beds') }} b on b.ward_id = r.id group by all",
  "models/log.sql":
    "{{ config(materialized='incremental', engine=var('log_engine', 'duckdb')) }} select {{ var('day', 1) }} as day, count(*) as wards from {{ ref('stg_wards') }} {% if is_incremental() %} where {{ var('day', 1) }} > (select max(day) from {{ this }}) {% endif %}",
  "models/schema.yml": `models:
  - name: stg_wards
    columns: [{name: id, data_tests: [unique, not_null, {relationships: {arguments: {to: ref('beds'), field: ward_id}}}]}]
  - name: report
    columns: [{name: id, data_tests: [unique, {relationships: {arguments: {to: ref('wards'), field: id}}}]}]
unit_tests:
  - name: names_are_loud
    model: stg_wards
    given: [{input: ref('wards'), rows: [{id: 1, name: a}]}]
    expect: {rows: [{id: 1, name: a!}]}`,
  "snapshots/changes.yml": `snapshots:
  - {name: changes, relation: ref('stg_wards'), config: {strategy: check, unique_key: id, check_cols: [name]}}`,
};

/** A project whose target uses both engines of the tests' lakehouse. */
export function project(folder: string, output: Output = {}, files: Record<string, string> = MODELS): void {
  const { "catalogs.yml": catalogs = "" } = lakeProject(SCHEMA);
  writeProject(folder, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": profile(output),
    "catalogs.yml": catalogs,
    ...files,
  });
}

export async function ok(args: string[], folder: string): Promise<Ran> {
  const ran = await run(args, folder);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return ran;
}

/** `$S` stands for the schema. */
export const rows = (sql: string): Promise<readonly (readonly unknown[])[]> => trinoRows(sql.replaceAll("$S", SCHEMA));
