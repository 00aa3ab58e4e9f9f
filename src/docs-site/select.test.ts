import { expect, test } from "vitest";
import { lineageOf, MOST_DRAWN } from "./lineage.ts";
import { select } from "./select.ts";
import { smallProject } from "../../test/support/docs-project.ts";

const names = (expression: string): string[] =>
  [...select(smallProject(), expression)].map((id) => id.replace(/^(\w+)\.shop\./, "$1 ")).sort();

test.each([
  ["orders", ["model orders", "source raw.orders"]],
  ["model.shop.orders", ["model orders"]],
  ["+stg_orders", ["model stg_orders", "source raw.orders"]],
  ["1+model.shop.orders", ["model orders", "model stg_orders", "seed kinds"]],
  ["stg_orders+1", ["model orders", "model stg_orders"]],
  [
    "@source:raw",
    [
      "exposure board",
      "model hidden",
      "model orders",
      "model stg_orders",
      "seed kinds",
      "source raw.orders",
      "test orders_has_kinds",
      "test unique_orders_Id",
    ],
  ],
  ["shop.staging", ["model stg_orders"]],
  ["staging", ["model stg_orders"]],
  ["tag:daily exposure:board", ["exposure board", "model stg_orders"]],
  ["path:models,config.materialized:table", ["model orders"]],
  ["*_orders", ["model stg_orders"]],
  ["package:other", ["model.other.dates"]],
  ["resource_type:seed", ["seed kinds"]],
  ["nothing:here", []],
  ["[", []],
  ["cents", []],
])("%s", (expression, expected) => {
  expect(names(expression)).toEqual(expected);
});

test("a lineage has the edges between what it draws, and tests only where they are wanted", () => {
  const options = { include: "1+model.shop.orders+1", exclude: "", withTests: false };
  expect(lineageOf(smallProject(), options)).toEqual({
    ids: ["model.shop.orders", "model.shop.stg_orders", "seed.shop.kinds", "exposure.shop.board"],
    edges: [
      ["model.shop.stg_orders", "model.shop.orders"],
      ["seed.shop.kinds", "model.shop.orders"],
      ["model.shop.orders", "exposure.shop.board"],
    ],
    leftOut: 0,
  });
  expect(lineageOf(smallProject(), { ...options, withTests: true }).ids).toHaveLength(6);
  expect(lineageOf(smallProject(), { ...options, exclude: "kinds" }).ids).not.toContain("seed.shop.kinds");
});

test("of too many nodes the nearest are drawn", () => {
  const ids = Array.from({ length: MOST_DRAWN + 10 }, (_, index) => `model.shop.m${index}`);
  const nodes = Object.fromEntries(
    ids.map((id, index) => [
      id,
      {
        ...{ unique_id: id, name: `m${index}`, resource_type: "model", package_name: "shop" },
        depends_on: { nodes: ids.slice(Math.max(0, index - 1), index) },
      },
    ]),
  );
  const { ids: drawn, leftOut } = lineageOf(smallProject({ nodes }), {
    include: "+m9+",
    exclude: "",
    withTests: false,
  });
  expect([drawn.length, leftOut]).toEqual([MOST_DRAWN, 10]);
  expect(drawn).toEqual(expect.arrayContaining(["model.shop.m0", "model.shop.m10"]));
});
