import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { dropSchema, lakeProject, storedFiles, trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const SCHEMA = `duck_${String(process.pid)}`;

afterAll(() => dropSchema(SCHEMA));

function project(folder: string, files: Record<string, string>): void {
  writeProject(folder, { ...lakeProject(SCHEMA), ...files });
}

async function ok(args: string[], folder: string, env: Record<string, string> = {}): Promise<Ran> {
  const ran = await run(args, folder, env);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return ran;
}

async function refused(args: string[], folder: string): Promise<string> {
  const ran = await run(args, folder);
  expect(ran.code, ran.stdout).toBe(1);
  return ran.stdout;
}

const rows = (sql: string): Promise<readonly (readonly unknown[])[]> => trinoRows(sql.replaceAll("$S", SCHEMA));

test("every materialization writes what Trino reads", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "seeds/wards.csv": "id,name,opened\n1,north,2020-01-01\n2,,2021-05-05\n",
    "models/visits.sql": `select i::integer as id, 'v' || i as name, {{ var('day', 1) }} as day from range({{ var('n', 5) }}) as r (i)`,
    "models/busy.sql": "{{ config(materialized='view') }} select * from {{ ref('visits') }} where id > 2",
    "models/log.sql": `{{ config(materialized='incremental', unique_key='id', incremental_strategy=var('strategy', 'delete+insert')) }}
select id, name, day from {{ ref('visits') }} {% if is_incremental() %} where id >= 3 {% endif %}`,
    "models/schema.yml": `models:
  - name: visits
    description: "It's one row a visit"
    config: {persist_docs: {relation: true}}
    columns: [{name: id, data_tests: [unique, not_null]}]`,
    "snapshots/changes.yml": `snapshots:
  - name: changes
    relation: ref('visits')
    config: {strategy: check, unique_key: id, check_cols: [day]}`,
  });
  await ok(["build"], work.path);
  expect(await rows("select * from $S.wards order by id")).toEqual([
    [1, "north", "2020-01-01"],
    [2, null, "2021-05-05"],
  ]);
  await ok(["build", "--vars", "{n: 7, day: 2}"], work.path);
  expect(await rows("select id, day from $S.log order by id")).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((id) => [id, id < 3 ? 1 : 2]),
  );
  expect(await rows("select count(*), count(dbt_valid_to) from $S.changes")).toEqual([[12, 5]]);
  await ok(["run", "-s", "+log", "--vars", "{n: 8, day: 3, strategy: merge}"], work.path);
  await ok(["run", "-s", "log", "--vars", "{strategy: append}"], work.path);
  expect(await rows("select day, count(*) from $S.log group by day order by day")).toEqual([
    [1, 3],
    [3, 10],
  ]);
  expect(
    await rows(
      "select comment from system.metadata.table_comments where catalog_name = 'lake' and schema_name = '$S' and table_name = 'visits'",
    ),
  ).toEqual([["It's one row a visit"]]);
  const shown = await ok(["show", "-s", "busy", "--output", "json"], work.path);
  expect(shown.stdout).toContain('"id": 7');
});

test("a table is replaced in one commit and keeps its history, whatever becomes of its columns", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/shape.sql": `select 1 as a {{ {2: ", 'x' as b", 3: ", 2 as b", 4: ", 2 as c, 3 as d"}.get(var('shape'), '') }}`,
  });
  const expected: Record<number, unknown[]> = { 1: [1], 2: [1, "x"], 3: [1, 2], 4: [1, 2, 3] };
  const shapes = [1, 2, 1, 2, 3, 1, 4, 3, 2];
  for (const shape of shapes) {
    await ok(["run", "--vars", `{shape: ${String(shape)}}`], work.path);
    expect(await rows("select * from $S.shape")).toEqual([expected[shape]]);
  }
  const history = await rows(
    `select cast(snapshot_id as varchar), operation from $S."shape$snapshots" order by committed_at`,
  );
  expect(history.filter(([, operation]) => operation === "append")).toHaveLength(shapes.length);
  expect(await rows(`select * from $S.shape for version as of ${String(history[0]?.[0])}`)).toEqual([[1]]);
});

