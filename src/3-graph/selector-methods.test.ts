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
