import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import type { RunResult } from "../../src/contracts/run-result.ts";
import { finished, run, start, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const PYTHON = { DUCKHOUSE_PYTHON: process.env["DUCKHOUSE_TEST_PYTHON"] ?? "python3" };

async function query(folder: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(join(folder, "shop.duckdb"));
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

async function build(folder: string, ...more: string[]): Promise<Ran> {
  return run(["build", ...more], folder, PYTHON);
}

function results(folder: string): Map<string, RunResult> {
  const text = readFileSync(join(folder, "target", "run_results.json"), "utf8");
  return new Map((JSON.parse(text) as { results: RunResult[] }).results.map((each) => [each.unique_id, each]));
}

/** A model that returns `rows`, after `before`. */
const model = (rows: string, ...before: string[]): string =>
  ["def model(dbt, con):", ...before.map((line) => `    ${line}`), `    return ${rows}`, ""].join("\n");

const VALUES = [
  "1::tinyint",
  "170141183460469231731687303715884105727::hugeint",
  "7::uhugeint",
  "1.5::float",
  "3.25::decimal(10,2)",
  "1.123456789::decimal(38,10)",
  "'\\xAA'::blob",
  "date '2024-02-29'",
  "time '01:02:03.5'",
  "timetz '01:02:03.5+02'",
  "timestamp '2024-01-01 00:00:00.123456'",
  "timestamptz '2024-01-01 00:00:00.123456+02'",
  "timestamp_ns '2024-01-01 00:00:00.123456789'",
  "interval '1 month 2 days 3 microseconds'",
  "'4a5b6c7d-0000-4000-8000-000000000001'::uuid",
  "'a'::enum('a', 'b')",
  "[[1], [2, null]]",
  "{'a': 1, 'b': [date '2020-01-01']}",
  "map {'k': [1.5::decimal(4,1)]}",
  "[1, 2]::int[2]",
  "'101'::bit",
  "'{\"a\": 1}'::json",
  "union_value(n := 1)",
];

test("every type survives the way to Python and back", async () => {
  using folder = temporaryFolder();
  const columns = VALUES.map((value, index) => `${value} as c${String(index)}`);
  const nulls = VALUES.map(() => "null");
  writeProject(folder.path, {
    "models/given.sql": `select ${columns.join(", ")} union all select ${nulls.join(", ")}`,
    "models/copied.py": model("dbt.ref('given')"),
  });
  const ran = await build(folder.path);
  expect(ran).toMatchObject({ code: 0 });
  const described = "select column_name, data_type from duckdb_columns() where table_name";
  expect(await query(folder.path, `${described} = 'copied'`)).toEqual(
    await query(folder.path, `${described} = 'given'`),
  );
  expect(await query(folder.path, "from copied")).toEqual(await query(folder.path, "from given"));
});

test("a model may return what dbt-duckdb takes, and read by dbt, by name and from modules", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "profiles.yml":
      "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 2, module_paths: [lib]}}}",
    "lib/shop_rules.py": "def twice(x):\n    return 2 * x\n",
    "seeds/wards.csv": "id,name\n1,north\n2,south\n",
    "models/schema.yml": `
sources: [{name: raw, schema: main, tables: [{name: wards}, {name: file, config: {external_location: "read_csv('seeds/wards.csv')"}}]}]
models:
  - {name: frame, config: {meta: {owner: me}, days: 7}, columns: [{name: id, data_tests: [unique, not_null]}]}
  - {name: bed, latest_version: 2, versions: [{v: 1}, {v: 2}]}
`,
    "models/frame.py": `import pandas as pd
from shop_rules import twice

def model(dbt, con):
    dbt.config(packages=["pandas"])
    print("printed by the model")
    days = dbt.config.get("days")
    owner = dbt.config.meta_get("owner")
    return pd.DataFrame({"id": [days, twice(days)], "owner": [owner, str(dbt.this)]})
`,
    "models/arrow_table.py": model("dbt.ref('wards').to_arrow_table()"),
    "models/arrow_reader.py": model("dbt.ref('wards').to_arrow_reader(1)"),
    "models/arrow_dataset.py": `import pyarrow.dataset as ds\n${model("ds.dataset(dbt.ref('wards').to_arrow_table())")}`,
    "models/bed_v1.py": model("con.sql('select 1 as v')"),
    "models/bed_v2.py": model("con.sql('select 2 as v')"),
    "models/versions.py": model("dbt.ref('bed').union(dbt.ref('bed', v=1)).union(dbt.ref('shop', 'bed', version=2))"),
    "models/sources.py": model("dbt.source('raw', 'file').union(dbt.source('raw', 'wards'))"),
    "models/temporary.py": model("con.table('t')", "con.execute('create temp table t as select 5 as a')"),
    "models/by_name.py": model("con.sql('select * from w join main.wards using (id)')", "w = dbt.ref('wards').df()"),
    "models/by_this.py": model("con.sql(f'from {dbt.this.schema}.wards')", "if False:", "    dbt.ref('wards')"),
    "models/none.py": model("con.sql(\"select 'a' as a, false as b limit 0\")"),
    "models/after.sql": "select count(*) as n from {{ ref('frame') }}",
  });
  const ran = await build(folder.path);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toMatch(/OK created python table model main\.frame \.+ \[OK in/);
  expect(ran.stdout).toContain("printed by the model");
  expect(results(folder.path).get("model.shop.frame")).toMatchObject({
    status: "success",
    message: "OK",
    adapter_response: { _message: "OK" },
  });
  const found: Record<string, unknown> = {};
  for (const table of [
    "frame",
    "arrow_table",
    "arrow_reader",
    "arrow_dataset",
    "versions",
    "sources",
    "temporary",
    "after",
  ])
    found[table] = await query(folder.path, `from ${table} order by all`);
  const wards = [
    [1, "north"],
    [2, "south"],
  ];
  expect(found).toEqual({
    frame: [
      ["7", "me"],
      ["14", '"shop"."main"."frame"'],
    ],
    arrow_table: wards,
    arrow_reader: wards,
    arrow_dataset: wards,
    versions: [[1], [2], [2]],
    sources: [
      ...wards.map(([id, name]) => [String(id), name]),
      ...wards.map(([id, name]) => [String(id), name]),
    ].sort(),
    temporary: [[5]],
    after: [["2"]],
  });
  expect(await query(folder.path, "select column_name, column_type from (describe none)")).toEqual([
    ["a", "VARCHAR"],
    ["b", "BOOLEAN"],
  ]);
  for (const table of ["by_name", "by_this"]) expect((await query(folder.path, `from ${table}`)).length).toBe(2);
});

