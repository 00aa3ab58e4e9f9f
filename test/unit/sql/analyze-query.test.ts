import { describe, expect, test, vi } from "vitest";
import type { SqlDialect } from "../../../src/contracts/query-shape.ts";
import { analyzeQuery } from "../../../src/entry/sql.ts";

// The first question loads 22 MB of WebAssembly, perhaps beside other tests.
vi.setConfig({ testTimeout: 60_000 });

const DIALECTS: readonly SqlDialect[] = ["duckdb", "trino"];

async function both(sql: string) {
  return Promise.all(DIALECTS.map((dialect) => analyzeQuery(sql, dialect)));
}

const UNKNOWN = {
  known: false,
  reader: null,
  tables: [],
  joined_tables: null,
  aggregates: null,
  windows: null,
  subqueries: null,
  ctes: null,
  set_operations: null,
  distinct: null,
  ordering: null,
  complexity: null,
};

test("the shape has every field in snake case", async () => {
  expect(await analyzeQuery("select a from t", "duckdb")).toEqual({
    known: true,
    unknown_reason: null,
    reader: "duckdb",
    statement: "select",
    tables: ["t"],
    joined_tables: 1,
    aggregates: 0,
    windows: 0,
    subqueries: 0,
    ctes: 0,
    set_operations: 0,
    distinct: false,
    ordering: false,
    complexity: 0.2,
  });
});

describe("complexity", () => {
  const four = "from a join b using (x) join c using (x) join d using (x)";
  test.each([
    ["select a, lower(b) from t where c > 1 and d like 'x%' limit 10", 0, 1],
    ["select a from t order by a", 0, 1],
    ["select * from a join b using (x)", 1, 2],
    [`select * ${four}`, 3, 5],
    [`select sum(y), count(*) ${four}`, 5, 6],
    [`select a.x, sum(y), count(*) ${four} group by a.x`, 5, 6],
    ["with c as (select * from t) select * from c", 0.5, 1],
    [
      "with a as (select x, sum(y) s from t group by x), b as (select x, rank() over (order by s) r from a) select * from b",
      2,
      4,
    ],
  ])("of %s", async (sql, atLeast, below) => {
    for (const shape of await both(sql)) {
      expect(shape.complexity).toBeGreaterThanOrEqual(atLeast);
      expect(shape.complexity).toBeLessThan(below);
    }
  });
});

describe("statements", () => {
  test.each([
    ["insert into c.s.t (a) select x from u join v using (y)", "insert", ["c.s.t", "u", "v"], 2],
    ["create table a.b as select * from c", "create", ["a.b", "c"], 1],
    ["create or replace view v as with q as (select 1 from t) select * from q", "create", ["v", "t"], 1],
    ["delete from t where x in (select y from z)", "delete", ["t", "z"], 1],
    ["update t set a = (select max(b) from u) where c", "update", ["t", "u"], 1],
    ["merge into t using s on t.a = s.a when matched then update set b = s.b", "merge", ["t", "s"], 0],
    ["drop table if exists x.y", "drop", ["x.y"], 0],
    ["alter table x add column y int", "alter", ["x"], 0],
    ["truncate table x", "truncate", ["x"], 0],
    ["explain select 1 from t", "explain", ["t"], 1],
    ["(select 1 from t)", "select", ["t"], 1],
    ["values (1)", "select", [], 0],
  ])("%s", async (sql, statement, tables, joined) => {
    for (const shape of await both(sql)) {
      expect(shape).toMatchObject({ known: true, statement, tables, joined_tables: joined });
    }
  });

  test.each([
    ["", null],
    [" \n ; ; ", null],
    ["-- nothing here", null],
    ["/* nor here */", null],
    ["commit", "commit"],
    ["set session x = 1", "set"],
    ["call system.sync()", "call"],
    ["select 1; select 2", "select"],
    ["selec 1", "selec"],
    ["select from where", "select"],
    ["select 'open", "select"],
    ["select 1 /* open", "select"],
    ["select (1", "select"],
    ["))))((((", "unknown"],
  ])("what cannot be read is unknown, never simple: %s", async (sql, statement) => {
    for (const shape of await both(sql)) {
      expect(shape).toEqual({ ...UNKNOWN, statement, unknown_reason: expect.stringMatching(/./) as string });
    }
  });

  test("DuckDB's word on the syntax of its own language is the last", async () => {
    const shape = await analyzeQuery("select a from t where window", "duckdb");
    expect(shape.unknown_reason).toMatch(/^duckdb: syntax error/);
  });
});

describe("readers", () => {
  test.each([
    ["select a from t", "trino", "node-sql-parser"],
    // It drops c and d here.
    ["select * from a left join b on true, c, d", "trino", "polyglot"],
    ["select * from t for version as of 3", "trino", "polyglot"],
    [`select ${"(".repeat(200)}1${")".repeat(200)} from t where 'a\\'`, "trino", "duckdb"],
    ["from t", "duckdb", "duckdb"],
    ["pivot t on a using sum(b)", "duckdb", "polyglot"],
  ] as const)("%s in %s is read by %s", async (sql, dialect, reader) => {
    expect(await analyzeQuery(sql, dialect)).toMatchObject({ known: true, reader });
  });

  test("a text that is nested deeper than any stack is unknown, not an exception", async () => {
    const deep = `select ${"(".repeat(50_000)}1${")".repeat(50_000)}`;
    for (const shape of await both(deep)) expect(shape.known).toBe(false);
    const long = `select ${Array.from({ length: 3000 }, (_, i) => `c${i}`).join(" and ")} from t`;
    for (const shape of await both(long)) expect(shape.tables).toEqual(shape.known ? ["t"] : []);
    expect(await analyzeQuery("select a from t", "trino")).toMatchObject({ known: true });
  });

  test("questions may be asked side by side", async () => {
    const shapes = await Promise.all(
      Array.from({ length: 60 }, (_, i) => analyzeQuery(`select * from t${i}`, i % 2 === 0 ? "duckdb" : "trino")),
    );
    expect(shapes.map((shape) => shape.tables[0])).toEqual(shapes.map((_, i) => `t${i}`));
  });
});
