import { expect, test } from "vitest";
import type { CatalogEntry, TargetCatalog } from "../../../contracts/project.ts";
import { attachStatement, readCatalog as read } from "./catalog-settings.ts";

const readCatalog = (catalog: CatalogEntry): ReturnType<typeof read> => read(catalog, { database: "dev" });

const entry = (duckdb: object | null, shared: object = {}): CatalogEntry =>
  ({
    name: "lake",
    type: "iceberg_rest",
    tableFormat: "iceberg",
    shared,
    config: duckdb === null ? {} : { duckdb },
  }) as CatalogEntry;

test("settings become options of ATTACH", () => {
  const catalog = readCatalog(
    entry({
      endpoint: "http://x",
      warehouse: "it's",
      attach_as: "l",
      default_schema: "s",
      read_only: true,
      max_table_staleness: "1 minute",
    }),
  ) as TargetCatalog;
  expect(catalog).toMatchObject({ database: "l", defaultSchema: "s" });
  expect(attachStatement(catalog)).toBe(
    `attach 'it''s' as "l" (TYPE iceberg, DISABLE_MULTI_TABLE_COMMIT true, ENDPOINT 'http://x', DEFAULT_SCHEMA 's', READ_ONLY, MAX_TABLE_STALENESS '1 minute')`,
  );
});

test("a catalog cannot have the name of the database file", () => {
  expect(read(entry({ endpoint: "http://x" }), { database: "Lake" })).toMatchObject({
    problem: "Catalog 'lake' would be attached as 'lake', which is the name of the profile's database",
  });
});

test("a catalog that says nothing for DuckDB is none; a mistake in its settings is one", () => {
  expect(readCatalog(entry(null))).toBeNull();
  expect(readCatalog({ ...entry({ endpoint: "x" }), type: "hive_metastore" })).toBeNull();
  expect(readCatalog(entry({ endpont: "http://x" }))).toMatchObject({ hint: "Did you mean 'endpoint'?" });
  expect(readCatalog(entry({ warehouse: "w" }))).toMatchObject({
    problem: expect.stringContaining("no endpoint") as string,
  });
  expect(readCatalog(entry(null, { endpoint: "http://x", catalog_name: "c", external_volume: "v" }))).toMatchObject({
    database: "c",
    settings: { endpoint: "http://x" },
  });
});
