import { expect, test } from "vitest";
import { placeNodes, type PlacedNode, type PlacingFacts } from "./place-nodes.ts";

function node(id: string, engine: string, materialized: string, reads: string[] = []): PlacedNode {
  const name = (database: string, schema: string) => ({ database, schema, identifier: id });
  return {
    id,
    engine,
    materialized,
    reads,
    names: { duckdb: name("local", "main"), trino: name("lake", "analytics") },
  };
}

function place(nodes: PlacedNode[], more: Partial<PlacingFacts> = {}) {
  return placeNodes({
    nodes,
    sources: [],
    tests: [],
    catalogs: { trino: { pond: "lake" }, duckdb: { pond: "pond" } },
    sharedCatalog: "pond",
    copyMark: "mark",
    ownerOfCatalog: "trino",
    ...more,
  });
}

test("a table that another engine reads is written to the catalog once, under the name it has there", () => {
  const { storage, transfers, found } = place([
    node("orders", "duckdb", "table"),
    node("big", "trino", "table", ["orders"]),
    node("small", "duckdb", "table", ["orders"]),
  ]);
  expect(storage.get("orders")).toEqual({
    engine: "duckdb",
    catalog: "pond",
    isView: false,
    place: { database: "pond", schema: "analytics", identifier: "orders" },
  });
  expect(found.get("trino")?.get("orders")).toEqual({ database: "lake", schema: "analytics", identifier: "orders" });
  expect(found.get("duckdb")).toBeUndefined();
  expect(transfers).toEqual([]);
});

test("where no engine is at home in the catalog, a table that is read elsewhere keeps its name there", () => {
  const names = {
    duckdb: { database: "local", schema: "main", identifier: "orders" },
    trino: { database: "hive", schema: "analytics", identifier: "orders" },
  };
  const orders = { ...node("orders", "trino", "table"), names };
  const { storage, found } = place([orders, node("small", "duckdb", "table", ["orders"])], { ownerOfCatalog: null });
  expect(storage.get("orders")?.place).toEqual({ database: "lake", schema: "analytics", identifier: "orders" });
  expect(found.get("duckdb")?.get("orders")?.database).toBe("pond");
});

test("a table that nobody else reads stays where its engine is at home", () => {
  const { storage } = place([node("orders", "duckdb", "table"), node("small", "duckdb", "table", ["orders"])]);
  expect(storage.get("orders")?.place).toEqual({ database: "local", schema: "main", identifier: "orders" });
});

test("a view is copied for the other engine, once for all its readers, in either direction", () => {
  const { storage, transfers, found } = place([
    node("stg", "duckdb", "view"),
    node("big", "trino", "view", ["stg"]),
    node("large", "trino", "table", ["stg"]),
    node("small", "duckdb", "table", ["big"]),
  ]);
  expect(storage.get("stg")?.catalog).toBeNull();
  expect(transfers).toEqual([
    {
      id: "transfer.stg",
      relation: "stg",
      from: "duckdb",
      to: ["trino"],
      road: "iceberg",
      place: { database: "pond", schema: "duckhouse_transfers", identifier: "local__main__stg__mark" },
      readers: ["big", "large"],
    },
    {
      id: "transfer.big",
      relation: "big",
      from: "trino",
      to: ["duckdb"],
      road: "iceberg",
      place: { database: "lake", schema: "duckhouse_transfers", identifier: "lake__analytics__big__mark" },
      readers: ["small"],
    },
  ]);
  expect(found.get("trino")?.get("stg")?.database).toBe("lake");
  expect(found.get("duckdb")?.get("big")?.database).toBe("pond");
});

test("a test runs where it reads everything in place; else on the default engine, from a copy", () => {
  const nodes = [node("here", "duckdb", "table"), node("there", "trino", "table"), node("view", "trino", "view")];
  const tests = [
    { id: "one", reads: ["here"] },
    { id: "both", reads: ["there", "here"] },
    { id: "apart", reads: ["view", "here"] },
  ];
  const { testEngines, transfers } = place(nodes, { tests });
  expect(Object.fromEntries(testEngines)).toEqual({ one: "duckdb", both: "duckdb", apart: "trino" });
  expect(transfers.map(({ relation, readers }) => [relation, readers])).toEqual([["here", ["apart"]]]);
});

