import { once } from "node:events";
import { afterAll, expect, inject, test } from "vitest";
import { trinoPort, trinoRows } from "../support/lakehouse.ts";
import { finished, run, start, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("trino");
const SCHEMA = ward.schema;
const project = ward.write.bind(ward);
const rowsOf = ward.rowsOf.bind(ward);

afterAll(() => ward.drop());

test("insert_overwrite replaces the partitions of the new rows, and no others", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/parted.sql": `{{ config(materialized='incremental', incremental_strategy='insert_overwrite', properties={'partitioning': "ARRAY['month(day)', 'ward']"}) }}
{% if is_incremental() %}
select date '2024-02-03' as day, 'a' as ward, 30 as n
{% else %}
select * from (values (date '2024-01-01', 'a', 1), (date '2024-02-01', 'a', 2), (date '2024-02-02', 'a', 3), (date '2024-02-02', 'b', 4)) as t (day, ward, n)
{% endif %}`,
  });
  for (const step of ["first", "second"]) {
    const ran = await run(["run"], work.path);
    expect(ran.code, `${step} ${ran.stdout}`).toBe(0);
  }
  expect((await rowsOf("parted")).map(([, ward, n]) => [ward, n])).toEqual([
    ["a", 1],
    ["b", 4],
    ["a", 30],
  ]);
});

test("a merge updates the columns it is told to, and only rows within its predicates", async () => {
  using work = temporaryFolder();
  const merged = (
    config: string,
  ): string => `{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['ward', 'bed'], ${config}) }}
