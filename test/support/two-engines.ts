import { writeProject } from "./write-project.ts";

const NOBODY = "http://127.0.0.1:1";

/** A target of two engines of which DuckDB answers and Trino, the default one, does not: what can be told without a server. */
export function twoEngines(
  folder: string,
  files: Record<string, string>,
  router: object = {},
  more: { readonly duckdb?: object; readonly outputs?: object } = {},
): void {
  const duckdb = { endpoint: NOBODY, warehouse: "w", authorization_type: "none" };
  const lake = { name: "lake", type: "iceberg_rest", table_format: "iceberg", config: { duckdb, trino: {} } };
  const trino = { host: "127.0.0.1", port: 1, user: "me", catalog: "lake", schema: "s", retries: 1 };
  const engines = { duckdb: { path: "a.duckdb", settings: { http_retries: 0 }, ...more.duckdb }, trino };
  const prod = { type: "duckhouse", default_engine: "trino", catalog: "lake", engines, router };
  writeProject(folder, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({ ward: { target: "prod", outputs: { prod, ...more.outputs } } }),
    "catalogs.yml": JSON.stringify({ catalogs: [lake] }),
    ...files,
  });
}
