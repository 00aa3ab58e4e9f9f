import { expect, test } from "vitest";
import type { Storage } from "./place-nodes.ts";
import { planMoves } from "./plan-moves.ts";

const LOCAL = { database: "local", schema: "main", identifier: "log" };
const LAKE = { database: "lake", schema: "analytics", identifier: "log" };
const POND = { ...LAKE, database: "pond" };
const IN_CATALOG: Storage = { engine: "trino", place: LAKE, catalog: "pond", isView: false };
const AT_HOME: Storage = { engine: "duckdb", place: LOCAL, catalog: null, isView: false };

function moves(storage: Storage, existing: string[], materialized = "incremental", unsure: string[] = []) {
  const steps = planMoves({
    nodes: [{ id: "log", engine: storage.engine, materialized, names: { duckdb: LOCAL, trino: LAKE }, reads: [] }],
    storage: new Map([["log", storage]]),
    catalogs: { trino: { pond: "lake" }, duckdb: { pond: "pond" } },
    exists: (engine) => (unsure.includes(engine) ? null : existing.includes(engine)),
  });
  return steps.map(({ engine, from, to }) => ({ engine, from, to }));
}

test("rows go along where only the old place has them, by the engine that sees both", () => {
  expect(moves(IN_CATALOG, ["duckdb"])).toEqual([{ engine: "duckdb", from: LOCAL, to: POND }]);
  expect(moves(AT_HOME, ["trino"])).toEqual([{ engine: "duckdb", from: POND, to: LOCAL }]);
});

test("nothing is moved onto what is there, from nowhere, or for what is built anew each time", () => {
  expect(moves(IN_CATALOG, ["duckdb", "trino"])).toEqual([]);
  expect(moves(IN_CATALOG, [])).toEqual([]);
  expect(moves(IN_CATALOG, ["duckdb"], "table")).toEqual([]);
});

test("a table of DuckDB in the catalog is where Trino's would be: it stays when the engine changes", () => {
  expect(moves({ ...IN_CATALOG, engine: "duckdb", place: POND }, ["trino"])).toEqual([]);
});

test("nothing is moved where nobody could say what the new place holds: its rows may be the good ones", () => {
  expect(moves(IN_CATALOG, ["duckdb"], "incremental", ["trino"])).toEqual([]);
  expect(moves(IN_CATALOG, ["duckdb"], "snapshot", ["trino"])).toEqual([]);
});
