import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Diagnostic } from "../../../src/contracts/diagnostic.ts";
import { findHazards } from "../../../src/entry/sql.ts";

// The first question loads 22 MB of WebAssembly, perhaps beside other tests.
vi.setConfig({ testTimeout: 60_000 });

interface Construct {
  readonly sql: string;
  /** One of those that the hints name as a way out. */
  readonly portable: boolean;
  readonly outcome: "same" | "differs" | "loud";
}

/** Each construct as it stands on both engines: scripts/make-hazard-corpus.mjs wrote down what they give. */
const CORPUS = JSON.parse(readFileSync(join(import.meta.dirname, "hazard-corpus.json"), "utf8")) as Construct[];

async function bothWays(sql: string): Promise<readonly (readonly Diagnostic[])[]> {
  return [await findHazards(sql, "duckdb", "trino"), await findHazards(sql, "trino", "duckdb")];
}

test("every construct whose values differ is flagged, in both directions", async () => {
  const differing = CORPUS.filter((one) => one.outcome === "differs");
  expect(differing.length).toBeGreaterThan(110);
  const missed: string[] = [];
  for (const { sql } of differing) {
    if ((await bothWays(sql)).some((hazards) => hazards.length === 0)) missed.push(sql);
  }
  expect(missed).toEqual([]);
});

test("of the constructs that mean the same, one in five is flagged at most", async () => {
  const same = CORPUS.filter((one) => one.outcome === "same");
  const flagged = { error: 0, warning: 0 };
  for (const { sql } of same) {
    const hazards = (await bothWays(sql)).flat();
    const [worst] = hazards.map((hazard) => hazard.severity).sort();
    if (worst !== undefined) flagged[worst]++;
  }
  expect((flagged.error + flagged.warning) / same.length).toBeLessThan(0.2);
  expect(flagged.error / same.length).toBeLessThan(0.12);
});

test("what the hints propose is the same on both engines, and passes", async () => {
  const portable = CORPUS.filter((one) => one.portable);
  expect(portable.length).toBeGreaterThan(20);
  expect(portable.filter((one) => one.outcome !== "same")).toEqual([]);
  for (const { sql } of portable) expect((await bothWays(sql)).flat(), sql).toEqual([]);
});

test("a hazard says what, where, and how else", async () => {
  expect(await findHazards("select a,\n  -- why\n  sum(b) / count(*) as c\nfrom t", "duckdb", "trino")).toEqual([
    {
      code: "DH7001",
      severity: "error",
      message: expect.stringMatching(/^division: DuckDB .*Trino/) as string,
      file: null,
      line: 3,
      column: 10,
      hint: expect.stringContaining("cast(b as double)") as string,
    },
  ]);
});

test.each([
  ["select '7 / 2', \"a/b\" from t -- x / y"],
  ["select /* a / b */ a from t"],
  ["select concat from t where format = 'x' and repeat > 1"],
  ["select -a, a * -1, (-a), case when a then -b else -c end from t"],
  ["select a - 1, 1 - a, count(*) - count(b), a - interval '1' day from t group by a"],
  ["select a.*, b.x from a join b on a.k = b.k"],
  ["select x from t order by lower(x), y desc nulls last"],
  ["select substr(a, 1, 3), substring(a from 2), replace(a, 'x', 'y'), split(a, ',') from t"],
  ["select * from t where a in (1, 2) and (b = 1 or c = 2) and d in (select d from u)"],
  ["insert into t select a, count(*) from u group by a"],
  [""],
])("nothing is wrong with %s", async (sql) => {
  expect((await bothWays(sql)).flat()).toEqual([]);
});

test.each([
  ["select a::double / b, a / b::double, (a + 1)::double / b from t", 0],
  ["select cast(a as double) * b / c, sum(x) / cast(count(*) as double), 1e0 * a / b from t", 0],
  ["select (a / b) * cast(c as double) from t", 1],
  ["select concat(a, concat(b, c)) from t", 2],
  ["select a.b.c / d[1], x from t", 2],
  ["select ordered_at - shipped_at from t", 1],
  ["select cast(ordered_at as date) - cast(shipped_at as date) from t", 1],
  ["select x at time zone 'UTC' from t", 1],
  ["select (a, b) = (c, d) from t", 1],
  ["select extract(dow from a), extract(year from a) from t", 1],
  ["select lower(x) as y from t order by y || 'a'", 1],
  ["select row_number() over (order by lower(x) || y) as y from t", 0],
  // A part of an argument that would be safe by itself makes it safe only if it is all of it.
  ["select concat(coalesce(a, '') || b, 'x') from t", 1],
  ["select substr(a, 2 - b), substr(a, greatest(b, 1) - 1) from t", 3],
  ["select date_diff('month', date_trunc('month', a) + interval '9' day, date_trunc('month', b)) from t", 1],
  ["select cast(coalesce(a, 0) as integer), cast(nullif(a, 0) as varchar) from t", 2],
  ["select cast(a as double)::integer, (a::integer)::varchar from t", 2],
])("%s has %d", async (sql, count) => {
  expect(await findHazards(sql, "duckdb", "trino")).toHaveLength(count);
});

test("each statement of a text is looked at, and what cannot be read is a hazard", async () => {
  const hazards = await findHazards("select 7 / 2;\nselect from where;\nselect repeat('a', 2)", "duckdb", "trino");
  expect(hazards.map(({ code, line }) => [code, line])).toEqual([
    ["DH7001", 1],
    ["DH7002", 2],
    ["DH7001", 3],
  ]);
});

test("a text stays what it is on its own engine", async () => {
  expect(await findHazards("select 7 / 2", "trino", "trino")).toEqual([]);
});

test("no text is too strange: hazards are found in parts of statements too", async () => {
  const pieces = CORPUS.filter((_, i) => i % 8 === 0).map((one) => one.sql);
  for (const [i, sql] of pieces.entries()) {
    for (const cut of [sql.slice(i % 17), sql.slice(0, -(i % 13) - 1), sql.replace(")", "("), `${sql} ${sql}`]) {
      expect(Array.isArray(await findHazards(cut, "trino", "duckdb"))).toBe(true);
    }
  }
});

test("a long text is no harder than its length", async () => {
  const items = Array.from({ length: 2000 }, (_, i) => `sum(a${i}) / count(*) - cast(b${i} as integer)`);
  const started = process.cpuUsage();
  expect((await findHazards(`select ${items.join(", ")} from t`, "duckdb", "trino")).length).toBe(4000);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(3000);
});
