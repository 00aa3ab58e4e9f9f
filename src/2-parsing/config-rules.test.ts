import { expect, test } from "vitest";
import type { JsonObject } from "../contracts/json.ts";
import { defaultConfig, mergeCall, mergeConfig, normaliseHook } from "./config-rules.ts";

function merged(...layers: JsonObject[]): JsonObject {
  const config = defaultConfig("model");
  for (const layer of layers) mergeConfig(config, layer);
  return config;
}

test("an inner level replaces plain values, adds tags and hooks, and joins mappings", () => {
  const config = merged(
    { materialized: "view", tags: "a", meta: { owner: "x", kept: 1 }, pre_hook: "one" },
    { materialized: "table", tags: ["b"], meta: { owner: "y" }, "pre-hook": ["two"] },
  );
  expect(config).toMatchObject({
    materialized: "table",
    tags: ["a", "b"],
    meta: { owner: "y", kept: 1 },
    "pre-hook": ["one", "two"],
  });
});

test("a contract and docs have no keys but their own", () => {
  const config = merged({ contract: { enforced: true, enforce: 1 } }, { docs: { show: false, colour: "red" } });
  expect(config["contract"]).toEqual({ enforced: true, alias_types: true });
  expect(config["docs"]).toEqual({ show: false, node_color: null });
});

test("grants replace a privilege's list, and add to it with +", () => {
  const config = merged({ grants: { select: ["a"], insert: ["b"] } }, { grants: { "+select": ["c"], insert: "d" } });
  expect(config["grants"]).toEqual({ select: ["a", "c"], insert: ["d"] });
});

test("grants of several config() calls of a file add to what other levels grant", () => {
  const inFile: JsonObject = {};
  mergeCall(inFile, { grants: { "+select": "c" } });
  mergeCall(inFile, { grants: { "+select": ["d"], insert: "e" } });
  expect(merged({ grants: { select: ["a"] } }, inFile)["grants"]).toEqual({ select: ["a", "c", "d"], insert: ["e"] });
});

test("an older name of a key means the same key", () => {
  expect(merged({ dbname: "other" })).toMatchObject({ database: "other" });
});

test("a hook is text, JSON text or a mapping", () => {
  expect(normaliseHook("select 1")).toEqual({ sql: "select 1", transaction: true, index: null });
  expect(normaliseHook('{"sql": "vacuum", "transaction": false}')).toEqual({
    sql: "vacuum",
    transaction: false,
    index: null,
  });
  expect(normaliseHook({ sql: "{{ grant() }}" })).toEqual({ sql: "{{ grant() }}", transaction: true, index: null });
  expect(normaliseHook("{{ grant() }}")).toEqual({ sql: "{{ grant() }}", transaction: true, index: null });
});

test("static_analysis is a word, also where YAML reads `off` as a boolean", () => {
  const config = defaultConfig("model");
  mergeConfig(config, { static_analysis: false });
  expect(config["static_analysis"]).toBe("off");
  mergeConfig(config, { static_analysis: "unsafe" });
  expect(config["static_analysis"]).toBe("unsafe");
});
