import { expect, test } from "vitest";
import { buildIndex, search } from "./search.ts";
import { smallProject } from "../../test/support/docs-project.ts";

const index = buildIndex(smallProject());
const found = (query: string): string[] => search(index, query).map(({ resource }) => resource.id);

test("a name that is the word comes before names that hold it, descriptions and code", () => {
  expect(found("orders")[0]).toBe("model.shop.orders");
  expect(found("ORDERS")).toEqual(found("orders"));
  expect(found("orders").indexOf("model.shop.stg_orders")).toBeGreaterThan(
    found("orders").indexOf("model.shop.orders"),
  );
  expect(found("order")).toContain("test.shop.unique_orders_Id");
  expect(found("order").at(-1)).toMatch(/^(test|exposure)\./);
});

test("columns, descriptions of columns, tags and code are searched, and the hit says where", () => {
  expect(search(index, "Id")[0]).toMatchObject({ where: "column Id" });
  expect(search(index, "key of")).toMatchObject([
    { resource: { id: "model.shop.orders" }, where: "description of Id", snippet: "The key of an order" },
  ]);
  expect(search(index, "daily")).toMatchObject([{ resource: { id: "model.shop.stg_orders" }, where: "tag daily" }]);
  expect(search(index, "round(100")).toMatchObject([{ resource: { id: "macro.shop.cents" }, where: "code" }]);
});

test("every word has to be found; words may narrow by tag, type and package", () => {
  expect(found("orders nowhere")).toEqual([]);
  expect(found("")).toEqual([]);
  expect(found("type:model order")).toEqual(["model.shop.orders", "model.shop.stg_orders"]);
  expect(found("tag:daily")).toEqual(["model.shop.stg_orders"]);
  expect(found("package:other")).toEqual(["model.other.dates"]);
  expect(found("hidden")).toEqual([]);
});
