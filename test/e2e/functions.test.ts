import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
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