test("a source is read where it is, by the catalog's name, or from a copy", () => {
  const names = {
    duckdb: { database: "local", schema: "raw", identifier: "s" },
    trino: { database: "lake", schema: "raw", identifier: "s" },
  };
  const reader = node("model", "duckdb", "table", ["s"]);
  const source = { id: "s", engine: "trino", isView: false, names, readableBy: ["trino"] };
  expect(
    place([reader], { sources: [source] })
      .found.get("duckdb")
      ?.get("s"),
  ).toEqual({ database: "pond", schema: "raw", identifier: "s" });
  const view = place([reader], { sources: [{ ...source, isView: true }] });
  expect(view.transfers.map(({ id, from }) => [id, from])).toEqual([["transfer.s", "trino"]]);
  const everywhere = place([reader], { sources: [{ ...source, readableBy: ["trino", "duckdb"] }] });
  expect(everywhere.found.size).toBe(0);
});

test("a view that another engine takes over is read where it is then, also by its tests; a table if somebody else reads it", () => {
  const view = node("stg", "duckdb", "view");
  const tests = [{ id: "unique_stg", reads: ["stg"] }];
  const alone = place([view, node("big", "trino", "table", ["stg"])], { tests });
  expect([alone.transfers.length, alone.testEngines.get("unique_stg")]).toEqual([1, "duckdb"]);
  expect(alone.canTakeOver({ ...view, engine: "trino" })).toBe(true);
  expect(alone.takeOver({ ...view, engine: "trino" })).toEqual([]);
  expect([alone.transfers.length, alone.testEngines.get("unique_stg")]).toEqual([0, "trino"]);
  expect(alone.find("trino", "stg")).toEqual({ database: "lake", schema: "analytics", identifier: "stg" });
  expect(alone.storage.get("stg")?.place).toEqual({ database: "lake", schema: "analytics", identifier: "stg" });
  const shared = place([view, node("small", "duckdb", "table", ["stg"])]);
  expect(shared.canTakeOver({ ...view, engine: "trino" })).toBe(false);
  const table = { ...view, engine: "trino", materialized: "table" };
  expect([shared.canTakeOver(table), shared.takeOver(table)]).toEqual([true, []]);
  expect(shared.find("duckdb", "stg")).toEqual({ database: "pond", schema: "analytics", identifier: "stg" });
});

test("nothing is read by an engine that does not answer, if another one can", () => {
  const tests = [
    { id: "own", reads: ["big"], home: "trino" },
    { id: "any", reads: ["big"] },
    { id: "far", reads: ["far"] },
  ];
  const nodes = [node("big", "trino", "table"), node("far", "trino", "view")];
  const { testEngines } = place(nodes, { tests, silent: new Set(["trino"]) });
  expect(Object.fromEntries(testEngines)).toEqual({ own: "duckdb", any: "duckdb", far: "trino" });
});

test("a test runs where its text is at home if it reads everything there, and elsewhere only if it means the same", () => {
  const nodes = [node("big", "trino", "table"), node("small", "duckdb", "table")];
  const { testEngines, transfers } = place(nodes, {
    tests: [
      { id: "any", reads: ["big"] },
      { id: "own", reads: ["big"], home: "duckdb" },
      { id: "far", reads: ["small"], home: "trino" },
      { id: "only", reads: ["small"], home: "trino", onlyThere: true },
    ],
  });
  expect(Object.fromEntries(testEngines)).toEqual({ any: "trino", own: "duckdb", far: "duckdb", only: "trino" });
  expect(transfers.map(({ relation, readers }) => [relation, readers])).toEqual([["small", ["only"]]]);
});
