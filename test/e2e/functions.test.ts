import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { twoEngines } from "../support/two-engines.ts";
import { writeProject } from "../support/write-project.ts";

const FILES = {
  "functions/taxed.sql": "amount * {{ function('rate') }}(kind)",
  "functions/rate.sql": "case when kind = 'food' then 1.05 else 1.2 end",
  "functions/schema.yml": `functions:
  - name: taxed
    arguments:
      - {name: amount, data_type: double}
      - {name: kind, data_type: varchar, default_value: "'food'"}
    returns: {data_type: double}
  - name: rate
    config: {schema: udf}
    arguments: [{name: kind, data_type: varchar}]
    returns: {data_type: double, description: a factor}
`,
  "models/prices.sql": "select {{ function('taxed') }}(10.0) as price",
};

test("functions are built before what calls them, and kept in the artifacts as dbt keeps them", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  const built = await run(["build"], folder.path);
  expect(built.stdout).toContain("1 of 3 OK created function main_udf.rate");
  expect(built.stdout).toContain("Finished running 2 functions, 1 table model");
  const shown = await run(["show", "-s", "prices", "--output", "json"], folder.path);
  expect(shown.stdout).toContain("10.5");
  const { functions, nodes } = JSON.parse(readFileSync(join(folder.path, "target", "manifest.json"), "utf8")) as Record<
    string,
    Record<string, unknown>
  >;
  expect(functions?.["function.shop.taxed"]).toMatchObject({
    relation_name: null,
    functions: [["rate"]],
    depends_on: { nodes: ["function.shop.rate"] },
    config: { materialized: "function", type: "scalar", volatility: null },
    returns: { data_type: "double", description: null },
    arguments: [
      { name: "amount", data_type: "double", description: null, default_value: null },
      { name: "kind", data_type: "varchar", description: null, default_value: "'food'" },
    ],
  });
  expect(nodes?.["model.shop.prices"]).toMatchObject({ functions: [["taxed"]] });
});

test("functions are listed and selected like other nodes; run leaves them alone", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  const listed = await run(["ls", "-s", "resource_type:function"], folder.path);
  expect(listed.stdout.trim().split("\n")).toEqual(["shop.rate", "shop.taxed"]);
  const one = await run(["build", "-s", "rate"], folder.path);
  expect(one.stdout).toContain("PASS=1");
  const models = await run(["run"], folder.path);
  expect(models.stdout).not.toContain("function main");
});

test.each([
  ["functions:\n  - {name: rate}\n", "DH1210"],
  [
    "functions:\n  - name: rate\n    returns: {data_type: int}\n    arguments:\n" +
      "      - {name: a, data_type: int, default_value: 1}\n      - {name: b, data_type: int}\n",
    "Non-defaulted argument 'b'",
  ],
])("a signature that cannot be is told of: %j", async (properties, message) => {
  using folder = temporaryFolder();
  writeProject(folder.path, { "functions/rate.sql": "1", "functions/schema.yml": properties });
  const ran = await run(["parse"], folder.path);
  expect([ran.code, ran.stdout + ran.stderr]).toEqual([2, expect.stringContaining(message)]);
});

test("on a target of several engines, what calls a function runs where the function is", async () => {
  using folder = temporaryFolder();
  twoEngines(folder.path, {
    ...FILES,
    "functions/rate.sql": "{{ config(dialect='duckdb') }} case when kind = 'food' then 1.05 else 1.2 end",
    "functions/taxed.sql": "{{ config(dialect='duckdb') }} amount * {{ function('rate') }}(kind)",
    "models/deep.sql": "{{ config(materialized='ephemeral') }} select {{ function('taxed') }}(20.0) as price",
    "models/deeper.sql": "{{ config(materialized='table') }} select price from {{ ref('deep') }}",
    "models/prices.sql": "{{ config(materialized='table') }} select {{ function('taxed') }}(10.0) as price",
    "models/schema.yml":
      "unit_tests:\n  - {name: taxes, model: prices, given: [], expect: {rows: [{price: 10.5}]}}\n" +
      "models:\n  - {name: deeper, columns: [{name: price, data_tests: [not_null]}]}\n",
    "tests/cheap.sql": "select * from {{ ref('deeper') }} where price > {{ function('taxed') }}(100.0)",
  });
  const routed = await run(["route", "-s", "deeper", "prices", "--output", "json"], folder.path);
  const because = "it calls taxed, a function of duckdb";
  expect(JSON.parse(routed.stdout)).toMatchObject([
    { node: "model.ward.deeper", engine: "duckdb", rule: "only-engine", reason: because },
    { node: "model.ward.prices", engine: "duckdb", rule: "only-engine", reason: because },
  ]);
  const built = await run(["build"], folder.path);
  expect(built.stdout + built.stderr).toContain("PASS=7");
  expect(built.code).toBe(0);
  const pin = "models: {+engine: trino}";
  writeFileSync(join(folder.path, "dbt_project.yml"), `name: ward\nprofile: ward\n${pin}\n`);
  const pinned = await run(["build"], folder.path);
  expect([pinned.code, pinned.stdout]).toEqual([
    2,
    expect.stringContaining(`cannot be placed: its config says engine: trino, but ${because}`),
  ]);
});

test("--defer calls the function of the state, but where the command makes it", async () => {
  using folder = temporaryFolder();
  const prod = "prod: {type: duckdb, path: prod.duckdb}";
  const dev = "dev: {type: duckdb, path: dev.duckdb, attach: [{path: prod.duckdb, alias: prod, read_only: true}]}";
  writeProject(folder.path, {
    "functions/rate.sql": "case when '{{ target.name }}' = 'prod' then 2 else 3 end",
    "functions/schema.yml": "functions: [{name: rate, arguments: [], returns: {data_type: int}}]",
    "models/prices.sql": "select {{ function('rate') }}() as price",
    "profiles.yml": `shop: {target: dev, outputs: {${prod}, ${dev}}}`,
  });
  const ok = async (...args: string[]): Promise<string> => {
    const ran = await run(args, folder.path);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    return ran.stdout;
  };
  const price = async (): Promise<unknown> => {
    const shown = await ok("show", "--inline", "from prices", "--output", "json", "-q");
    return (JSON.parse(shown) as { show: unknown }).show;
  };
  await ok("build", "--target", "prod");
  cpSync(join(folder.path, "target", "manifest.json"), join(folder.path, "state", "manifest.json"));
  await ok("run", "--defer", "--state", "state");
  expect(await price()).toEqual([{ price: 2 }]);
  await ok("build", "--defer", "--state", "state");
  expect(await price()).toEqual([{ price: 3 }]);
});