test("types go both ways exactly, and those that Iceberg lacks are cast or refused by name", async () => {
  using work = temporaryFolder();
  const values = `timestamp '2024-02-29 12:34:56.123456' as ts, timestamptz '2024-02-29 12:34:56.123456+02' as tz, 12345678901234567890123456789.123456789::decimal(38,9) as dec,
    '0b8f3a52-6f1c-4b0e-9c7e-2a4b6c8d0e1f'::uuid as id, [1, null, 3] as list, map {'k': 1.5::double} as m, {'a': 1, 'b': 'ünïcødé 雪'} as st, '' as empty, null::varchar as nothing,
    9007199254740993 as big, 1::tinyint as tiny, 'x'::enum ('x', 'y') as kind, '{"a": 1}'::json as js, 170141183460469::hugeint as huge, date '1969-07-20' as d, time '23:59:59.999999' as t, 'ab'::blob as bytes`;
  project(work.path, {
    "models/kinds.sql": `select ${values}`,
    "models/again.sql": "select * from {{ ref('kinds') }}",
    "models/not_possible.sql":
      "select 1 as fine, interval 1 day as span, '12:00:00+02'::timetz as zoned, {'a': interval 1 hour} as nested",
  });
  const before = storedFiles(SCHEMA).filter((path) => path.startsWith("not_possible"));
  const output = await refused(["run"], work.path);
  expect(output).toContain(
    "Iceberg has no type for: span (INTERVAL), zoned (TIME WITH TIME ZONE), nested (STRUCT(a INTERVAL))",
  );
  expect(storedFiles(SCHEMA).filter((path) => path.startsWith("not_possible"))).toEqual(before);
  const [row] = await rows(
    "select cast(ts as varchar), cast(at_timezone(tz, 'UTC') as varchar), cast(dec as varchar), cast(id as varchar), cast(list as json), cast(m as json), cast(st as json), empty, nothing, cast(big as varchar), tiny, kind, js, cast(huge as varchar), cast(d as varchar), cast(t as varchar), from_utf8(bytes) from $S.kinds",
  );
  expect(row).toEqual([
    ...["2024-02-29 12:34:56.123456", "2024-02-29 10:34:56.123456 UTC", "12345678901234567890123456789.123456789"],
    ...["0b8f3a52-6f1c-4b0e-9c7e-2a4b6c8d0e1f", "[1,null,3]", '{"k":1.5}', '{"a":1,"b":"ünïcødé 雪"}', "", null],
    ...["9007199254740993", 1, "x", '{"a": 1}', "170141183460469", "1969-07-20", "23:59:59.999999", "ab"],
  ]);
  const comparable = "ts, tz, dec, id, list, st, empty, nothing, big, tiny, kind, js, huge, d, t, bytes";
  expect(
    await rows(
      `select count(*) from (select ${comparable} from $S.kinds intersect select ${comparable} from $S.again)`,
    ),
  ).toEqual([[1]]);
});

test("a model that fails, in its query or its contract, leaves the old rows and no file", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/kept.sql": "select {{ var('value', '1') }} as n",
    "models/promised.sql": "select {{ var('value', '1') }}::integer as n",
    "models/schema.yml": `models:
  - name: promised
    config: {contract: {enforced: true}}
    columns: [{name: n, data_type: integer, constraints: [{type: not_null}, {type: check, expression: n < 10}]}]`,
  });
  await ok(["run"], work.path);
  const before = storedFiles(SCHEMA);
  const output = await refused(["run", "--vars", "{value: \"error('broken')\"}"], work.path);
  expect(output).toContain("broken");
  expect(await refused(["run", "-s", "promised", "--vars", "{value: '11'}"], work.path)).toContain(
    "CHECK constraint failed",
  );
  expect(await refused(["run", "-s", "promised", "--vars", "{value: 'null'}"], work.path)).toContain(
    "NOT NULL constraint failed",
  );
  expect(await rows("select (select n from $S.kept), (select n from $S.promised)")).toEqual([[1, 1]]);
  expect(storedFiles(SCHEMA)).toEqual(before);
});

