import { expect, test, vi } from "vitest";
import { translateSql } from "../../../src/entry/sql.ts";

// The first question loads 22 MB of WebAssembly, perhaps beside other tests.
vi.setConfig({ testTimeout: 60_000 });

test.each([
  ["select a, count(*) from t group by a", "select a, count(*) from t group by a"],
  ["select list_transform(l, x -> x + 1) from t", "select transform(l, x -> x + 1) from t"],
  ["select a / b * c from t", "select a / cast(b as double) * c from t"],
  ["select count(a) // count(b) from t", "select count(a) / nullif(count(b), 0) from t"],
  ["select json_value(a, '$.x') from t", null],
  ["select 7 / 2", "select 7 / cast(2 as double)"],
  ["select flatten(a) from t", "select flatten(a) from t"],
  ["select cast(a as real) from t", null],
  ["select from where", null],
])("from DuckDB to Trino: %s", async (sql, expected) => {
  const translation = await translateSql(sql, "duckdb", "trino");
  if (translation.ok) expect(translation.sql.toLowerCase()).toBe(expected);
  else {
    expect(expected).toBeNull();
    expect(translation.refusals.length).toBeGreaterThan(0);
    for (const refusal of translation.refusals) expect(refusal.code).toMatch(/^DH700[123]$/);
  }
});

test("from Trino to DuckDB", async () => {
  expect(await translateSql("select date_add('day', 1, d) from t", "trino", "duckdb")).toEqual({
    ok: true,
    sql: "SELECT (d + 1 * interval 1 day) FROM t",
  });
});

test("what the translation would mean differently is refused without a place in the text", async () => {
  const translation = await translateSql("select to_days(3) + date '2024-01-01'", "duckdb", "trino");
  if (translation.ok) throw new Error(translation.sql);
  expect(translation.refusals[0]).toMatchObject({
    line: null,
    message: expect.stringMatching(/^In the translation: /) as string,
  });
});

test("a text stays what it is on its own engine", async () => {
  expect(await translateSql("select  7/2", "duckdb", "duckdb")).toEqual({ ok: true, sql: "select  7/2" });
});
