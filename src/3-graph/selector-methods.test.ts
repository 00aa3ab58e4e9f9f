import { expect, test } from "vitest";
import type { GraphNode } from "../contracts/manifest.ts";
import { matches } from "./selector-methods.ts";

const context = { rootPackage: "shop", methodArguments: [] };
const node = (resource_type: string): GraphNode =>
  ({ resource_type, fqn: ["shop", "staging", "orders"], config: {} }) as unknown as GraphNode;

test.each(["orders", "staging.orders", "shop", "shop.staging.*", "*"])("the name %s selects no source", (value) => {
  expect(matches(node("model"), "fqn", value, context)).toBe(true);
  expect(matches(node("source"), "fqn", value, context)).toBe(false);
});

test("a test has the name of its macro, a unit test its own, a singular test none", () => {
  const named = (node: object, value: string): boolean =>
    matches(node as GraphNode, "test_name", value, { rootPackage: "shop", methodArguments: [] });
  expect(named({ resource_type: "test", name: "unique_a", test_metadata: { name: "unique" } }, "uniq*")).toBe(true);
  expect(named({ resource_type: "unit_test", name: "adds_up" }, "adds_up")).toBe(true);
  expect(named({ resource_type: "test", name: "by_hand" }, "*")).toBe(false);
});

test("a severity is selected in any case, other configs as they are written", () => {
  const warns = { resource_type: "test", config: { severity: "WARN", alias: "A" } } as unknown as GraphNode;
  const fits = (key: string, value: string): boolean =>
    matches(warns, "config", value, { rootPackage: "shop", methodArguments: [key] });
  expect([fits("severity", "warn"), fits("severity", "error"), fits("alias", "a"), fits("alias", "A")]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("versions that are no numbers are compared as text", () => {
  const model = { resource_type: "model", version: "beta", latest_version: 2 } as unknown as GraphNode;
  expect(["prerelease", "old", "latest", "none"].filter((value) => matches(model, "version", value, context))).toEqual([
    "prerelease",
  ]);
});

test("configs are those of nodes and sources, groups those of nodes and metrics", () => {
  const fits = (resource_type: string, method: string, value: string): boolean => {
    const one = { resource_type, group: "finance", config: { enabled: true } } as unknown as GraphNode;
    return matches(one, method, value, { rootPackage: "shop", methodArguments: ["enabled"] });
  };
  const types = ["model", "seed", "test", "source", "exposure", "metric", "semantic_model", "saved_query", "unit_test"];
  expect(types.filter((type) => fits(type, "config", "true"))).toEqual(["model", "seed", "test", "source"]);
  expect(types.filter((type) => fits(type, "group", "finance"))).toEqual(["model", "seed", "test", "metric"]);
});
