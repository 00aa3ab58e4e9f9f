import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RunPlan } from "../../src/contracts/plan.ts";
import type { Decision } from "../../src/contracts/routing.ts";
import { MODELS, ok, project, rows, SCHEMA } from "../support/hybrid-project.ts";
import { dropSchema } from "../support/lakehouse.ts";
import { responses } from "../support/responses.ts";
import { finished, run, start, temporaryFolder } from "../support/program.ts";

afterAll(() => dropSchema(SCHEMA));

test("what is not built is read where it is, wherever it would go next time", async () => {
  using work = temporaryFolder();
  const files = (engine: string): Record<string, string> => ({
    "seeds/wards.csv": MODELS["seeds/wards.csv"] ?? "",
    "models/names.sql": `{{ config(materialized='table', engine='${engine}') }} select id, '${engine}' as made_by from {{ ref('wards') }}`,
    "models/reader.sql": "{{ config(materialized='table', engine='trino') }} select made_by from {{ ref('names') }}",
    "models/schema.yml": "models: [{name: names, columns: [{name: id, data_tests: [not_null]}]}]",
  });
  const { "models/reader.sql": reader = "", ...first } = files("duckdb");
  project(work.path, {}, first);
  await ok(["build"], work.path);
  // Its reader is new: had it been there before, the table would be in the catalog.
  project(work.path, {}, { ...files("trino"), "models/reader.sql": reader });
  const tables = JSON.parse((await ok(["tables", "--output", "json"], work.path)).stdout) as Record<string, unknown>[];
  expect(tables.find(({ name }) => name === "names")).toMatchObject({ lives_on: "duckdb", engine: "duckdb", rows: 3 });
  await ok(["test"], work.path);
  const ran = await ok(["run", "-s", "reader"], work.path);
  expect(ran.stdout).toMatch(/1 transfer/);
  expect(await rows("select distinct made_by from $S.reader")).toEqual([["duckdb"]]);
  // Now there are two of them: the one that was built last counts.
  await ok(["run"], work.path);
  await ok(["run", "-s", "reader"], work.path);
  expect(await rows("select distinct made_by from $S.reader")).toEqual([["trino"]]);
  project(work.path, {}, { ...files("duckdb"), "models/reader.sql": reader });
  await ok(["run", "-s", "reader"], work.path);
  expect(await rows("select distinct made_by from $S.reader")).toEqual([["trino"]]);
});

/** How long the engines take here is not what is tested. */
function makeTrinoSlow(folder: string): void {
  const path = join(folder, ".duckhouse", "history.jsonl");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const slow = lines.map((line) => {
    const sample = JSON.parse(line) as { engine: string; seconds: number };
    return JSON.stringify(sample.engine === "trino" ? { ...sample, seconds: 100 } : { ...sample, seconds: 1 });
  });
  writeFileSync(path, `${slow.join("\n")}\n`);
}

test("adaptive tries what it does not know, takes what was faster, and leaves the table in the catalog", async () => {
  using work = temporaryFolder();
  const beds =
    "{{ config(materialized='table', engine='trino') }} select b as bed from unnest(sequence(1, 100)) as t (b)";
  const one = "{{ config(materialized='table') }} select count(*) as n, sum(bed) as total from {{ ref('beds') }}";
  const router = { policy: "adaptive", adaptive_min_samples: 1 };
  project(work.path, { router }, { "models/beds.sql": beds, "models/one.sql": one });
  const build = async (env: string): Promise<string> => {
    const ran = await run(["run"], work.path, { CI: env });
    expect(ran.code, ran.stdout).toBe(0);
    makeTrinoSlow(work.path);
    return responses(work.path)["one"] ?? "";
  };
  expect(await build("")).toBe("trino iceberg");
  // Nothing is tried where runs are to be the same each time.
  expect(await build("true")).toBe("trino iceberg");
  expect(await build("")).toBe("duckdb adaptive");
  expect(await rows("select n, total from $S.one")).toEqual([[100, "5050"]]);
  expect(await build("true")).toBe("duckdb adaptive");
  const log = await ok(["routing-log", "--last", "--node", "one", "--output", "json"], work.path);
  const [last] = JSON.parse(log.stdout) as object[];
  expect(last).toMatchObject({
    reason: "1.00s on duckdb (median of 1 build), against 100.00s on trino (median of 2 builds)",
    overruled: { rule: "iceberg", engine: "trino", expected_gain_s: 99 },
  });
  project(work.path, { router: { adaptive_min_samples: 1 } }, { "models/beds.sql": beds, "models/one.sql": one });
  const byRules = await ok(["run"], work.path);
  expect(byRules.stdout).toContain("Policy adaptive would have saved about 99.0s (1 node on another engine)");
  project(work.path, { router }, { "models/beds.sql": beds, "models/one.sql": one });
  await ok(["routing-log", "--reset"], work.path);
  expect(await build("")).toBe("trino iceberg");
});

