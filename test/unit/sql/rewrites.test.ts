import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { translateSql } from "../../../src/entry/sql.ts";

// The first question loads 22 MB of WebAssembly, perhaps beside other tests.
vi.setConfig({ testTimeout: 60_000 });

async function translated(expression: string, from: "duckdb" | "trino"): Promise<string | null> {
  const result = await translateSql(`select ${expression} from t`, from, from === "duckdb" ? "trino" : "duckdb");
  return result.ok ? result.sql.replace(/^SELECT (.*) FROM t$/s, "$1") : null;
}

test.each([
  // What is put into a template keeps its rank.
  ["left(s, n - 1)", "substr(s, 1, case when (n - 1) >= 0 then (n - 1) else greatest(length(s) + (n - 1), 0) end)"],
  ["right(s, -2)", "substr(s, case when (-2) >= 0 then greatest(length(s) - (-2), 0) else -(-2) end + 1)"],
  ["a / (b + c) * d", "a / cast((b + c) as double) * d"],
  ["a / count(*) over (partition by c)", "a / cast((COUNT(*) OVER (PARTITION BY c)) as double)"],
  // One in another.
  ["upper(trim(both ' ' from left(s, 2)))", expect.stringMatching(/^upper\(replace\(TRIM\(BOTH ' ' FROM substr\(s, /)],
  ["m[k][1]", "element_at(element_at(m, k), 1)"],
  // Patterns and replacements.
  ["regexp_replace(s, '(a)b$', 'x$\\1')", "regexp_replace(s, '\\A((?s:.*?))((a)b\\z)', '$1x\\$$3')"],
  ["regexp_replace(s, 'a', 'b', 'g')", "regexp_replace(s, 'a', 'b')"],
  ["regexp_replace(s, 'a*', 'b', 'g')", null],
  ["regexp_replace(s, '\\bx', 'b')", null],
  ["regexp_replace(s, p, 'b')", null],
  ["strftime(d, '%d/%m')", "date_format(d, '%d/%m')"],
  ["strftime(d, '%U')", null],
  ["strftime(d, '%f')", null],
  ["strptime(s, '%Y-%m-%d %H:%M')", "date_parse(s, '%Y-%m-%d %H:%i')"],
  // What a text does not say of a date, the engines fill in differently; blanks before it only DuckDB passes over.
  ["strptime(s, '%d.%m.%y')", null],
  ["strptime(s, '%H:%M')", null],
  ["try_strptime(s, '%d.%m.%Y')", null],
  ["x ->> '$.a' = 'b'", null],
  // What would be written twice must be the same both times.
  ["replace(s, cast(random() as varchar), 'x')", null],
  // Dates: known ones, those that the name shows, and what is refused by the engine.
  ["date '2024-01-02' - date '2024-01-01'", expect.stringMatching(/^date_diff\('day', /)],
  ["end_date - start_date", null],
  ["a - b", "a + 0 - b"],
  ["date_diff('week', a, b)", null],
  ["epoch_ms(x)", null],
  ["s ~ 'a'", null],
  ["array_sort(l, 'desc')", null],
  // A moment in DuckDB, whatever the column is; a known date can take hours.
  ["d + interval 1 day", "coalesce(d + (INTERVAL '1' DAY), cast(null as timestamp(6)))"],
  ["date '2024-01-01' + interval 2 hour", "cast(CAST('2024-01-01' AS DATE) as timestamp(6)) + (INTERVAL '2' HOUR)"],
  ["date_trunc('month', d)", "coalesce(date_trunc('month', d), cast(null as timestamp(6)))"],
  ["interval 1 day + interval 2 hour", "INTERVAL '1' DAY + INTERVAL '2' HOUR"],
  ["count(distinct (a, b))", "COUNT(DISTINCT row(a, b))"],
  ["regexp_matches(s, 'a$')", "regexp_like(s, 'a\\z')"],
  ["regexp_matches(s, p)", null],
  ["x >> n", null],
  ["approx_count_distinct(x)", null],
  ["avg(distinct x)", null],
  ["sum(x) filter (where y > 1) over (partition by g)", "SUM(CASE WHEN y > 1 THEN x END) OVER (PARTITION BY g)"],
  ["first(x order by y)", "element_at(ARRAY_AGG(x ORDER BY y), 1)"],
  ["first(x)", null],
  ["[x * 2 for x in l if x > 1]", "transform(filter(l, x -> (x > 1)), x -> (x * 2))"],
  ["cast(d as date) >= '2024-01-01'", "CAST(d AS DATE) >= CAST('2024-01-01' AS DATE)"],
  ["list_transform(l, lambda v: v + 1)", "TRANSFORM(l, v -> v + 1)"],
  // Of several values each engine would take another, so they are an error.
  [
    "any_value(x)",
    "(case when count(x) = 0 or min(x) = max(x) then min(x) else fail('not translated: one of several values: each engine takes another') end)",
  ],
  ["any_value(x) over (partition by g)", null],
  ["sum(x > 1)", "sum(case when (x > 1) then 1 when not (x > 1) then 0 end)"],
  ["corr(x, y) over ()", null],
  ["format('{} {:.2f}', 'a', 1)", null],
  ["x in [1, 2]", "x IN (1, 2)"],
  ["x in [1, null]", expect.stringContaining("[1, NULL]")],
  ["ts at time zone 'UTC'", null],
  ["try_cast(x as decimal(5, 2))", null],
])("for Trino: %s", async (expression, expected) => {
  expect(await translated(expression, "duckdb")).toEqual(expected);
});

test.each([
  ["cast(a as double) / b", "CAST(a AS DOUBLE) / b"],
  ["count(a) / count(b)", "COUNT(a) // COUNT(b)"],
  ["a / 1.5", null],
  ["a - b", "a * 1 - b"],
  ["regexp_replace(s, '(\\d)', '<$1>')", "(regexp_replace(s, '(\\d)', '<\\1>', 'g'))"],
  ["regexp_replace(s, 'a', '${x}')", null],
  ["split_part(s, ',', 2)", "string_split(s, ',')[2]"],
  ["split_part(s, x, 2)", null],
  ["element_at(m, 'k')", "(m)['k']"],
  ["date_format(d, '%H:%i')", "strftime(d, '%H:%M')"],
  ["date_format(d, '%U')", null],
  ["date_parse(s, '%Y-%c-%e')", "strptime(s, '%Y-%-m-%-d')"],
  ["date_parse(s, '%Y-%m')", null],
  ["try(a / nullif(b, 0))", expect.stringMatching(/^try\(/)],
  ["try(cast(s as bigint))", null],
  ["try(ln(a))", null],
  // A name of the text is not the one that a lambda of ours gives.
  ["array_remove(l, v)", "(case when v is not null then list_filter(l, dh_v -> dh_v is null or dh_v <> v) end)"],
  ["format_datetime(d, 'yyyy-MM-dd')", "strftime(d, '%Y-%m-%d')"],
  ["format_datetime(d, 'e')", null],
  ["transform(l, x -> x / 2e0)", "list_transform(l, x -> x / 2e0)"],
  ["array_sort(l, (a, b) -> a - b)", null],
  ["0x1F", null],
  ["json_extract_scalar(j, p)", null],
  ["zip_with(a, b, f)", expect.stringMatching(/^ZIP_WITH/)],
  ["format('%s', x)", null],
  ["format('%x', 5)", null],
  ["cast(a as decimal(5, 2)) / b", null],
  ["avg(cast(a as decimal(5, 2))) over ()", null],
  ["corr(cast(x as double), cast(y as double))", expect.stringMatching(/^\(case when not isnan\(corr\(/)],
  ["corr(x, y)", null],
  ["arbitrary(x) filter (where y)", null],
])("for DuckDB: %s", async (expression, expected) => {
  expect(await translated(expression, "trino")).toEqual(expected);
});

test("the types of columns of VALUES are read, unless another name may hide them", async () => {
  const sql = "select a / b from (values (7, 2), (null, 3)) t(a, b)";
  expect(await translateSql(sql, "trino", "duckdb")).toMatchObject({
    sql: expect.stringContaining("a // b") as string,
  });
  const joined = await translateSql(`${sql} join u on u.x = t.a`, "trino", "duckdb");
  expect(joined).toMatchObject({ sql: expect.stringContaining("typeof(b) like 'DECIMAL%'") as string });
});

test.each([
  ["unnest(a, b) as u(x, y)", "(select unnest(a), unnest(b)) AS u(x, y)"],
  // A map or rows inside would give more columns, and ORDINALITY one.
  ["unnest(a, b) as u(x, y, z)", "UNNEST(a, b) AS u(x, y, z)"],
  ["unnest(a, b) with ordinality as u(x, y, n)", "UNNEST(a, b) WITH ORDINALITY AS u(x, y, n)"],
  ["unnest(m) as u(k, v)", "UNNEST(m) AS u(k, v)"],
])("a table for DuckDB: %s", async (table, expected) => {
  const result = await translateSql(`select 1 from t cross join ${table}`, "trino", "duckdb");
  expect(result.ok ? result.sql : null).toBe(`SELECT 1 FROM t CROSS JOIN ${expected}`);
});

test("a place in the text stays one, also behind something rewritten", async () => {
  const result = await translateSql("select upper(a),\n  format('{}', b) from t", "duckdb", "trino");
  expect(result).toMatchObject({ ok: false, refusals: [{ code: "DH7001", line: 2, column: 3 }] });
});

test("lines and several statements stay", async () => {
  const result = await translateSql("select 1 / a from t;\n-- why\nselect upper(b) from t", "duckdb", "trino");
  expect(result).toEqual({
    ok: true,
    sql: "SELECT 1 / cast(a as double) FROM t;\n/* why */ SELECT upper(replace(b, U&'\\00DF', U&'\\1E9E')) FROM t",
  });
});

test("what is nested in itself does not grow without end", async () => {
  const nested = Array.from({ length: 30 }).reduce<string>((inner) => `left(${inner}, n)`, "s");
  expect(await translateSql(`select ${nested} from t`, "duckdb", "trino")).toMatchObject({ ok: false });
});

test.each([
  [
    "select * from t qualify row_number() over (partition by a order by b) = 1 order by a",
    "SELECT * FROM table(exclude_columns(input => table((SELECT * FROM (SELECT *, (ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1) AS dh_qualify FROM t) AS dh_block WHERE dh_qualify)), columns => descriptor(dh_qualify))) ORDER BY a",
  ],
  [
    "select distinct a as x from t qualify count(*) over (partition by a) > 1",
    "SELECT DISTINCT x FROM (SELECT a AS x, (COUNT(*) OVER (PARTITION BY a) > 1) AS dh_qualify FROM t) AS dh_block WHERE dh_qualify",
  ],
  [
    "select *, row_number() over (order by a) as rn from t qualify rn = 1",
    "SELECT * FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY a) AS rn FROM t) AS dh_block WHERE rn = 1",
  ],
  // A column of that name may come first.
  ["select b, rank() over (order by b) as b from t qualify b = 1", null],
  ["select distinct on (a) a, b from t order by a", null],
  ["select upper(s) as u, count(*) from t group by u", expect.stringMatching(/ GROUP BY 1$/)],
  ["select upper(s) as s, count(*) from t group by s", expect.stringMatching(/ GROUP BY s$/)],
  ["select * exclude (a), a + 1 as a from t", expect.not.stringContaining("exclude_columns")],
  // A name that the query uses again stands beside the tables: a column of that name makes it ambiguous, which Trino refuses.
  [
    "select a + b as c, c * 2 as d from t where c > 1",
    expect.stringMatching(
      /^SELECT (dh_names_\d+)\.c AS c, c \* 2 AS d FROM t CROSS JOIN LATERAL \(SELECT a \+ b AS c\) AS \1 WHERE c > 1$/,
    ),
  ],
  ["select coalesce(a, 0) as a, a * 2 as d from t", "SELECT COALESCE(a, 0) AS a, a * 2 AS d FROM t"],
  ["select t.a as a, a * 2 as d from t", "SELECT t.a AS a, a * 2 AS d FROM t"],
  [
    "select g, sum(a) as s, s * 2 as d from t group by g having s > 1",
    "SELECT g, SUM(a) AS s, (SUM(a)) * 2 AS d FROM t GROUP BY g HAVING (SUM(a)) > 1",
  ],
  // In an aggregate, and where it is a key, the name is a column's.
  ["select sum(a) as s from t having max(s) > 1", "SELECT SUM(a) AS s FROM t HAVING MAX(s) > 1"],
  ["select sum(a) as s, (select s from u limit 1) as m from t", expect.stringContaining("(SELECT s FROM u LIMIT 1)")],
  ["select sum(a) as g from t group by g having g > 1", "SELECT SUM(a) AS g FROM t GROUP BY g HAVING g > 1"],
  ["select row_number() over (order by a) as n, n + 1 as m from t", expect.not.stringContaining("LATERAL")],
  [
    "select a, unnest(l) as x from t where b",
    "SELECT a, dh_list.dh_element AS x FROM t CROSS JOIN UNNEST(l) AS dh_list(dh_element) WHERE b",
  ],
])("a query for Trino: %s", async (sql, expected) => {
  const result = await translateSql(sql, "duckdb", "trino");
  expect(result.ok ? result.sql : null).toEqual(expected);
});

test("what a translation raises of itself begins so that the engine of the original takes over", () => {
  const folder = fileURLToPath(new URL("../../../src/sql/rewrites/", import.meta.url));
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const raised = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:fail\}?|error)\('([^']{0,20})/g)].map((match) => match[1]),
  );
  expect(raised.length).toBeGreaterThan(20);
  expect(raised.filter((message) => message?.startsWith("not translated: ") !== true)).toEqual([]);
});
