import { expect, test } from "vitest";
import type { JsonObject } from "../../contracts/json.ts";
import type { CatalogEntry } from "../../contracts/project.ts";
import { catalogRelation } from "./catalog-relation.ts";

function entry(integration: JsonObject): CatalogEntry {
  return { name: "managed", type: "trino", tableFormat: "iceberg", shared: {}, config: {}, integration };
}

function relation(config: JsonObject, integration: JsonObject = {}): JsonObject {
  const model = { name: "orders", schema: "shop", config };
  return catalogRelation(model, [entry({ name: "writes", ...integration })]) as JsonObject;
}

test("a catalog's settings reach the nodes that name it", () => {
  const settings = { file_format: "orc", table_format: "iceberg", external_volume: "s3://lake" };
  expect(relation({ catalog_name: "managed" }, settings)).toEqual({
    ...settings,
    catalog_type: "trino",
    catalog_name: "writes",
    storage_uri: "s3://lake/_dbt/shop/orders",
  });
  expect(relation({}, settings)).toMatchObject({ catalog_name: "trino_default", file_format: null, storage_uri: null });
  expect(catalogRelation({ name: "no config" }, [])).toBeNull();
});

test.each<[JsonObject, string]>([
  [{ storage_uri: "s3://own" }, "s3://own"],
  [{ base_location_root: "foo", base_location_subpath: "bar" }, "s3://lake/foo/shop/orders/bar"],
  [{ base_location_root: null }, "s3://lake/_dbt/shop/orders"],
  [{ base_location_root: null, omit_base_location_root: true }, "s3://lake/shop/orders"],
])("%j is stored in %s", (config, uri) => {
  expect(relation({ catalog_name: "managed", ...config }, { external_volume: "s3://lake" })["storage_uri"]).toBe(uri);
});
