import { expect, test } from "vitest";
import { formatRoute, parseRoute, type Route } from "./routes.ts";

test.each<[string, Route]>([
  ["", { page: "overview", packageName: null }],
  ["#!/overview", { page: "overview", packageName: null }],
  ["#!/overview/dbt_utils", { page: "overview", packageName: "dbt_utils" }],
  ["#!/model/model.shop.orders", { page: "resource", id: "model.shop.orders", section: null }],
  ["#!/model/model.shop.orders#columns", { page: "resource", id: "model.shop.orders", section: "columns" }],
  ["#!/source/source.shop.raw.orders", { page: "resource", id: "source.shop.raw.orders", section: null }],
  ["#!/source_list/raw", { page: "source", name: "raw" }],
  ["#!/list/unit_test", { page: "list", type: "unit_test" }],
  ["#!/search?q=a+b%26c", { page: "search", query: "a b&c" }],
  ["#!/overview?g_v=1&g_i=%2Borders%2B&g_e=tag%3Ax", { page: "lineage", include: "+orders+", exclude: "tag:x" }],
  ["#!/overview?g_v=1", { page: "lineage", include: "", exclude: "" }],
  ["#!/model/model.shop.orders?g_v=1", { page: "lineage", include: "+model.shop.orders+", exclude: "" }],
  ["#!/test/100%", { page: "resource", id: "100%", section: null }],
])("%s", (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

test("a written address is read as what it was written of", () => {
  const routes: Route[] = [
    { page: "overview", packageName: null },
    { page: "overview", packageName: "a b" },
    { page: "resource", id: "test.shop.odd name#1?/%.2", section: null },
    { page: "source", name: "raw#1" },
    { page: "list", type: "model" },
    { page: "search", query: "tag:x ü&=#" },
    { page: "lineage", include: "+a+ @b,tag:c", exclude: "d#" },
  ];
  for (const route of routes) expect(parseRoute(formatRoute(route))).toEqual(route);
});
