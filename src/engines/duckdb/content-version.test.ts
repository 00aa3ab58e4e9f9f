import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineConnection, EngineSession } from "../../contracts/engine.ts";
import { readCredentials } from "./credentials.ts";
import { openDuckDb } from "./session.ts";

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

async function version(query: string): Promise<string | null | undefined> {
  await connection.execute(`create or replace view v as ${query}`, false);
  return session.contentVersion?.({ database: "memory", schema: "main", identifier: "v" }, () => Promise.resolve(null));
}

const different: readonly (readonly [string, string])[] = [
  ["select 1 as a", "select 2 as a"],
  ["select 1 as a", "select 1 as b"],
  ["select 1 as a", "select 1::bigint as a"],
  ["select 1 as a", "select 1 as a union all select 1"],
  ["select 1 as a where false", "select 1 as a"],
  ["select null::int as a", "select 0 as a"],
  ["select null::varchar as a", "select '' as a"],
  ["select 'ab' as a, 'c' as b", "select 'a' as a, 'bc' as b"],
  ["select 1 as a, 2 as b", "select 2 as a, 1 as b"],
  ["from values (1, 2), (3, 4) t(a, b)", "from values (1, 4), (3, 2) t(a, b)"],
  ["select [0] as a", "select [0, 0] as a"],
  ["select []::int[] as a", "select null::int[] as a"],
  ["select [null]::int[] as a", "select []::int[] as a"],
  ["select [[1], [2]] as a", "select [[1, 2], []] as a"],
  ["select {x: 1, y: null::int} as a", "select {x: null::int, y: 1} as a"],
  ["select map {1: 2} as a", "select map {2: 1} as a"],
];

test.each(different)("%s is not %s", async (one, other) => {
  expect(await version(one)).not.toBe(await version(other));
});

test("the order of the rows does not matter", async () => {
  const rows = "select range as a, range::varchar || 'x' as b from range(10000)";
  expect(await version(rows)).toBe(await version(`${rows} order by b desc`));
});
