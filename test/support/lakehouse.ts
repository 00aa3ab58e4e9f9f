import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { TrinoClient } from "../../src/engines/trino/client.ts";
import { readCredentials } from "../../src/engines/trino/credentials.ts";
import { TrinoTransport } from "../../src/engines/trino/transport.ts";
import type { LakehouseStatus } from "../../src/lakehouse/lakehouse.ts";

declare module "vitest" {
  interface ProvidedContext {
    lakehouse: LakehouseStatus;
  }
}

export function trinoPort(): number {
  return Number(new URL(inject("lakehouse").trino?.url ?? "http://down").port);
}

/** A client of its own for looking at what the program did; of the shared Trino unless a port is given. */
export function trinoClient(port = trinoPort()): TrinoClient {
  const profile = { host: "127.0.0.1", port, user: "tests", catalog: "lake", schema: "tests" };
  const read = readCredentials(profile, "/");
  if ("problem" in read) throw new Error(read.problem);
  return new TrinoClient(new TrinoTransport(read.credentials, "tests"), 3);
}

/** Rows of a query, each cell as the protocol gives it. */
export async function trinoRows(sql: string, port?: number): Promise<readonly (readonly unknown[])[]> {
  return (await trinoClient(port).run(sql)).rows;
}

/** A project that both engines can build into the lake: the DuckDB of the target `duck`, the Trino of `trino`. */
export function lakeProject(schema: string): Record<string, string> {
  const { catalog, storage } = inject("lakehouse");
  const secret = { type: "s3", key_id: storage?.key, secret: storage?.secret, region: "us-east-1", use_ssl: false };
  const endpoint = storage?.url.replace(/^https?:\/\//, "");
  const duck = { type: "duckdb", path: "{{ env_var('DB', 'lake.duckdb') }}", schema, threads: 2 };
  const trino = { type: "trino", host: "127.0.0.1", port: trinoPort(), user: "nurse", catalog: "memory", threads: 2 };
  const secrets = [{ ...secret, endpoint, url_style: "path" }];
  const outputs = { duck: { ...duck, secrets }, trino: { ...trino, schema, secrets } };
  const duckdb = { endpoint: catalog?.url, warehouse: "warehouse", authorization_type: "none" };
  const lake = {
    name: "pond",
    type: "iceberg_rest",
    table_format: "iceberg",
    config: { duckdb: { ...duckdb, access_delegation_mode: "none" }, trino: { catalog: "lake" } },
  };
  return {
    "dbt_project.yml":
      "name: ward\nversion: '1.0'\nprofile: ward\nmodels:\n  +materialized: table\n  +catalog_name: pond\nseeds:\n  +catalog_name: pond\nsnapshots:\n  +catalog_name: pond\n",
    "profiles.yml": JSON.stringify({ ward: { target: "duck", outputs } }),
    "catalogs.yml": JSON.stringify({ catalogs: [lake] }),
  };
}

/** Everything in the storage below a schema's tables, as paths. */
export function storedFiles(schema: string): string[] {
  const folder = join(inject("lakehouse").data, "s3", "warehouse", schema);
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort() : [];
}

/** Drops the schema with all that is in it. */
export async function dropSchema(schema: string): Promise<void> {
  await trinoRows(`drop schema if exists ${schema} cascade`);
}
