import { expect, test } from "vitest";
import type { JsonObject } from "../contracts/json.ts";
import type { ResourceType } from "../contracts/manifest.ts";
import { defaultConfig, mergeConfig } from "./config-rules.ts";
import { checkConfig } from "./config-values.ts";

function check(type: ResourceType, given: JsonObject): void {
  const config = defaultConfig(type);
  mergeConfig(config, given);
  checkConfig(type, "x", config, { file: "models/x.yml" });
}

const TYPES = "model seed snapshot test source exposure metric semantic_model saved_query unit_test function analysis";

test.each(TYPES.split(" "))("the defaults of a %s are what they have to be", (type) => {
  expect(() => {
    check(type as ResourceType, {});
  }).not.toThrow();
});

test.each<[ResourceType, JsonObject]>([
  ["model", { alias: null, schema: "a", tags: "a", unique_key: ["a", "b"], full_refresh: false }],
  ["model", { docs: { show: false, node_color: "#Ff00aA" }, contract: { enforced: true }, custom: 5 }],
  ["model", { docs: { node_color: "DarkBlue" } }],
  ["model", { freshness: { build_after: { updates_on: "all" } } }],
  ["model", { freshness: { warn_after: { count: 1 } } }],
  ["test", { severity: "Warn", limit: "5", where: null }],
  ["snapshot", { check_cols: "all", unique_key: "id" }],
])("a %s may have %j", (type, config) => {
  expect(() => {
    check(type, config);
  }).not.toThrow();
});

test.each<[ResourceType, JsonObject, string]>([
  ["model", { enabled: "True and False" }, "'True and False' is not of type 'boolean'"],
  ["model", { enabled: null }, "null is not of type 'boolean'"],
  ["exposure", { enabled: "yes" }, "'yes' is not of type 'boolean'"],
  ["model", { alias: 5 }, "5 is not of type 'string' or none"],
  ["model", { materialized: null }, "null is not of type 'string'"],
  ["model", { tags: [1] }, "[1] is not a string or a list of strings"],
  ["model", { meta: "x" }, "'x' is not of type 'object'"],
  ["model", { contract: { enforced: "yes" } }, "is not a contract"],
  ["model", { docs: { node_color: "bleu" } }, "is not docs"],
  ["model", { on_configuration_change: "stop" }, "'stop' is not one of"],
  ["model", { freshness: { build_after: { period: "day" } } }, "is not `build_after:` with both `count` and `period`"],
  ["model", { freshness: { build_after: { count: 0 } } }, "is not `build_after:` with both `count` and `period`"],
  ["seed", { materialized: "table" }, "'table' is not one of [\"seed\"]"],
  ["snapshot", { materialized: "table" }, "'table' is not one of [\"snapshot\"]"],
  ["test", { materialized: "table" }, "'table' is not one of [\"test\"]"],
  ["test", { severity: "fatal" }, "'fatal' is not 'warn' or 'error'"],
  ["test", { limit: "five" }, "'five' is not of type 'integer' or none"],
])("a %s may not have %j", (type, config, message) => {
  expect(() => {
    check(type, config);
  }).toThrow(message);
});
