import { expect, test } from "vitest";
import { createDuckDbSqlReader } from "../engines/duckdb/sql-reader.ts";
import { createAnalyzer } from "./analyze-query.ts";
import { createRelationLocator } from "./locate-relations.ts";
import type { SqlDialect } from "../contracts/query-shape.ts";

const reader = createDuckDbSqlReader();
const [analyze, locate] = [createAnalyzer(reader), createRelationLocator(reader)];

/** The text with what was found in brackets; `!` where an alias has its place. */
async function marked(sql: string, dialect: SqlDialect = "duckdb"): Promise<string> {
  const places = await locate(sql, dialect, await analyze(sql, dialect));
  return places.reduceRight(
    (text, { start, end, takesAlias }) =>
      `${text.slice(0, start)}[${text.slice(start, end)}${takesAlias ? "!" : ""}]${text.slice(end)}`,
    sql,
  );
}

test.each([
  [
    "select 'ä from t', a.x /* from ü */ from main.a a join \"B c\" on true",
    "select 'ä from t', a.x /* from ü */ from [main.a] a join [\"B c\"!] on true",
  ],
  [
    "with a as (select * from a) select * from a, x.y.z where a.a in (select a from b)",
    "with a as (select * from [a!]) select * from a, [x.y.z!] where a.a in (select a from [b!])",
  ],
  ["from t select x", "from [t!] select x"],
  ["select * from read_csv('t.csv'), t as u", "select * from read_csv('t.csv'), [t] as u"],
  ["insert into t select * from u, (select 1) v", "insert into [t] select * from [u!], (select 1) v"],
  ["update t set a = 1 where b in (select b from u)", "update [t] set a = 1 where b in (select b from [u!])"],
  ["delete from s.t", "delete from [s.t!]"],
  ["create table t as select t.a from u as t", "create table [t] as select t.a from [u] as t"],
])("%s", async (sql, expected) => {
  expect(await marked(sql)).toBe(expected);
});

test("Trino's SQL that DuckDB does not read", async () => {
  expect(
    await marked("select * from lake.a.t for version as of 3 t, u cross join unnest(array[1]) as x(y)", "trino"),
  ).toBe("select * from [lake.a.t!] for version as of 3 t, [u!] cross join unnest(array[1]) as x(y)");
  expect(
    await marked("select approx_set(x) from t, u where timestamp '2026-01-01 00:00' at time zone 'UTC' > y", "trino"),
  ).toContain("from [t!], [u!] where");
});
