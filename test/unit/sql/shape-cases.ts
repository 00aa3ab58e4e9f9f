import type { QueryShape } from "../../../src/contracts/query-shape.ts";

type Facts = Partial<
  Omit<QueryShape, "known" | "unknown_reason" | "reader" | "statement" | "complexity"> & { readonly complexity: number }
>;

/** A text, what it is about, and who reads it: d DuckDB, p polyglot as DuckDB, t polyglot as Trino, n node-sql-parser. */
export interface ShapeCase {
  readonly sql: string;
  readonly readers: string;
  readonly facts: Facts;
}

const NONE: Facts = {
  tables: [],
  joined_tables: 0,
  aggregates: 0,
  windows: 0,
  subqueries: 0,
  ctes: 0,
  set_operations: 0,
  distinct: false,
  ordering: false,
};

function reads(readers: string, sql: string, facts: Facts): ShapeCase {
  return { sql, readers, facts: { ...NONE, ...facts } };
}

const one = (table: string): Facts => ({ tables: [table], joined_tables: 1 });
const two = (...tables: string[]): Facts => ({ tables, joined_tables: 2 });

/** What is left out of a case's facts is 0, false or empty: a case says everything. */
export const SHAPE_CASES: readonly ShapeCase[] = [
  // Relations and their names.
  reads("dptn", "select 1", {}),
  reads("dptn", "select a, b from t where a > 1", one("t")),
  reads("dptn", "select * from s.t", one("s.t")),
  reads("dptn", "select * from c.s.t as x", one("c.s.t")),
  reads("dptn", 'select * from "My Cat"."my.schema"."T 1" z', one("My Cat.my.schema.T 1")),
  reads("dptn", "select * from T", one("T")),
  reads("dptn", "select * from t a join T b on a.x = b.x", { tables: ["t"], joined_tables: 2 }),
  reads("dptn", "select t.a from s.t", one("s.t")),
  reads("dptn", "select * from b where x in (select y from a)", { ...one("b"), tables: ["b", "a"], subqueries: 1 }),
  reads("dptn", "select (select max(x) from a) from b", {
    tables: ["a", "b"],
    joined_tables: 1,
    aggregates: 1,
    subqueries: 1,
  }),
  reads("dp", "from t", one("t")),
  reads("dp", "from t select a where b", one("t")),
  reads("dp", "select * from 'data/x.parquet'", one("data/x.parquet")),
  reads("dp", "select * exclude (a) from t", one("t")),
  reads("dpt", "values (1, 2), (3, 4)", {}),
  reads("dpt", "select * from (values (1), (2)) v(x)", {}),
  reads("dp", "select * from range(10)", {}),
  reads("dp", "select * from read_csv('x.csv')", {}),
  reads("t", "select * from t for version as of 3", one("t")),
  reads("t", "select * from c.s.t for timestamp as of timestamp '2024-01-01 00:00:00 UTC'", one("c.s.t")),
  reads("t", "select * from t tablesample bernoulli (10)", one("t")),
  reads("dp", "select * from t using sample 10 percent", one("t")),
  reads("t", "select * from table(f(input => table(c.s.t), n => 3))", { tables: ["c.s.t"] }),
  reads("d", "table t", one("t")),
  // Joins.
  reads("dptn", "select * from a join b on a.x = b.x", two("a", "b")),
  reads("dptn", "select * from a, b where a.x = b.x", two("a", "b")),
  reads("dptn", "select * from a cross join b", two("a", "b")),
  reads("dptn", "select * from a left join b using (x) full outer join c using (x)", {
    tables: ["a", "b", "c"],
    joined_tables: 3,
  }),
  reads("dptn", "select * from (a join b on true) join c on true", { tables: ["a", "b", "c"], joined_tables: 3 }),
  reads("dpt", "select * from a left join b on true, c, d", { tables: ["a", "b", "c", "d"], joined_tables: 4 }),
  reads("dpt", "select * from a, b join c on true", { tables: ["a", "b", "c"], joined_tables: 3 }),
  reads("dptn", "select * from a natural join b", two("a", "b")),
  reads("dptn", "select * from t a join t b on a.x = b.y join t c on true", { tables: ["t"], joined_tables: 3 }),
  reads("dp", "select * from a semi join b using (x)", two("a", "b")),
  reads("dp", "select * from a asof join b on a.x >= b.x", two("a", "b")),
  reads("dp", "select * from a positional join b", two("a", "b")),
  reads("dptn", "select * from a join (select * from b) q on true", {
    tables: ["a", "b"],
    joined_tables: 1,
    subqueries: 1,
  }),
  reads("dptn", "select * from a join (select * from b join c on true join d on true) q on true", {
    tables: ["a", "b", "c", "d"],
    joined_tables: 3,
    subqueries: 1,
  }),
  reads("dptn", "select * from a cross join lateral (select 1 from b) q", {
    tables: ["a", "b"],
    joined_tables: 1,
    subqueries: 1,
  }),
  reads("pt", "select * from a cross join unnest(array[1, 2]) as u(x)", one("a")),
  reads("dp", "select * from a, unnest([1, 2]) u(x)", one("a")),
  // CTEs and their scopes.
  reads("dptn", "with c as (select 1) select * from c", { ctes: 1 }),
  reads("dptn", "with c as (select * from t) select * from c join u on true", {
    tables: ["t", "u"],
    joined_tables: 1,
    ctes: 1,
  }),
  reads("dptn", "with a as (select * from t), b as (select * from a) select * from a join b on true", {
    ...one("t"),
    ctes: 2,
  }),
  reads("dptn", "with c as (select 1) select * from C", { ctes: 1 }),
  reads("dptn", "with c as (select 1) select * from s.c", { ...one("s.c"), ctes: 1 }),
  reads("dptn", "with t as (select * from t) select * from t", { ...one("t"), ctes: 1 }),
  reads("dptn", "with a as (select * from b), b as (select 1) select * from a, b", { ...one("b"), ctes: 2 }),
  reads("dptn", "select * from (with c as (select 1) select * from c) q, c", { ...one("c"), ctes: 1, subqueries: 1 }),
  reads("dptn", "with c as (with d as (select * from t) select * from d) select * from c, d", {
    tables: ["t", "d"],
    joined_tables: 1,
    ctes: 2,
  }),
  reads("dptn", "with c as (select * from t) select * from u where x in (select x from c)", {
    tables: ["t", "u"],
    joined_tables: 1,
    ctes: 1,
    subqueries: 1,
  }),
  reads("dptn", "with recursive r(n) as (select 1 union all select n + 1 from r where n < 9) select * from r", {
    ctes: 1,
    set_operations: 1,
  }),
  reads(
    "dptn",
    "with recursive r(n) as (select x from t union all select n + 1 from r join u on true) select * from r",
    {
      tables: ["t", "u"],
      joined_tables: 1,
      ctes: 1,
      set_operations: 1,
    },
  ),
  reads("dptn", "with c as (select 1) select * from c union all select * from c", { ctes: 1, set_operations: 1 }),
  reads("dp", "with c as materialized (select * from t) select * from c", { ...one("t"), ctes: 1 }),
  // Aggregates and windows.
  reads("dptn", "select count(*), sum(x), max(y) from t", { ...one("t"), aggregates: 3 }),
  reads("dptn", "select count(distinct x) from t", { ...one("t"), aggregates: 1 }),
  reads("dptn", "select a, avg(x) from t group by a having count(*) > 1 order by min(b)", {
    ...one("t"),
    aggregates: 3,
    ordering: true,
  }),
  reads("dptn", "select max_by(a, b), array_agg(a) from t", { ...one("t"), aggregates: 2 }),
  reads("dpt", "select sum(x) filter (where y > 0) from t", { ...one("t"), aggregates: 1 }),
  reads("dptn", "select abs(a), lower(b), coalesce(c, 1), nullif(d, 2) from t", one("t")),
  reads("t", "select approx_distinct(a), approx_percentile(b, 0.5), count_if(c), bool_or(d) from t", {
    ...one("t"),
    aggregates: 4,
  }),
  reads("t", "select listagg(a, ',') within group (order by b) from t", { ...one("t"), aggregates: 1 }),
  reads("dp", "select string_agg(a, ',' order by b), list(a), median(b), quantile_cont(b, 0.5) from t", {
    ...one("t"),
    aggregates: 4,
  }),
  reads("dptn", "select row_number() over (partition by a order by b) from t", { ...one("t"), windows: 1 }),
  reads("dptn", "select sum(x) over (order by b), rank() over (order by c) from t", { ...one("t"), windows: 2 }),
  reads("dptn", "select sum(sum(x)) over (order by a) from t group by a", { ...one("t"), aggregates: 1, windows: 1 }),
  reads("dptn", "select lag(x, 1) over w, first_value(y) over w from t window w as (order by z)", {
    ...one("t"),
    windows: 2,
  }),
  reads("dp", "select a from t qualify row_number() over (order by b) = 1", { ...one("t"), windows: 1 }),
  reads("dptn", "select sum(case when a then b else 0 end) / nullif(count(*), 0) from t", {
    ...one("t"),
    aggregates: 2,
  }),
  // Set operations, distinct, ordering, subqueries.
  reads("dptn", "select a from t union select b from u", { tables: ["t", "u"], joined_tables: 1, set_operations: 1 }),
  reads("dptn", "select 1 union all select 2 union all select 3", { set_operations: 2 }),
  reads("dptn", "select a from t except select a from u", { tables: ["t", "u"], joined_tables: 1, set_operations: 1 }),
  reads("dptn", "select a from t intersect select a from u order by 1", {
    tables: ["t", "u"],
    joined_tables: 1,
    set_operations: 1,
    ordering: true,
  }),
  reads("dpt", "(select a from t) union all (select b from u order by 1 limit 1)", {
    tables: ["t", "u"],
    joined_tables: 1,
    set_operations: 1,
    ordering: true,
  }),
  reads("dpt", "select 1 union all (select 2)", { set_operations: 1 }),
  reads("dptn", "select distinct a from t", { ...one("t"), distinct: true }),
  reads("dp", "select distinct on (a) a, b from t order by a, b", { ...one("t"), distinct: true, ordering: true }),
  reads("dptn", "select * from (select distinct a from t) q", { ...one("t"), distinct: true, subqueries: 1 }),
  reads("dptn", "select a from t order by a desc limit 3", { ...one("t"), ordering: true }),
  reads("dptn", "select array_agg(a order by b) from t", { ...one("t"), aggregates: 1 }),
  reads("dptn", "select a from t where exists (select 1 from u where u.x = t.x)", {
    tables: ["t", "u"],
    joined_tables: 1,
    subqueries: 1,
  }),
  reads("dptn", "select a from t where not exists (select 1 from u) and b not in (select b from v)", {
    tables: ["t", "u", "v"],
    joined_tables: 1,
    subqueries: 2,
  }),
  reads("dpt", "select a from t where b > all (select b from u)", {
    tables: ["t", "u"],
    joined_tables: 1,
    subqueries: 1,
  }),
  reads("dptn", "select * from (select * from (select * from t) a) b", { ...one("t"), subqueries: 2 }),
  reads("dptn", "select case when exists (select 1 from u) then 1 end from t", {
    tables: ["u", "t"],
    joined_tables: 1,
    subqueries: 1,
  }),
  reads("dpt", "select a, count(*) from t group by grouping sets ((a), ())", { ...one("t"), aggregates: 1 }),
  reads("dp", "select a, count(*) from t group by all", { ...one("t"), aggregates: 1 }),
  reads("dp", "select [x + 1 for x in l], {'a': 1}, l[1:2], x -> x from t", one("t")),
  reads("t", "select transform(a, x -> x + 1), row(1, 2), map(array[1], array[2]) from t", one("t")),
  reads("dp", "select * from t pivot (sum(a) for b in (1, 2))", { ...one("t"), aggregates: 1 }),
  reads("p", "pivot t on a using sum(b)", { ...one("t"), aggregates: 1 }),
  // Text around the query.
  reads("dptn", "-- a comment\nselect /* another */ a from t -- and one more", one("t")),
  reads("dptn", "select 'from x join y' from t", one("t")),
  reads("dptn", 'select a as "select" from t;', one("t")),
  reads("dpt", "select 'back\\slash', 'é' from \"tÄble\"", one("tÄble")),
  reads("dp", "select $$ it's from x $$ from t", one("t")),
];
