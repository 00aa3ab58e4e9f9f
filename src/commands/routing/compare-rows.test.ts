import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineConnection, EngineSession } from "../../contracts/engine.ts";
import { readCredentials } from "../../engines/duckdb/credentials.ts";
import { openDuckDb } from "../../engines/duckdb/session.ts";
import { compareRows, type Comparison } from "./compare-rows.ts";

let session: EngineSession;
let connection: EngineConnection;
beforeAll(async () => {
  const read = readCredentials({ path: ":memory:" }, ".");
  if ("problem" in read) throw new Error(read.problem);
  session = await openDuckDb(read.credentials, []);
  connection = await session.connect("test");
});
afterAll(async () => {
  connection.close();
  await session.close();
});

async function compare(one: string, other: string): Promise<Comparison> {
  await connection.execute(`create or replace view one as ${one}`, false);
  await connection.execute(`create or replace view other as ${other}`, false);
  const table = (engine: string) => ({ engine, place: { database: "memory", schema: "main", identifier: engine } });
  return compareRows(connection, table("one"), table("other"));
}

test.each([
  ["the order of rows and columns", "from values (1, 'x'), (2, 'y') t(a, b)", "from values ('y', 2), ('x', 1) t(b, a)"],
  ["an equal number of another type", "select 1::bigint as a", "select 1::decimal(38, 0) as a"],
  ["nulls", "select null::int as a", "select null::int as a"],
  ["sums in another order", "select 'k' as k, 0.1e0 + 0.2e0 as a", "select 'k' as k, 0.3e0 as a"],
  ["no number", "select 'nan'::double as a", "select 'nan'::double as a"],
  [
    "sums in another order, twice for a key",
    "from values ('k', 0.30000000000000004e0), ('k', 1e0) t(k, a)",
    "from values ('k', 1e0), ('k', 0.3e0) t(k, a)",
  ],
])("%s: the same", async (_, one, other) => {
  expect(await compare(one, other)).toMatchObject({ same: true });
});

test.each([
  ["a row twice", "from values (1), (1) t(a)", "from values (1) t(a)", "1 row is on one only:"],
  ["a value", "select 1 as a, 2 as b", "select 1 as a, 3 as b", "  a=1, b=2"],
  ["a null", "select null::int as a", "select 0 as a", "  a=null"],
  ["more than the tolerance", "select 1e0 as a", "select 1.00001e0 as a", "  a=1"],
  ["a number as a text", "select 1 as a", "select '1' as a", "a is INTEGER on one and VARCHAR on other"],
  ["a column", "select 1 as a, 2 as b", "select 1 as a", "columns on one only: b"],
])("%s: different", async (_, one, other, problem) => {
  const compared = await compare(one, other);
  expect(compared.same ? [] : compared.problems).toContain(problem);
});

test("rows are shown in their order, and the first of many", async () => {
  const compared = await compare("from range(5000) t(a) order by a desc", "select 1::bigint as a limit 0");
  expect(compared.same ? [] : compared.problems).toEqual([
    "5,000 rows are on one only:",
    "  a=0",
    "  a=1",
    "  a=2",
    "  …",
  ]);
});
