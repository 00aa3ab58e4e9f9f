import { expect, test } from "vitest";
import { counted, isTestOf, overviewText } from "./project.ts";
import { smallProject } from "../../test/support/docs-project.ts";
import { databaseTree, groupTree, NO_GROUP, pathTo, projectTree, size, type Branch } from "./trees.ts";

/** A tree as nested lists: names of branches with what is in them, then leaves. */
function told({ branches, leaves }: Branch): unknown[] {
  return [...branches.map((branch) => [branch.label, ...told(branch)]), ...leaves.map(({ label }) => label)];
}

test("the project: sources and exposures, the own package, then others; tests, hidden nodes and dbt's macros are not in it", () => {
  const tree = projectTree(smallProject());
  expect(told(tree)).toEqual([
    ["Sources", ["raw", "orders"]],
    ["Exposures", "board"],
    ["/shop", ["models", ["staging", "stg_orders"], "orders"], "cents", "kinds"],
    ["/other", ["models", "dates"]],
  ]);
  expect(size(tree)).toBe(7);
  expect(pathTo(tree, "model.shop.stg_orders")).toEqual(["/shop", "models", "staging"]);
  expect(pathTo(tree, "model.shop.hidden")).toBeNull();
});

test("the database: what has a relation; the groups: what is in none comes last", () => {
  expect(told(databaseTree(smallProject()))).toEqual([["db", ["main", "kinds", "orders", "stg_orders"]]]);
  expect(told(groupTree(smallProject()))).toEqual([
    ["sales", "orders"],
    [NO_GROUP, "board", "dates", "kinds", "stg_orders"],
  ]);
});

test("counts are those of what is listed", () => {
  expect(counted(smallProject(), null).find(({ type }) => type === "model")).toEqual({ type: "model", count: 3 });
  expect(counted(smallProject(), "other")).toEqual([{ type: "model", count: 1 }]);
  expect(counted(smallProject(), null).find(({ type }) => type === "macro")).toEqual({ type: "macro", count: 1 });
});

test("the overview is the project's own block, else a package's, never dbt's", () => {
  const doc = (packageName: string) => ({
    name: "__overview__",
    package_name: packageName,
    block_contents: packageName,
  });
  const of = (...packages: string[]): string | null =>
    overviewText(smallProject({ docs: Object.fromEntries(packages.map((name) => [name, doc(name)])) }), null);
  expect([of("dbt"), of("dbt", "other"), of("dbt", "shop", "other")]).toEqual([null, "other", "shop"]);
});

test("a test that only reads a node is no test of it", () => {
  const test = smallProject().resources.get("test.shop.orders_has_kinds");
  expect(test && [isTestOf(test, "model.shop.orders"), isTestOf(test, "seed.shop.kinds")]).toEqual([true, false]);
});
