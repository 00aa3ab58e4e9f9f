import { expect, test } from "vitest";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import { modelDeprecations } from "./model-deprecations.ts";

const model = (name: string, parents: string[], more: Partial<ManifestNode> = {}): ManifestNode =>
  ({
    name,
    unique_id: `model.shop.${name}`,
    package_name: "shop",
    resource_type: "model",
    original_file_path: `models/${name}.sql`,
    depends_on: { macros: [], nodes: parents.map((parent) => `model.shop.${parent}`) },
    ...more,
  }) as unknown as ManifestNode;

function said(now: string, ...models: ManifestNode[]): [string, string, string | null][] {
  const manifest = { nodes: Object.fromEntries(models.map((node) => [node.unique_id, node])) } as unknown as Manifest;
  return modelDeprecations(manifest, new Date(now)).map(({ code, message, hint }) => [code, message, hint]);
}

const date = "2024-05-01T00:00:00+00:00";

test("a model whose day has passed is named, and so is who reads it", () => {
  expect(said("2024-05-02", model("old", [], { deprecation_date: date }), model("reader", ["old"]))).toEqual([
    ["DH1314", `Model old has passed its deprecation date of ${date}. This model should be disabled or removed.`, null],
    ["DH1315", `While compiling 'reader': Found a reference to old, which was deprecated on '${date}'.`, null],
  ]);
});

test("before its day only who reads it is told, with the version to take instead", () => {
  const old = model("old", [], { deprecation_date: date, version: 1, latest_version: 2 });
  expect(said("2024-04-30", old, model("reader", ["old"]))).toEqual([
    [
      "DH1316",
      `While compiling 'reader': Found a reference to old.v1, which is slated for deprecation on '${date}'.`,
      "A new version of 'old' is available: {{ ref('shop', 'old', v='2') }}.",
    ],
  ]);
});

test("a model without a day says nothing", () => {
  expect(said("2024-04-30", model("old", []), model("reader", ["old"]))).toEqual([]);
});
