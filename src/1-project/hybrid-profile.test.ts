import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import { ROUTER_DEFAULTS } from "../contracts/routing.ts";
import { readHybrid } from "./hybrid-profile.ts";

const GOOD: JsonObject = {
  type: "duckhouse",
  default_engine: "trino",
  catalog: "lake",
  engines: { duckdb: { path: "a.duckdb" }, trino: { host: "h" } },
};

function read(fields: JsonObject) {
  return readHybrid({
    fields,
    names: { profileName: "clinic", name: "prod", threads: 4 },
    placeOf: (keys) => ({ file: "profiles.yml", line: keys.length, column: 1 }),
    readEngine: (type, own) =>
      own["host"] === ""
        ? { problem: "host is missing", hint: null }
        : { database: `${type}_db`, schema: "s", fields: own },
  });
}

function problems(fields: JsonObject): string[] {
  try {
    read(fields);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ message }) => message.replace(/^.*\) /, ""));
  }
  return [];
}

test("each engine becomes a target of its own, the default one first", () => {
  const { targets, hybrid } = read({ ...GOOD, schema: "analytics", catalogs: { lake: {} } });
  expect(targets.map(({ type, name, database, engines }) => [type, name, database, engines])).toEqual([
    ["trino", "prod", "trino_db", ["duckdb", "trino"]],
    ["duckdb", "prod", "duckdb_db", ["duckdb", "trino"]],
  ]);
  expect(targets[1]?.fields).toEqual({ type: "duckdb", path: "a.duckdb", schema: "analytics", catalogs: { lake: {} } });
  expect(hybrid).toEqual({ defaultEngine: "trino", catalog: "lake", router: ROUTER_DEFAULTS, threads: 4 });
});

test("the router's numbers may be changed, also by texts of env vars", () => {
  const router = { max_duckdb_rows: "5000", policy: "rules", staging_prefixes: ["raw_"], fallback: false };
  expect(read({ ...GOOD, router }).hybrid.router).toEqual({
    ...ROUTER_DEFAULTS,
    max_duckdb_rows: 5000,
    staging_prefixes: ["raw_"],
    fallback: false,
  });
});

describe("everything that is wrong is said at once", () => {
  test.each([
    [{ type: "duckhouse" }, ["has no `engines`"]],
    [
      { ...GOOD, default_engine: "trine", catalogue: "x" },
      ["has an unknown key 'catalogue'", "has the default_engine 'trine', which is none of its engines"],
    ],
    [{ ...GOOD, catalog: null }, ["has no `catalog`"]],
    [
      { ...GOOD, engines: { duckdb: null, trino: { host: "" } } },
      ["has no settings for the engine 'duckdb'", "cannot use the engine 'trino': host is missing"],
    ],
    [
      { ...GOOD, router: { max_duckdb_row: 1, policy: "magic", max_duckdb_rows: "many", fallback: 1 } },
      [
        "has an unknown router setting 'max_duckdb_row'",
        `has the router setting policy: "magic", which is not rules or adaptive`,
        `has the router setting max_duckdb_rows: "many", which is not a number of 0 or more`,
        "has the router setting fallback: 1, which is not true or false",
      ],
    ],
  ] as [JsonObject, string[]][])("%j", (fields, expected) => {
    expect(problems(fields)).toEqual(expected);
  });
});