test("a copy is made again when its rows have changed, and removed when nothing reads it", async () => {
  using work = temporaryFolder();
  const files = Object.fromEntries(Object.entries(MODELS).filter(([name]) => /wards\.csv|stg_wards/.test(name)));
  const reader = "{{ config(materialized='table', engine='trino') }} select name from {{ ref('stg_wards') }}";
  const own = `trace_${String(process.pid)}`;
  const copies = `select table_name from information_schema.tables where table_schema = 'duckhouse_transfers' and table_name like '%stg_${own}%'`;
  const all = (seed: string): Record<string, string> => ({
    [`seeds/${own}.csv`]: seed,
    [`models/staging/stg_${own}.sql`]: `select name from {{ ref('${own}') }}`,
    "models/reader.sql": reader.replace("stg_wards", `stg_${own}`),
    ...files,
  });
  project(work.path, {}, all("name\nnorth\n"));
  expect((await ok(["build"], work.path)).stdout).toMatch(/1 transfer \(/);
  const again = await ok(["build"], work.path);
  expect(again.stdout).toContain(`The copy of stg_${own} is taken as it is`);
  expect(again.stdout).toMatch(/0 transfers, 1 reused/);
  const planned = JSON.parse((await ok(["plan", "-s", "reader", "--output", "json"], work.path)).stdout) as RunPlan;
  expect(planned.transfers).toMatchObject([{ relation: `model.ward.stg_${own}`, reused: true }]);
  project(work.path, {}, all("name\nsouth\n"));
  expect((await ok(["build"], work.path)).stdout).toMatch(/1 transfer \(/);
  expect(await rows("select name from $S.reader")).toEqual([["south"]]);
  const [[copy = ""] = []] = (await rows(copies)) as string[][];
  // Somebody else has written to it.
  await rows(`insert into duckhouse_transfers."${copy}" values 'west'`);
  expect((await ok(["build"], work.path)).stdout).toMatch(/1 transfer \(/);
  expect(await rows("select name from $S.reader")).toEqual([["south"]]);
  const without = Object.fromEntries(Object.entries(all("name\nsouth\n")).filter(([name]) => !name.includes("reader")));
  rmSync(join(work.path, "models", "reader.sql"));
  project(work.path, {}, without);
  await ok(["build"], work.path);
  expect(await rows(copies)).toEqual([]);
});

test("--compare-engines says of each model whether its rows are the same everywhere, and leaves nothing", async () => {
  using work = temporaryFolder();
  const own = `compared_${String(process.pid)}`;
  project(
    work.path,
    {},
    {
      "seeds/wards.csv": MODELS["seeds/wards.csv"] ?? "",
      [`models/staging/stg_${own}.sql`]: MODELS["models/staging/stg_wards.sql"] ?? "",
      "models/same.sql": `{{ config(materialized='incremental') }} select name, count(*) as n, sum(0.1e0 * id) as tenth from {{ ref('stg_${own}') }} group by name`,
      "models/half.sql": "select id / 2 as half, id from {{ ref('wards') }}",
      "models/lists.sql": "select list_sum([id]) as s from {{ ref('wards') }}",
      "models/dispatched.sql":
        "select {{ dbt.datediff('date_one', 'date_two', 'month') }} as months from (select date '2024-01-31' as date_one, date '2024-03-01' as date_two) as d",
    },
  );
  await ok(["build", "-s", "wards", `stg_${own}`], work.path);
  const compared = await run(["build", "--compare-engines", "-s", "same", "half", "lists", "dispatched"], work.path);
  expect(compared.code).toBe(1);
  expect(compared.stdout).toContain("SAME same: 3 rows on trino and duckdb");
  expect(compared.stdout).toContain("SAME dispatched: 1 rows on trino and duckdb");
  expect(compared.stdout).toMatch(
    /DIFFERENT half\n.*2 rows are on trino only:\n.*half=0, id=1\n.*half=1, id=3\n.*2 rows are on duckdb only:\n.*half=0.5, id=1/,
  );
  expect(compared.stdout).toMatch(/DIFFERENT lists\n.*trino cannot build it: .*list_sum/s);
  expect(compared.stdout).toContain("2 of 4 models give the same rows everywhere");
  const left = "select schema_name from information_schema.schemata where schema_name like 'duckhouse_compare%'";
  expect(await rows(left)).toEqual([]);
  // What was copied for the comparison alone is gone, too.
  const copies = `select table_name from information_schema.tables where table_schema = 'duckhouse_transfers' and table_name like '%stg_${own}%'`;
  expect(await rows(copies)).toEqual([]);
  expect((await run(["build", "--compare-engines", "-s", "same", "dispatched"], work.path)).code).toBe(0);
});

test("a run killed while rows pass between the engines leaves no half of them, and the next one goes on", async () => {
  using work = temporaryFolder();
  const rowsOf = (count: number): string =>
    `{{ config(materialized='view') }} select range as id from range(${String(count)})`;
  const reader = "{{ config(materialized='table', engine='trino') }} select count(*) as n from {{ ref('stg_many') }}";
  project(work.path, {}, { "models/staging/stg_many.sql": rowsOf(10), "models/reader.sql": reader });
  await ok(["build"], work.path);
  project(work.path, {}, { "models/staging/stg_many.sql": rowsOf(3_000_000), "models/reader.sql": reader });
  const killed = start(["build"], work.path);
  killed.stdout?.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes("START transfer")) killed.kill("SIGKILL");
  });
  expect((await finished(killed)).signal).toBe("SIGKILL");
  // What the reader was built from is whole: the old rows or, if the copy was that fast, the new ones.
  expect([[[10]], [[3_000_000]]]).toContainEqual(await rows("select n from $S.reader"));
  const [[copy = ""] = []] = (await rows(
    "select table_name from information_schema.tables where table_schema = 'duckhouse_transfers' and table_name like '%stg_many%' order by 1",
  )) as string[][];
  expect([[[10]], [[3_000_000]]]).toContainEqual(await rows(`select count(*) from duckhouse_transfers."${copy}"`));
  await ok(["build"], work.path);
  expect(await rows("select n from $S.reader")).toEqual([[3_000_000]]);
  const both = await Promise.all([run(["build"], work.path), run(["build"], work.path)]);
  // One of two at once may find the local file in use, and says so; neither harms the other.
  expect(both.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
  for (const { code, stdout } of both) if (code !== 0) expect(stdout).toContain("DH2001");
  expect(await rows("select n from $S.reader")).toEqual([[3_000_000]]);
});

test("what is deferred is as large as it is where the state has it, for the rules too", async () => {
  using work = temporaryFolder();
  const files = {
    "dbt_project.yml":
      "name: ward\nversion: '1.0'\nprofile: ward\nmodels: {ward: {+schema: \"{{ env_var('SUB') }}\", +materialized: table}}\n",
    "models/beds.sql": "{{ config(engine='trino') }} select b as bed from unnest(sequence(1, 100)) as t (b)",
    "models/one.sql": "{{ config(latency='low') }} select count(*) as n from {{ ref('beds') }}",
  };
  project(work.path, {}, files);
  expect((await run(["build", "-s", "beds"], work.path, { SUB: "state" })).code).toBe(0);
  cpSync(join(work.path, "target", "manifest.json"), join(work.path, "state", "manifest.json"));
  const one = async (limit: number): Promise<Decision | undefined> => {
    project(work.path, { router: { max_duckdb_rows: limit } }, files);
    const args = ["route", "-s", "one", "--defer", "--state", "state", "--output", "json"];
    const [decision] = JSON.parse((await run(args, work.path, { SUB: "own" })).stdout) as Decision[];
    return decision;
  };
  const inputs = [{ name: "beds", lives_on: "iceberg", rows: 100 }];
  expect(await one(100)).toMatchObject({ engine: "duckdb", rule: "latency", inputs });
  expect(await one(99)).toMatchObject({ engine: "trino", rule: "iceberg", inputs });
  await dropSchema(`${SCHEMA}_state`);
});
