import { describe, expect, test } from "vitest";
import type { QueryShape } from "../contracts/query-shape.ts";
import { ROUTER_DEFAULTS, type InputFacts } from "../contracts/routing.ts";
import { chooseEngine, RULES, type RuleFacts } from "./rules.ts";

const SHAPE: QueryShape = {
  known: true,
  unknown_reason: null,
  reader: "duckdb",
  statement: "select",
  tables: [],
  joined_tables: 0,
  aggregates: 0,
  windows: 0,
  subqueries: 0,
  ctes: 0,
  set_operations: 0,
  distinct: false,
  ordering: false,
  complexity: 0.5,
};

function input(change: Partial<InputFacts> = {}): InputFacts {
  return { name: "a", unique_id: "model.p.a", lives_on: "duckdb", format: "table", rows: 10, bytes: null, ...change };
}

/** A view in another catalog of Trino's is neither local nor Iceberg: the rules after `iceberg` are reached with it. */
const FAR = input({ lives_on: "unknown" });

function facts(change: Partial<RuleFacts> = {}): RuleFacts {
  return {
    name: "orders",
    schema: "analytics",
    path: "marts/orders.sql",
    config: {},
    wantsCatalog: false,
    inputs: [FAR],
    shape: SHAPE,
    settings: ROUTER_DEFAULTS,
    engines: ["trino", "duckdb"],
    defaultEngine: "trino",
    impossible: {},
    safeOnly: null,
    ...change,
  };
}

const rule = (change: Partial<RuleFacts>): string => {
  const { engine, rule: name } = chooseEngine(facts(change));
  return `${name} → ${engine}`;
};

describe("every rule can speak", () => {
  const reached: Readonly<Record<string, [Partial<RuleFacts>, string]>> = {
    "only-engine": [{ impossible: { trino: "a is a file" }, config: { engine: "trino" } }, "duckdb"],
    config: [{ config: { engine: "duckdb" }, safeOnly: { engine: "trino", reason: "" } }, "duckdb"],
    dialect: [{ safeOnly: { engine: "trino", reason: "a // b" }, inputs: [input()] }, "trino"],
    latency: [{ config: { latency: "low" }, inputs: [input({ lives_on: "iceberg" })] }, "duckdb"],
    staging: [{ path: "staging/a.sql", inputs: [input({ rows: 9e9 })] }, "duckdb"],
    iceberg: [{ inputs: [input(), input({ lives_on: "iceberg" })] }, "trino"],
    rows: [{ inputs: [input({ rows: 600_000 }), input({ rows: 400_001 }), input({ rows: null })] }, "trino"],
    joins: [{ shape: { ...SHAPE, joined_tables: 4 }, inputs: [input()] }, "trino"],
    complexity: [{ shape: { ...SHAPE, complexity: 5 }, inputs: [input()] }, "trino"],
    analytical: [{ shape: { ...SHAPE, windows: 2, aggregates: 1 }, inputs: [input({ rows: 100_000 })] }, "trino"],
    "local-tables": [{ inputs: [input({ rows: null }), input({ lives_on: "file" })] }, "duckdb"],
    small: [{ inputs: [FAR, input()] }, "duckdb"],
    unknown: [{ inputs: [input({ lives_on: "unknown", rows: null })] }, "trino"],
    // The others speak for an engine that this target does not have.
    default: [{ inputs: [input()], engines: ["trino", "another"] }, "trino"],
  };

  test("and this list has them all, in their order", () => {
    expect(Object.keys(reached)).toEqual(RULES.map(({ name }) => name));
  });

  test.each(Object.entries(reached))("%s", (name, [change, engine]) => {
    expect(rule(change)).toBe(`${name} → ${engine}`);
  });
});

describe("limits: at the limit a node stays on DuckDB, but a complexity of 5 is over it", () => {
  const limit = ROUTER_DEFAULTS.max_duckdb_rows;
  test.each([
    [{ inputs: [input({ rows: limit - 1 })] }, "local-tables → duckdb"],
    [{ inputs: [input({ rows: limit })] }, "local-tables → duckdb"],
    [{ inputs: [input({ rows: limit + 1 })] }, "rows → trino"],
    [{ shape: { ...SHAPE, joined_tables: 2 }, inputs: [input()] }, "local-tables → duckdb"],
    [{ shape: { ...SHAPE, joined_tables: 3 }, inputs: [input()] }, "local-tables → duckdb"],
    [{ shape: { ...SHAPE, joined_tables: 4 }, inputs: [input()] }, "joins → trino"],
    [{ shape: { ...SHAPE, complexity: 4.9 }, inputs: [input()] }, "local-tables → duckdb"],
    [{ shape: { ...SHAPE, complexity: 5 }, inputs: [input()] }, "complexity → trino"],
    [{ shape: { ...SHAPE, complexity: 5.1 }, inputs: [input()] }, "complexity → trino"],
    [{ shape: { ...SHAPE, aggregates: 3 }, inputs: [input({ rows: 99_999 })] }, "local-tables → duckdb"],
    [{ shape: { ...SHAPE, aggregates: 3 }, inputs: [input({ rows: 100_000 })] }, "analytical → trino"],
    [{ shape: { ...SHAPE, aggregates: 2 }, inputs: [input({ rows: 100_000 })] }, "local-tables → duckdb"],
    [{ shape: { ...SHAPE, aggregates: 4 }, inputs: [input({ rows: 100_001 })] }, "analytical → trino"],
    [{ config: { latency: "low" }, inputs: [input({ lives_on: "iceberg", rows: limit })] }, "latency → duckdb"],
    [{ config: { latency: "low" }, inputs: [input({ lives_on: "iceberg", rows: limit + 1 })] }, "iceberg → trino"],
    [{ inputs: [FAR, input({ rows: limit - 10 })] }, "small → duckdb"],
    [{ inputs: [FAR, input({ rows: limit - 9 })] }, "rows → trino"],
  ] as [Partial<RuleFacts>, string][])("%j: %s", (change, expected) => {
    expect(rule(change)).toBe(expected);
  });
});

test("staging is told by folder, schema or name", () => {
  expect(rule({ path: "staging/deep/a.sql", inputs: [input()] })).toContain("staging");
  expect(rule({ schema: "analytics_staging", inputs: [input()] })).toContain("staging");
  expect(rule({ name: "stg_orders", inputs: [] })).toContain("staging");
  expect(rule({ name: "orders_stg", inputs: [input()] })).toContain("local-tables");
  expect(rule({ path: "staging.sql", inputs: [input()] })).toContain("local-tables");
});

test("engine: auto leaves a node to the rules", () => {
  expect(rule({ config: { engine: "auto" }, inputs: [input()] })).toBe("local-tables → duckdb");
});

test("one engine is always the one, and a pin to another is noted", () => {
  const verdict = chooseEngine(facts({ engines: ["duckdb"], defaultEngine: "duckdb", config: { engine: "trino" } }));
  expect(verdict).toEqual({
    engine: "duckdb",
    rule: "only-engine",
    reason: "the target has one engine; the config's trino is noted",
  });
});

test("what is not known keeps rules silent, and is named", () => {
  const shape = { ...SHAPE, known: false, unknown_reason: "no SQL", joined_tables: null, complexity: null };
  expect(chooseEngine(facts({ inputs: [input({ lives_on: "unknown", rows: null })], shape }))).toEqual({
    engine: "trino",
    rule: "unknown",
    reason: "unknown: the place of a, the query (no SQL)",
  });
});
