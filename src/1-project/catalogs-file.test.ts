import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DiagnosticError } from "../contracts/diagnostic.ts";
import { readCatalogs } from "./catalogs-file.ts";

const CONTEXT = { lookup: () => undefined };

function read(text: string): ReturnType<typeof readCatalogs> {
  const folder = mkdtempSync(join(tmpdir(), "catalogs-"));
  writeFileSync(join(folder, "catalogs.yml"), text);
  return readCatalogs(folder, CONTEXT);
}

function problems(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof DiagnosticError)
      return error.diagnostics.map(({ line, message, hint }) => `${String(line)}: ${message}; ${hint ?? ""}`);
    throw error;
  }
  return [];
}

test("the form with settings by engine", () => {
  const text = `
catalogs:
  - name: lake
    type: iceberg_rest
    table_format: iceberg
    config:
      duckdb: {endpoint: "http://localhost:8181", warehouse: w}
      trino: {catalog: lakehouse}
`;
  expect(read(text)).toEqual([
    {
      name: "lake",
      type: "iceberg_rest",
      tableFormat: "iceberg",
      shared: {},
      config: { duckdb: { endpoint: "http://localhost:8181", warehouse: "w" }, trino: { catalog: "lakehouse" } },
    },
  ]);
});

test("the form with write integrations: the active one counts", () => {
  const text = `
catalogs:
  - name: lake
    active_write_integration: second
    write_integrations:
      - {name: first, catalog_type: unity}
      - name: second
        catalog_type: ICEBERG_REST
        catalog_name: lakehouse
        adapter_properties: {endpoint: "http://localhost:8181", duckdb: {warehouse: w}}
`;
  expect(read(text)).toEqual([
    {
      name: "lake",
      type: "iceberg_rest",
      tableFormat: "iceberg",
      shared: { endpoint: "http://localhost:8181", catalog_name: "lakehouse" },
      config: { duckdb: { warehouse: "w" } },
      integration: {
        ...{ name: "second", catalog_type: "ICEBERG_REST", catalog_name: "lakehouse" },
        adapter_properties: { endpoint: "http://localhost:8181", duckdb: { warehouse: "w" } },
      },
    },
  ]);
});

test("a type that only another adapter knows is read like any other", () => {
  const text = `
catalogs:
  - name: managed
    active_write_integration: own
    write_integrations:
      - {name: own, catalog_type: trino, table_format: iceberg, file_format: parquet, adapter_properties: {storage_uri: "s3://b/"}}
`;
  expect(read(text)).toMatchObject([
    { name: "managed", type: "trino", shared: { storage_uri: "s3://b/" }, integration: { file_format: "parquet" } },
  ]);
});

test("no file, no catalogs", () => {
  expect(readCatalogs(join(tmpdir(), "there-is-nothing-here"), CONTEXT)).toEqual([]);
});

test("everything that is wrong, each at its place", () => {
  const text = `catalogs:
  - name: lake
    type: iceberg_rset
  - type: glue
  - name: two
    type: glue
    tabel_format: iceberg
  - name: two
    type: glue
  - name: several
    write_integrations:
      - {name: a, catalog_type: glue}
      - {name: b, catalog_type: glue}
  - name: again
    active_write_integration: a
    write_integrations:
      - {name: a, catalog_type: glue}
      - {name: a, catalog_type: glue}
`;
  expect(problems(text)).toEqual([
    "8: Two catalogs are named 'two'; ",
    "3: The catalog 'lake' has an unknown type 'iceberg_rset'; Did you mean 'iceberg_rest'?",
    "4: A catalog needs a name; ",
    "7: The catalog 'two' has an unknown key 'tabel_format'; Did you mean 'table_format'?",
    "10: Catalog 'several' needs an active_write_integration from its write_integrations: a, b; ",
    "14: Catalog 'again' has two write_integrations named 'a'; ",
  ]);
  expect(problems("catalogs: {}")).toEqual(["1: catalogs.yml needs a list under the key 'catalogs'; "]);
});
