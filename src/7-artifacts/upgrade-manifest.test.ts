import { expect, test } from "vitest";
import type { JsonObject } from "../contracts/json.ts";
import { upgradeManifest } from "./upgrade-manifest.ts";

const node: JsonObject = { raw_sql: "select 1", compiled_sql: "select 1", refs: [["a"], ["pack", "b"]] };

test("a manifest of dbt 1.0 gets today's names, refs and kinds of resources", () => {
  const upgraded = upgradeManifest({ nodes: { n: node }, metrics: { m: {} }, disabled: { d: [node] } }, 4);
  const expected = {
    raw_code: "select 1",
    compiled_code: "select 1",
    language: "sql",
    refs: [
      { package: null, name: "a", version: null },
      { package: "pack", name: "b", version: null },
    ],
  };
  expect(upgraded).toMatchObject({ nodes: { n: expected }, metrics: {}, disabled: { d: [expected] }, functions: {} });
  expect((upgraded["nodes"] as JsonObject)["n"]).not.toHaveProperty("raw_sql");
});

test("what has today's form stays", () => {
  const today = { raw_code: "select 1", refs: [{ package: null, name: "a", version: 2 }] };
  const given = { nodes: { n: today }, metrics: { m: { name: "m" } } };
  expect(upgradeManifest(given, 12)).toMatchObject(given);
});
