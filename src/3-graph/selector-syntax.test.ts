import { describe, expect, test } from "vitest";
import { parseDefinition, parseTerm } from "./selector-syntax.ts";

describe("one term of a selector", () => {
  test.each([
    ["orders", { method: "fqn", value: "orders", parents: null, children: null, childrensParents: false }],
    ["+orders", { method: "fqn", value: "orders", parents: Infinity, children: null }],
    ["2+orders+1", { value: "orders", parents: 2, children: 1 }],
    ["@orders", { value: "orders", childrensParents: true }],
    ["tag:nightly+", { method: "tag", value: "nightly", children: Infinity }],
    ["config.meta.owner:me", { method: "config", methodArguments: ["meta", "owner"], value: "me" }],
    ["models/staging", { method: "path", value: "models/staging" }],
    ["stg_orders.sql", { method: "file", value: "stg_orders.sql" }],
    ["source:raw.orders+", { method: "source", value: "raw.orders", children: Infinity }],
  ])("%s", (text, expected) => {
    expect(parseTerm(text)).toMatchObject(expected);
  });

  test.each(["", "+", "@orders+", "tag:"])("%j cannot be read", (text) => {
    expect(() => parseTerm(text)).toThrow();
  });
});

test("selectors.yml: a union with an exclusion, and an inherited selector", () => {
  const selectors = { base: { name: "base", definition: "tag:nightly" } };
  const definition = {
    union: [{ method: "selector", value: "base" }, "orders+", { exclude: [{ method: "tag", value: "slow" }] }],
  };
  expect(parseDefinition(definition, selectors, "mine")).toMatchObject({
    kind: "difference",
    parts: [
      {
        kind: "union",
        parts: [
          { method: "tag", value: "nightly" },
          { value: "orders", children: Infinity },
        ],
      },
      { kind: "union", parts: [{ value: "slow" }] },
    ],
  });
});

test("selectors that refer to each other in a circle are refused", () => {
  const selectors = { a: { name: "a", definition: { method: "selector", value: "a" } } };
  expect(() => parseDefinition({ method: "selector", value: "a" }, selectors, "a")).toThrow("circle");
});

test("the value of a short form is taken as it is, and a depth may be text", () => {
  expect(parseDefinition({ tag: "nightly+" }, {}, "mine")).toMatchObject({ value: "nightly+", children: null });
  const deep = { method: "tag", value: "nightly", parents: true, parents_depth: "2" };
  expect(parseDefinition(deep, {}, "mine")).toMatchObject({ parents: 2, children: null });
});
