import { expect, test } from "vitest";
import type { JsonObject } from "../contracts/json.ts";
import { propertiesConfig } from "./apply-properties.ts";
import type { PropertyEntry } from "./property-files.ts";
import { PropertyIndex } from "./property-index.ts";

function model(data: JsonObject): PropertyEntry {
  const file = { packageName: "shop" } as PropertyEntry["file"];
  const placeOf: PropertyEntry["placeOf"] = (path) => ({ file: path.join("."), line: 1, column: 1 });
  return { key: "models", name: "orders", data, raw: data, file, placeOf };
}

test("a key that a version does not take is an error with its place", () => {
  const { diagnostics } = new PropertyIndex([
    model({ versions: [{ v: 1, defined_in: "a", confg: {} }, { v: 2, tests: [], tags: ["x"] }, { v: 3 }] }),
  ]);
  expect(diagnostics.map(({ code, file, message, hint }) => [code, file, message, hint])).toEqual([
    ...[
      ["DH1106", "versions.0.confg", "The version 1 of 'orders' has an unknown key 'confg'", "Did you mean 'config'?"],
    ],
    ...[
      [
        "DH1106",
        "versions.1.tags",
        "The version 2 of 'orders' has an unknown key 'tags'",
        expect.stringContaining("below `config:`"),
      ],
    ],
  ]);
});

// As dbt lays one over the other (its `deep_merge`).
test("a version's config is laid over its model's: mappings are merged, its lists come first", () => {
  const entry = model({
    meta: { team: "a" },
    tags: ["of no effect in dbt"],
    config: { tags: ["all"], unique_key: ["id"], grants: { select: ["you"] }, materialized: "table" },
    versions: [
      { v: 1, access: "public", config: { tags: ["first"], grants: { select: ["me"] }, materialized: "view" } },
    ],
  });
  const version = new PropertyIndex([entry]).findVersion("shop", "orders_v1", () => false);
  expect(propertiesConfig(entry, version)).toEqual({
    ...{ meta: { team: "a" }, access: "public", tags: ["first", "all"], unique_key: ["id"], materialized: "view" },
    grants: { select: ["me", "you"] },
  });
  expect(propertiesConfig(entry, undefined)).toMatchObject({ tags: ["all"], materialized: "table" });
});