test("incremental models append, replace and merge; --empty leaves Python its rows", async () => {
  using folder = temporaryFolder();
  const incremental = (strategy: string): string =>
    `dbt.config(materialized='incremental', incremental_strategy='${strategy}', unique_key='id')`;
  const next = "n = con.sql(f'select max(run) + 1 from {dbt.this}').fetchone()[0] if dbt.is_incremental else 0";
  const rows = "con.sql(f'select range as id, {n} as run from range({n}, {n} + 2)')";
  writeProject(folder.path, {
    "models/days.sql": "select 1 as id, timestamp '2025-01-01' as at union all select 2, timestamp '2025-01-02'",
    "models/appended.py": model(rows, incremental("append").replace(", unique_key='id'", ""), next),
    "models/replaced.py": model(rows, incremental("delete+insert"), next),
    "models/merged.py": model(`${rows}.df()`, incremental("merge"), next),
    "models/filed.py": model("dbt.ref('days')", "dbt.config(materialized='external', location='days.parquet')"),
    "models/read.py": model("dbt.ref('days')"),
  });
  for (const when of ["new", "more"]) expect({ when, ...(await build(folder.path)) }).toMatchObject({ code: 0 });
  const twice = [
    ["0", 0],
    ["1", 1],
    ["2", 1],
  ];
  expect(await query(folder.path, "from replaced order by all")).toEqual(twice);
  expect(await query(folder.path, "from merged order by all")).toEqual(twice);
  expect((await query(folder.path, "from appended")).length).toBe(4);
  // No filter is put around what Python reads.
  expect((await build(folder.path, "-s", "read", "--empty")).code).toBe(0);
  expect(await query(folder.path, "select count(*)::int from read")).toEqual([[2]]);
});

test("a model that fails says where, and leaves the table that was there", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/py.py": model("con.sql('select 1 as id')") });
  expect((await build(folder.path)).code).toBe(0);
  writeFileSync(
    join(folder.path, "models", "py.py"),
    "\n# a remark\n\ndef model(dbt, con):\n    rows = con.sql('select 2 as id')\n    raise ValueError('not today')\n    return rows\n",
  );
  const ran = await build(folder.path);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("DH3012 models/py.py:6");
  expect(ran.stdout).toContain("Python model failed:");
  expect(ran.stdout).toContain('File "models/py.py", line 6, in model');
  expect(ran.stdout).toContain("ValueError: not today");
  expect(ran.stdout).not.toContain("driver.py");
  writeFileSync(join(folder.path, "models", "py.py"), model("[1, 2]"));
  expect((await build(folder.path)).stdout).toContain("model() of 'py' returned an object of type list");
  expect(await query(folder.path, "from py")).toEqual([[1]]);
});

test.each(["SIGINT", "--fail-fast"])("%s ends a Python that never would", async (how) => {
  using folder = temporaryFolder();
  const endless =
    "import os, time\n\ndef model(dbt, con):\n    print('pid', os.getpid())\n    while True:\n        time.sleep(1)\n    return None\n";
  // The other model fails only when this one runs.
  const failing =
    "import os, time\n\ndef model(dbt, con):\n    while not os.path.exists('running'):\n        time.sleep(0.01)\n    raise ValueError('now')\n    return None\n";
  writeProject(folder.path, {
    "models/endless.py":
      how === "SIGINT"
        ? endless
        : endless.replace("    while True", "    open('running', 'w').close()\n    while True"),
    ...(how === "SIGINT" ? {} : { "models/failing.py": failing }),
  });
  const child = start(["run", ...(how === "SIGINT" ? [] : [how])], folder.path, PYTHON);
  const ended = finished(child);
  const pid = await new Promise<number>((resolve) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /pid (\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  if (how === "SIGINT") child.kill("SIGINT");
  expect((await ended).code).not.toBe(0);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