test("writers that meet are all heard", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/meeting.sql":
      "{{ config(materialized='incremental', incremental_strategy='append') }} select {{ var('who', 0) }} as who, i from range(1000) as r (i)",
  });
  await ok(["run"], work.path);
  const writers = [1, 2, 3, 4];
  const insert = rows(`insert into $S.meeting select 5, x from unnest(sequence(1, 1000)) as t (x)`);
  await Promise.all(
    writers.map((who) =>
      ok(
        [
          "run",
          "--vars",
          `{who: ${String(who)}}`,
          "--target-path",
          `target_${String(who)}`,
          "--log-path",
          `logs_${String(who)}`,
        ],
        work.path,
        {
          DB: `writer_${String(who)}.duckdb`,
        },
      ),
    ),
  );
  await insert;
  expect(await rows("select who, count(*) from $S.meeting group by who order by who")).toEqual(
    [0, 1, 2, 3, 4, 5].map((who) => [who, 1000]),
  );
});

test("both engines take turns at one table", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/turns.sql": `{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge', schema=none) }}
select cast({{ var('id') }} as integer) as id, cast('{{ target.type }}' as varchar) as who`,
  });
  for (const [target, id] of [
    ["duck", 1],
    ["trino", 2],
    ["duck", 2],
    ["trino", 1],
    ["duck", 3],
  ] as const)
    await ok(["run", "--target", target, "--vars", `{id: ${String(id)}}`], work.path);
  expect(await rows("select * from $S.turns order by id")).toEqual([
    [1, "trino"],
    [2, "duckdb"],
    [3, "duckdb"],
  ]);
});

test("partitions are laid out once; what DuckDB would delete in a wrong way is refused", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/own.sql":
      "{{ config(partitioned_by=var('by', ['month(day)', 'bucket(4, id)'])) }} select i as id, date '2024-01-01' + i::integer as day from range(60) as r (i)",
    "models/shared.sql": `{{ config(properties={'partitioning': "ARRAY['month(day)', 'bucket(id, 4)']", 'format_version': '2'}) }} select * from {{ ref('own') }}`,
  });
  await ok(["run"], work.path);
  for (const table of ["own", "shared"])
    expect(String((await rows(`show create table $S.${table}`))[0]?.[0])).toContain(
      "partitioning = ARRAY['month(day)','bucket(id, 4)']",
    );
  const changed = await ok(["run", "-s", "own", "--vars", "{by: [id]}"], work.path);
  expect(changed.stdout).toContain("stays partitioned by (month(day), bucket(4, id)), not by (id)");
  expect(await rows("select count(*) from $S.own")).toEqual([[60]]);
  await rows("alter table $S.shared set properties partitioning = ARRAY['id']");
  expect(await refused(["run", "-s", "shared"], work.path)).toContain("data files of an earlier partitioning");
  await rows("alter table $S.shared execute optimize(file_size_threshold => '100GB')");
  await ok(["run", "-s", "shared"], work.path);
  expect(await rows("select count(*) from $S.shared")).toEqual([[60]]);
});

test("a table that Trino sorts is written all the same", async () => {
  using work = temporaryFolder();
  await rows("create schema if not exists $S");
  await rows("create table $S.sorted with (sorted_by = ARRAY['id']) as select 3 as id");
  project(work.path, { "models/sorted.sql": "{{ config(sorted_by='id') }} select * from (values (2), (1)) as t (id)" });
  await ok(["run"], work.path);
  expect(await rows("select id from $S.sorted order by id")).toEqual([[1], [2]]);
});

test("deletes that have piled up go with the next replacement; the table's history stays", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/piled.sql": "select i as id, {{ var('value', 1) }} as value {{ var('more', '') }} from range(20) as r (i)",
  });
  await ok(["run"], work.path);
  const first = String((await rows(`select cast(snapshot_id as varchar) from $S."piled$snapshots"`))[0]?.[0]);
  for (let id = 0; id < 8; id++) await rows(`delete from $S.piled where id = ${String(id)}`);
  await ok(["run", "--vars", "{value: 2, more: \", 'x' as more\"}"], work.path);
  expect(await rows("select value, more, count(*) from $S.piled group by 1, 2")).toEqual([[2, "x", 20]]);
  expect(await rows(`select content, count(*) from $S."piled$files" group by content`)).toEqual([[0, 1]]);
  expect(await rows(`select value, count(*) from $S.piled for version as of ${first} group by value`)).toEqual([
    [1, 20],
  ]);
  expect(await rows("show tables from $S like 'piled%'")).toEqual([["piled"]]);
  await ok(["run"], work.path);
  expect(await rows("select * from $S.piled where id = 3")).toEqual([[3, 1]]);
});

test("the catalog, the freshness and the responses know of the tables", async () => {
  using work = temporaryFolder();
  project(work.path, {
    "models/known.sql": "select 1::bigint as id, 'x' as name",
    "models/sources.yml": `sources:
  - name: pond
    database: pond
    schema: ${SCHEMA}
    tables: [{name: known, config: {freshness: {error_after: {count: 10, period: minute}}}}]`,
  });
  await ok(["run"], work.path);
  await ok(["source", "freshness"], work.path, { TZ: "Asia/Tokyo" });
  await ok(["docs", "generate", "--no-compile"], work.path);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(work.path, "target", file), "utf8"));
  const [id] = (await rows(`select cast(snapshot_id as varchar) from $S."known$snapshots"`))[0] ?? [];
  expect(read("catalog.json")).toMatchObject({
    nodes: {
      "model.ward.known": { columns: { id: { type: "BIGINT", index: 1 }, name: { type: "VARCHAR", index: 2 } } },
    },
  });
  expect(read("sources.json")).toMatchObject({ results: [{ status: "pass" }] });
  // A run of its own: docs wrote no results.
  await ok(["run"], work.path);
  const results = read("run_results.json") as { results: { adapter_response: { snapshot_id: string } }[] };
  const newest = await rows(
    `select cast(snapshot_id as varchar) from $S."known$snapshots" order by committed_at desc limit 1`,
  );
  expect([results.results[0]?.adapter_response.snapshot_id]).toEqual(newest[0]);
  expect(newest[0]).not.toEqual([id]);
});

test("a seed of many rows goes to Trino as files, and is the same as the one that went as text", async () => {
  using work = temporaryFolder();
  const cells = (i: number): string =>
    `${String(i)},"${i % 5 === 0 ? "" : `a ""${String(i)}"", é\n`}",${String(i / 8)},2024-02-${String((i % 28) + 1).padStart(2, "0")},${String(i % 2 === 0)}`;
  const csv = `id,name,part,day,even\n${Array.from({ length: 300 }, (_, i) => cells(i)).join("\n")}\n`;
  project(work.path, {
    "seeds/as_files.csv": csv,
    "seeds/as_text.csv": csv,
    "seeds/seeds.yml": `seeds:
  - {name: as_files, config: {fast: true, column_types: {part: "decimal(12, 3)"}}}
  - {name: as_text, config: {fast: false, column_types: {part: "decimal(12, 3)"}}}`,
  });
  const seeded = await ok(["seed", "--target", "trino"], work.path);
  expect(seeded.stdout).not.toContain("go in as SQL text");
  expect(readFileSync(join(work.path, "target/run/ward/seeds/as_files.csv"), "utf8")).toContain("300 rows, as files");
  for (const [one, other] of [
    ["as_files", "as_text"],
    ["as_text", "as_files"],
  ])
    expect(
      await rows(`select count(*) from (select * from $S.${one ?? ""} except all select * from $S.${other ?? ""})`),
    ).toEqual([[0]]);
  await ok(["seed", "--target", "trino"], work.path);
  expect(await rows("select count(*), count(name) from $S.as_files")).toEqual([[300, 240]]);
});