select ward, bed, {{ var('n', 1) }} as n, {{ var('n', 1) }} as m from (values ('a', 1), ('a', 2)) as t (ward, bed)
{% if is_incremental() %} union all select 'b', 1, 2, 2 {% endif %}`;
  project(work.path, {
    "models/named.sql": merged("merge_update_columns=['n']"),
    "models/others.sql": merged("merge_exclude_columns=['n']"),
    "models/within.sql": merged("incremental_predicates=['DBT_INTERNAL_DEST.bed > 1']"),
  });
  for (const n of [1, 2]) {
    const ran = await run(["run", "--vars", `n: ${String(n)}`], work.path);
    expect(ran.code, ran.stdout).toBe(0);
  }
  const rows = async (table: string): Promise<string[]> => (await rowsOf(table)).map((row) => row.join(" ")).sort();
  expect(await rows("named")).toEqual(["a 1 2 1", "a 2 2 1", "b 1 2 2"]);
  expect(await rows("others")).toEqual(["a 1 1 2", "a 2 1 2", "b 1 2 2"]);
  // What no predicate lets it find is a new row.
  expect(await rows("within")).toEqual(["a 1 1 1", "a 1 2 2", "a 2 2 2", "b 1 2 2"]);
});

// Trino cannot make materialized views in a REST catalog; where it can, the same statements build them.
test("a materialized view that the connector refuses leaves the table it would have replaced", async () => {
  using work = temporaryFolder();
  project(work.path, { "models/kept.sql": "{{ config(materialized=var('kind', 'table')) }} select 1 as n" });
  expect((await run(["run"], work.path)).code).toBe(0);
  const refused = await run(["run", "--vars", "kind: materialized_view"], work.path);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("NOT_SUPPORTED: createMaterializedView is not supported");
  expect(await rowsOf("kept")).toEqual([[1]]);
});

test("a view that Trino does not take leaves the table that has its name", async () => {
  using work = temporaryFolder();
  project(work.path, { "models/stays.sql": "{{ config(materialized='table') }} select 1 as n" });
  expect((await run(["run"], work.path)).code).toBe(0);
  project(work.path, { "models/stays.sql": "{{ config(materialized='view') }} select no_such(1) as n" });
  const refused = await run(["run"], work.path);
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining("FUNCTION_NOT_FOUND")]);
  expect(await rowsOf("stays")).toEqual([[1]]);
  project(work.path, { "models/stays.sql": "{{ config(materialized='view') }} select 2 as n" });
  expect((await run(["run"], work.path)).code).toBe(0);
  expect(await rowsOf("stays")).toEqual([[2]]);
});

test("a table that a killed run left as a backup is put back, also when the new build fails", async () => {
  using work = temporaryFolder();
  project(work.path, { "models/precious.sql": "{{ config(materialized='table') }} select 1 as n" });
  expect((await run(["run"], work.path)).code).toBe(0);
  await trinoRows(`alter table ${SCHEMA}.precious rename to ${SCHEMA}.precious__dbt_backup`);
  project(work.path, { "models/precious.sql": "{{ config(materialized='table') }} select 1/0 as n" });
  expect((await run(["run"], work.path)).code).toBe(1);
  expect(await rowsOf("precious")).toEqual([[1]]);
  const left = await trinoRows(`show tables from ${SCHEMA} like 'precious%'`);
  expect(left).toEqual([["precious"]]);
});

test("an error names Trino's code, the query, and the line of the compiled file", async () => {
  using work = temporaryFolder();
  project(work.path, { "models/wrong.sql": "{{ config(materialized='table') }}\nselect 1 as a,\n  no_such as b" });
  const { code, stdout } = await run(["run"], work.path);
  expect(code).toBe(1);
  expect(stdout).toMatch(/target\/compiled\/ward\/models\/wrong\.sql:3:3/);
  expect(stdout).toContain("Database Error in model wrong (models/wrong.sql)");
  expect(stdout).toMatch(/COLUMN_NOT_FOUND: .*Column 'no_such' cannot be resolved \(query \d{8}_/);
});

test("Ctrl-C ends the query on the server", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/endless.sql":
      "{{ config(materialized='table') }}\nselect count(*) as n from tpch.sf100.lineitem a cross join tpch.sf100.lineitem b",
  });
  const child = start(["run"], work.path);
  const ended = finished(child);
  const running = `select query_id from system.runtime.queries where state in ('QUEUED', 'PLANNING', 'STARTING', 'RUNNING', 'FINISHING') and query like '/*%create table%${SCHEMA}%endless%'`;
  // Asking takes its own time: the loop turns until the server has the query, and the test's time limit ends it.
  while ((await trinoRows(running)).length === 0) expect(child.exitCode).toBeNull();
  child.kill("SIGINT");
  const [{ code, stdout }] = await Promise.all([ended, once(child, "exit")]);
  expect(code, stdout).toBe(1);
  expect(await trinoRows(running)).toEqual([]);
  expect(stdout).toContain("Cancelling");
});

test("--fail-fast ends what else runs, also on the server", async () => {
  using work = temporaryFolder();
  // This model fails once it sees the other one run; each look takes its own time.
  const watching = `{% set found = namespace(runs=false) %}
{% for look in range(2000) if execute and not found.runs %}
  {% set running = run_query("select count(*) from system.runtime.queries where state = 'RUNNING' and query like '%create table%${SCHEMA}%tireless%' and query not like '%runtime.queries%'") %}
  {% set found.runs = running.rows[0][0] > 0 %}
{% endfor %}
{{ exceptions.raise_compiler_error('seen') if found.runs }} select 1 as n`;
  project(work.path, {
    "models/watching.sql": watching,
    "models/tireless.sql":
      "{{ config(materialized='table') }} select count(*) as n from tpch.sf100.lineitem a cross join tpch.sf100.lineitem b",
  });
  const { code, stdout } = await run(["run", "--fail-fast", "--threads", "2"], work.path);
  expect([code, stdout]).toEqual([1, expect.stringContaining("seen")]);
  const left = `select state from system.runtime.queries where query like '%create table%${SCHEMA}%tireless%' and query not like '%runtime.queries%'`;
  expect(await trinoRows(left)).toEqual([["FAILED"]]);
});

test("values inside arrays, maps and rows reach templates as dbt-trino hands them over", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "macros/look.sql": `{% macro look() %}
  {% set table = run_query("select array[decimal '1.50', null] as a, map(array['k'], array[timestamp '2024-02-29 10:11:12.1234567']) as b,
    cast(row(9007199254740993, row(date '2024-01-01', x'00ff')) as row(\\"n, m\\" bigint, r row(d date, \\"timestamp(3)\\" varbinary))) as c,
    array[timestamp '2024-07-01 10:00:00 Europe/Berlin'] as d, interval '2' day as e, time '01:02:03.456' as f") %}
  {% for value in table.rows[0] %}{{ print(value) }}{% endfor %}
{% endmacro %}`,
  });
  const { code, stdout } = await run(["run-operation", "look", "--quiet"], work.path);
  expect(code, stdout).toBe(0);
  expect(stdout.trim().split("\n")).toEqual([
    "[1.5, null]",
    '{"k": "2024-02-29T10:11:12.123457"}',
    String.raw`[9007199254740993, ["2024-01-01", "b'\\x00\\xff'"]]`,
    '["2024-07-01T10:00:00+02:00"]',
    "2 days, 0:00:00",
    "01:02:03.456000",
  ]);
});

test("freshness of a DATE column", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/arrivals.sql": "{{ config(materialized='table') }} select current_date as day",
    "models/sources.yml": `sources:
  - name: ward
    schema: ${SCHEMA}
    tables:
      - name: arrivals
        config: { loaded_at_field: day, freshness: { error_after: { count: 3, period: day } } }
`,
  });
  expect((await run(["run"], work.path)).code).toBe(0);
  const fresh = await run(["source", "freshness"], work.path);
  expect(fresh.code, fresh.stdout).toBe(0);
  expect(fresh.stdout).toContain("PASS freshness of ward.arrivals");
});

test("a second `lakehouse up` finds the first; a wrong port says how to choose another", async () => {
  using work = temporaryFolder();
  const { data, trino } = inject("lakehouse");
  const again = await run(["lakehouse", "up", "--data", data, "--output", "json"], work.path);
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ state: "up", trino: { url: trino?.url, pid: trino?.pid } });
  const port = String(trinoPort());
  const taken = await run(
    ["lakehouse", "up", "--data", work.path, "--port-trino", port, "--port-catalog", "0", "--port-storage", "0"],
    work.path,
  );
  expect(taken.code).toBe(2);
  expect(taken.stderr).toContain("--port-trino (0 = any free one)");
  expect((await run(["lakehouse", "status", "--data", work.path], work.path)).code).toBe(1);
});
