import { expect, test } from "vitest";
import { normalizeSelectors } from "./selector-definitions.ts";

function normalized(definition: unknown, above: object = {}): unknown {
  const selectors = { ...above, mine: { name: "mine", description: "words", definition } };
  const mine = normalizeSelectors(selectors as never)["mine"] as Record<string, unknown>;
  expect(mine).toMatchObject({ name: "mine", description: "words" });
  return mine["definition"];
}

test.each([
  ["orders", { method: "fqn", value: "orders" }],
  ["2+tag:nightly+", { parents: true, parents_depth: "2", method: "tag", value: "nightly", children: true }],
  ["@config.meta.owner:me", { childrens_parents: true, method: "config.meta.owner", value: "me" }],
  [{ tag: "nightly+" }, { method: "tag", value: "nightly+" }],
  [
    { union: ["models/staging", { exclude: ["orders.sql", { tag: "slow" }] }] },
    {
      union: [
        { method: "path", value: "models/staging" },
        {
          exclude: [
            { method: "file", value: "orders.sql" },
            { method: "tag", value: "slow" },
          ],
        },
      ],
    },
  ],
  [
    { method: "tag", value: "nightly", children: true, exclude: ["orders"] },
    { method: "tag", value: "nightly", children: true, exclude: ["orders"] },
  ],
])("%j", (definition, expected) => {
  expect(normalized(definition)).toEqual(expected);
});

test("an inherited selector is replaced by its definition, at any depth", () => {
  const above = { base: { name: "base", definition: "tag:nightly" } };
  const inherits = { method: "selector", value: "base" };
  expect(normalized({ intersection: [{ union: [inherits] }, inherits] }, above)).toEqual({
    intersection: [{ union: [{ method: "tag", value: "nightly" }] }, { method: "tag", value: "nightly" }],
  });
});

test("a selector inherits those above it only", () => {
  expect(() => normalized({ method: "selector", value: "mine" })).toThrow("inherits 'mine'");
});
