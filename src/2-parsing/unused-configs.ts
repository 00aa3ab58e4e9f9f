import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { Manifest } from "../contracts/manifest.ts";
import { isRecord } from "../shared/objects.ts";

const TREES: Readonly<Record<string, string>> = {
  models: "model",
  seeds: "seed",
  snapshots: "snapshot",
  sources: "source",
  data_tests: "test",
  unit_tests: "unit_test",
  metrics: "metric",
  semantic_models: "semantic_model",
  saved_queries: "saved_query",
  exposures: "exposure",
  functions: "function",
};

/** A warning of the folders and names in dbt_project.yml that have configs and fit no resource, also no disabled one. */
export function unusedConfigs(trees: Readonly<Record<string, JsonObject>>, manifest: Manifest): Diagnostic[] {
  const disabled = Object.values(manifest.disabled).flat();
  const unused = Object.entries(TREES).flatMap(([key, type]) => {
    const paths = trees[key] === undefined ? [] : configPaths(trees[key]);
    // The commonest projects configure nothing but what is there: no need to look at every node for them.
    if (paths.length === 0) return [];
    const used = new Set<string>();
    for (const { fqn } of [...resourcesOf(manifest, type), ...disabled])
      for (let length = 0; length <= fqn.length; length++) used.add(pathKey(fqn.slice(0, length)));
    return paths.filter((path) => !used.has(pathKey(path))).map((path) => [key, ...path].join("."));
  });
  if (unused.length === 0) return [];
  const message = `Configurations in dbt_project.yml that apply to no resource:\n${unused.map((path) => `- ${path}`).join("\n")}`;
  return [diagnostic("DH1310", message, { file: "dbt_project.yml" }, null, "warning")];
}

const pathKey = (path: readonly string[]): string => JSON.stringify(path);

function resourcesOf(manifest: Manifest, type: string): { fqn: readonly string[] }[] {
  const { nodes, sources, exposures, metrics, semantic_models, saved_queries, unit_tests, functions } = manifest;
  const all: Record<string, { resource_type: string; fqn: readonly string[] }>[] = [
    nodes,
    sources,
    exposures,
    metrics,
    semantic_models,
    saved_queries,
    unit_tests,
    functions,
  ];
  return all.flatMap((group) => Object.values(group).filter((resource) => resource.resource_type === type));
}

/** The places in a tree that hold a config: a value, or a key with `+`. */
function configPaths(tree: JsonObject, at: readonly string[] = []): string[][] {
  const paths: string[][] = [];
  const entries = Object.entries(tree);
  if (entries.some(([key, value]) => key.startsWith("+") || !isRecord(value))) paths.push([...at]);
  for (const [key, value] of entries)
    if (!key.startsWith("+") && isRecord(value)) paths.push(...configPaths(value, [...at, key]));
  return paths;
}
