import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const SEMANTIC_MODEL = `semantic_models:
  - name: visits
    model: ref('visits')
    defaults: {agg_time_dimension: seen_on}
    entities: [{name: visit, type: primary, expr: id, description: "{{ doc('key') }}"}]
    dimensions: [{name: seen_on, type: time, type_params: {time_granularity: day}, description: "{{ doc('key') }}"}]
    measures: [{name: how_many, agg: sum, expr: 1, description: "{{ doc('key') }}"}]
`;
const FILES = {
  "models/visits.sql": "select 1 as id, date '2024-01-01' as seen_on",
  "models/spine.sql": "select date '2024-01-01' as day",
  "models/docs.md": "{% docs key %}what it is{% enddocs %}",
  "models/spine.yml":
    "models: [{name: spine, time_spine: {standard_granularity_column: day}, columns: [{name: day, granularity: day}]}]",
  "models/semantic.yml": SEMANTIC_MODEL,
  "models/metrics.yml":
    "metrics: [{name: visits_seen, label: Seen, type: simple, type_params: {measure: how_many}, filter: 'a > 1'}]",
  "models/uses.sql":
    "{% set seen = metric('visits_seen') %}{{ config(alias=seen.metric_name) }}select '{{ seen }}' as a{% if execute %}, '{{ seen.label }}, {{ seen.type }}' as b{% endif %}",
};

async function parse(files: Record<string, string>): Promise<string> {
  using folder = temporaryFolder();
  writeProject(folder.path, { ...FILES, ...files });
  const { code, stdout } = await run(["parse"], folder.path);
  expect(code).toBe(2);
  return stdout;
}

test("a model reads the fields of a metric; descriptions of parts take docs blocks", async () => {
  using folder = temporaryFolder();
  writeProject(folder.path, FILES);
  const ran = await run(["compile", "--select", "uses"], folder.path);
  expect(ran.stdout).toContain("select 'visits_seen' as a, 'Seen, simple' as b");
  const manifest = JSON.parse(readFileSync(join(folder.path, "target/manifest.json"), "utf8")) as {
    nodes: Record<string, object>;
    semantic_models: Record<string, Record<"entities" | "dimensions" | "measures", object[]>>;
  };
  expect(manifest.nodes["model.shop.uses"]).toMatchObject({
    alias: "visits_seen",
    metrics: [["visits_seen"]],
    depends_on: { nodes: ["metric.shop.visits_seen"] },
  });
  const model = manifest.semantic_models["semantic_model.shop.visits"];
  for (const parts of [model?.entities, model?.dimensions, model?.measures])
    expect(parts).toMatchObject([{ description: "what it is" }]);
});

test("a metric needs its measure, a semantic model its model", async () => {
  expect(await parse({ "models/semantic.yml": SEMANTIC_MODEL.replace("how_many", "others") })).toContain(
    "A semantic model having a measure `how_many` does not exist but was referenced.",
  );
  expect(await parse({ "models/semantic.yml": `${SEMANTIC_MODEL}    config: {enabled: false}\n` })).toContain(
    "The measure `how_many` is referenced on disabled semantic model `visits`.",
  );
  expect(await parse({ "models/semantic.yml": SEMANTIC_MODEL.replace("ref('visits')", "ref('gone')") })).toContain(
    "Semantic_model 'semantic_model.shop.visits' (models/semantic.yml) depends on a node named 'gone' which was not found",
  );
});

test("metrics have names that SQL takes, and a type", async () => {
  const said = await parse({
    "models/more.yml": `metrics:
  - {name: 1 st, label: a, type: simple, type_params: {measure: how_many}}
  - {name: "so!", label: a, type: simple, type_params: {measure: how_many}}
  - {name: older, label: a, calculation_method: count, expression: "*"}
`,
  });
  expect(said).toContain(
    "The metric name '1 st' is invalid.  It cannot contain spaces, must begin with a letter, must contain only letters, numbers and underscores",
  );
  expect(said).toContain("The metric name 'so!' is invalid.  It must contain only letters, numbers and underscores");
  expect(said).toContain("The metric 'older' has no type and no type_params");
});
