import { expect, test } from "vitest";
import type { JsonObject } from "../contracts/json.ts";
import type { PropertyEntry } from "./property-files.ts";
import { SourcePatches } from "./source-patches.ts";

const entry = (packageName: string, data: JsonObject): PropertyEntry =>
  ({
    key: "sources",
    name: data["name"],
    data,
    raw: data,
    file: { packageName, originalPath: `${packageName}/s.yml` },
    placeOf: () => ({ file: `${packageName}/s.yml`, line: 1, column: 1 }),
  }) as unknown as PropertyEntry;

const base = entry("kit", {
  name: "raw",
  schema: "gone",
  description: "kept",
  config: { event_time: "at" },
  freshness: { error_after: { count: 3, period: "hour" } },
  tables: [
    {
      name: "orders",
      config: { tags: ["a"] },
      freshness: { warn_after: { count: 1, period: "day" } },
      columns: [1, 2],
    },
    { name: "other", columns: [3] },
  ],
});

test("an override replaces the keys it has, and resets config, freshness and quoting", () => {
  const patch = entry("shop", {
    name: "raw",
    overrides: "kit",
    schema: "real",
    loader: null,
    tables: [{ name: "orders", identifier: "orders_2", columns: [1] }],
  });
  const patches = new SourcePatches([base, patch]);
  expect(patches.patched(base).data).toEqual({
    name: "raw",
    schema: "real",
    description: "kept",
    tables: [
      { name: "orders", identifier: "orders_2", config: { tags: ["a"] }, columns: [1] },
      { name: "other", columns: [3] },
    ],
  });
  expect([...patches.problems, ...patches.unused()]).toEqual([]);
});

test("what an override has no target for is told, and so are two of one source", () => {
  const gone = entry("shop", { name: "gone", overrides: "kit", tables: [{ name: "a" }] });
  const orders = entry("shop", { name: "raw", overrides: "kit", tables: [{ name: "orders" }, { name: "missing" }] });
  const patches = new SourcePatches([base, gone, orders, orders]);
  patches.patched(base);
  expect(patches.unused().map(({ message }) => message.split(": ")[1])).toEqual([
    "source kit.gone",
    "source table kit.raw.missing",
  ]);
  expect(patches.problems.map(({ message }) => message)).toEqual([
    "dbt found two schema.yml entries for the same source named raw in package kit.",
  ]);
});
