import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

interface Result {
  unique_id: string;
  status: string;
  timing: { name: string }[];
}

function resultsIn(folder: string, artifact: string): Result[] {
  const text = readFileSync(join(folder, "target", artifact), "utf8");
  return (JSON.parse(text) as { results: Result[] }).results;
}

test("columns of a seed are quoted unless it says no", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "seeds/odd.csv": "id,at,Total Admits (9)\n1,2020-01-01,5\n",
    "seeds/odd.yml": "seeds: [{ name: odd, config: { column_types: { 'Total Admits (9)': varchar } } }]\n",
    "seeds/bare.csv": "id,at\n1,2\n",
    "seeds/bare.yml": "seeds: [{ name: bare, config: { quote_columns: false } }]\n",
    "models/one.sql": `select "at", "Total Admits (9)" from {{ ref('odd') }}`,
  });
  expect(await run(["build"], folder.path)).toMatchObject({ code: 1 });
  const ended = resultsIn(folder.path, "run_results.json").map(({ unique_id, status }) => [unique_id, status]);
  expect(Object.fromEntries(ended)).toEqual({
    "seed.shop.bare": "error",
    "seed.shop.odd": "success",
    "model.shop.one": "success",
  });
});

test("sources.json holds the sources that were measured, with what the engine said", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/sources.yml": `sources:
  - name: raw
    schema: main
    config: { freshness: { warn_after: { count: 1, period: day } }, loaded_at_field: loaded_at }
    tables: [{ name: there }, { name: missing }]
`,
    "seeds/there.csv": "id,loaded_at\n1,2020-01-01 00:00:00\n",
  });
  expect(await run(["seed"], folder.path)).toMatchObject({ code: 0 });
  expect(await run(["source", "freshness"], folder.path)).toMatchObject({ code: 1 });
  const results = resultsIn(folder.path, "sources.json");
  expect(results).toMatchObject([
    { unique_id: "source.shop.raw.there", status: "warn", adapter_response: { _message: "OK" } },
  ]);
  expect(results[0]?.timing.map(({ name }) => name)).toEqual(["compile", "execute"]);
});

test("an empty database, schema or identifier of a source is as one that is not given", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, {
    "models/sources.yml": `sources:
  - name: main
    database: "{{ var('raw_database', '') }}"
    schema: "{{ env_var('RAW_SCHEMA', '') }}"
    tables: [{ name: there, identifier: "{{ var('raw_table', '') }}" }]
`,
    "seeds/there.csv": "id\n1\n",
    "models/reads.sql": "-- depends_on: {{ ref('there') }}\nselect * from {{ source('main', 'there') }}",
  });
  const built = await run(["build"], folder.path);
  expect(built.code, built.stdout).toBe(0);
});
