import { expect, test } from "vitest";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { NodeCatalogs } from "./node-catalogs.ts";

const catalog = (name: string, tableFormat = "iceberg"): object => ({ name, tableFormat, database: `${name}_db` });

function setUp(catalogs: object[], ownFormats: string[] = [], tableDefaults: object[] = []): NodeCatalogs {
  const traits = { catalogs: { notInCatalog: ["view"], ownFormats, unnamedSchema: null } };
  return new NodeCatalogs({ target: { catalogs, tableDefaults }, traits } as unknown as ProjectFacts);
}

function node(config: object, resource_type = "model"): ManifestNode {
  return { unique_id: "model.a.b", resource_type, original_file_path: "models/b.sql", config } as ManifestNode;
}

const nameOf = (catalogs: NodeCatalogs, of: ManifestNode): string | null => catalogs.of(of)?.name ?? null;

test("by name, or by the only catalog of the format", () => {
  const catalogs = setUp([catalog("lake"), catalog("duck", "ducklake")]);
  expect(nameOf(catalogs, node({ catalog_name: "lake", materialized: "table" }))).toBe("lake");
  expect(nameOf(catalogs, node({ table_format: "ICEBERG" }))).toBe("lake");
  expect(nameOf(catalogs, node({ table_format: "delta" }))).toBeNull();
  expect(nameOf(catalogs, node({ materialized: "table" }))).toBeNull();
  expect(catalogs.problems).toEqual([]);
});

test("not what the engine cannot put there, has itself, or does not store", () => {
  const catalogs = setUp([catalog("lake")], ["iceberg"]);
  expect(nameOf(catalogs, node({ catalog_name: "lake", materialized: "view" }))).toBeNull();
  expect(nameOf(catalogs, node({ table_format: "iceberg" }))).toBeNull();
  expect(nameOf(catalogs, node({ catalog_name: "lake" }, "test"))).toBeNull();
  expect(nameOf(setUp([]), node({ catalog_name: "lake" }))).toBeNull();
});

test("a name that is not there is a warning, a format of several catalogs an error", () => {
  const catalogs = setUp([catalog("lake"), catalog("pond")]);
  catalogs.of(node({ catalog_name: "lak" }));
  catalogs.of(node({ table_format: "iceberg" }));
  expect(catalogs.problems.map(({ severity, file, hint }) => [severity, file, hint])).toEqual([
    ["warning", "models/b.sql", "Did you mean 'lake'?"],
    ["error", "models/b.sql", "Say which one with catalog_name: lake, pond."],
  ]);
});

test("settings for tables of the target's own database are no place, but a name to be known", () => {
  const catalogs = setUp([], [], [{ name: "managed" }]);
  expect(nameOf(catalogs, node({ catalog_name: "managed" }))).toBeNull();
  expect(catalogs.problems).toEqual([]);
  catalogs.of(node({ catalog_name: "manged" }));
  expect(catalogs.problems.map(({ hint }) => hint)).toEqual(["Did you mean 'managed'?"]);
});
