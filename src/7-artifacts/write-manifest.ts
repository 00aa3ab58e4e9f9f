import { join } from "node:path";
import { DBT_VERSION, type Invocation } from "../contracts/invocation.ts";
import type { Json } from "../contracts/json.ts";
import type { GraphNode, Manifest } from "../contracts/manifest.ts";
import type { Project } from "../contracts/project.ts";
import { md5 } from "../shared/checksum.ts";
import { JsonText, writeJson, writeJsonPieces } from "./write-json.ts";

/** target/manifest.json, in the form of https://schemas.getdbt.com/dbt/manifest/v12.json */
export function writeManifestJson(
  manifest: Manifest,
  project: Project,
  invocation: Invocation,
  targetFolder: string,
): void {
  writeJson(join(targetFolder, "manifest.json"), manifestJson(manifest, project, invocation), invocation);
}

/** The same from what `manifestBody` says, as JSON in UTF-8. */
export function writeManifestBody(
  [first, ...others]: readonly Buffer[],
  project: Project,
  invocation: Invocation,
  targetFolder: string,
): void {
  const head = `{"metadata":${JSON.stringify(metadata(project, invocation))},`;
  // Its brace is open already.
  writeJsonPieces(join(targetFolder, "manifest.json"), [head, first?.subarray(1) ?? "", ...others], invocation);
}

export function manifestJson(manifest: Manifest, project: Project, invocation: Invocation): Record<string, unknown> {
  return { metadata: metadata(project, invocation), ...manifestBody(manifest) };
}

export const OVERVIEW = "doc.dbt.__overview__";

/** manifest.json without `metadata`: the part that is the same for every command. */
export function manifestBody(manifest: Manifest): Record<string, unknown> {
  const { parents, children } = maps(manifest);
  return {
    nodes: published(manifest.nodes),
    sources: published(manifest.sources),
    macros: Object.fromEntries(Object.entries(manifest.macros).map(([id, macro]) => [id, macroText(macro)])),
    docs: { [OVERVIEW]: overview(), ...manifest.docs },
    exposures: published(manifest.exposures),
    metrics: published(manifest.metrics),
    groups: published(manifest.groups),
    selectors: manifest.selectors,
    disabled: Object.fromEntries(Object.entries(manifest.disabled).map(([id, nodes]) => [id, nodes.map(publish)])),
    parent_map: parents,
    child_map: children,
    group_map: groupMap(manifest),
    saved_queries: published(manifest.saved_queries),
    semantic_models: published(manifest.semantic_models),
    unit_tests: published(manifest.unit_tests),
    functions: published(manifest.functions),
  };
}

function metadata(project: Project, { id, startedAt, env }: Invocation): Record<string, unknown> {
  return {
    dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
    dbt_version: DBT_VERSION,
    generated_at: new Date().toISOString(),
    invocation_id: id,
    invocation_started_at: startedAt.toISOString(),
    env: customEnv(env),
    project_name: project.root.name,
    project_id: md5(project.root.name),
    user_id: null,
    send_anonymous_usage_stats: false,
    adapter_type: project.target.type,
    quoting: { database: true, schema: true, identifier: true, column: null, ...project.root.quoting },
    run_started_at: startedAt.toISOString(),
  };
}

/** What DBT_ENV_CUSTOM_ENV_* says, for the artifacts' metadata. */
export function customEnv(env: Invocation["env"]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const match = /^DBT_(?:ENGINE_)?ENV_CUSTOM_ENV_(.+)$/.exec(name);
    if (match?.[1] !== undefined && value !== undefined) result[match[1]] = value;
  }
  return result;
}

function overview(): Record<string, unknown> {
  return {
    name: "__overview__",
    resource_type: "doc",
    package_name: "dbt",
    path: "overview.md",
    original_file_path: "docs/overview.md",
    unique_id: OVERVIEW,
    block_contents: "### Welcome!\n\nThis is the documentation of your project, as duckhouse-dbt wrote it.",
  };
}

/** What a node has only once it was compiled, and the values of these fields before that. */
export const UNCOMPILED: Readonly<Record<string, unknown>> = {
  compiled: false,
  compiled_code: null,
  extra_ctes: [],
  extra_ctes_injected: false,
};
const UNCOMPILED_FIELDS = new Set(Object.keys(UNCOMPILED));
const NONE: ReadonlySet<string> = new Set();
const SEED_FIELDS_NOT_PUBLISHED = new Set([
  "refs",
  "sources",
  "metrics",
  "functions",
  "contract",
  "language",
  "depends_on",
]);

/** A node without our own fields, and without those that dbt does not have for its kind. */
export function publish(node: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const unpublished = unpublishedFields(node);
  // The fields of thousands of nodes: a list of pairs for each would be a tenth of the work.
  for (const key in node)
    if (!isOwn(key) && !unpublished.has(key)) result[key] = (node as Record<string, unknown>)[key];
  if (isSeed(node))
    result["depends_on"] = { macros: (node as unknown as { depends_on: { macros: string[] } }).depends_on.macros };
  return result;
}

/** Fields that manifest.json never has: ours, and where an earlier state has the node. */
export function isOwn(key: string): boolean {
  return key.startsWith("_") || key === "defer_relation";
}

/** The other fields that manifest.json does not have as they stand in the node. */
export function unpublishedFields(node: object): ReadonlySet<string> {
  if (isSeed(node)) return SEED_FIELDS_NOT_PUBLISHED;
  return "compiled" in node && node.compiled === false ? UNCOMPILED_FIELDS : NONE;
}

function isSeed(node: object): boolean {
  return "resource_type" in node && node.resource_type === "seed";
}

/** Each node is made ready for the file when it is written, so that there are never two copies of all. */
function published(record: Record<string, object>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([id, node]) => [id, { toJSON: () => publish(node) }]));
}

const macroTexts = new WeakMap<object, string>();

/** Macros stay as they were parsed, and are most of a small project's manifest, which a run writes twice. */
function macroText(macro: object): JsonText {
  return new JsonText(() => {
    let text = macroTexts.get(macro);
    if (text === undefined) macroTexts.set(macro, (text = JSON.stringify(publish(macro))));
    return text;
  });
}

function maps(manifest: Manifest): { parents: Record<string, string[]>; children: Record<string, string[]> } {
  const all: GraphNode[] = [
    ...Object.values(manifest.nodes),
    ...Object.values(manifest.sources),
    ...Object.values(manifest.exposures),
    ...Object.values(manifest.metrics),
    ...Object.values(manifest.semantic_models),
    ...Object.values(manifest.saved_queries),
    ...Object.values(manifest.unit_tests),
    ...Object.values(manifest.functions),
  ];
  const parents: Record<string, string[]> = {};
  const children: Record<string, string[]> = {};
  for (const node of all) children[node.unique_id] = [];
  for (const node of all) {
    const own = "depends_on" in node ? [...new Set(node.depends_on.nodes)] : [];
    parents[node.unique_id] = own;
    for (const parent of own) (children[parent] ??= []).push(node.unique_id);
  }
  return { parents, children };
}

function groupMap(manifest: Manifest): Record<string, string[]> {
  const result: Record<string, string[]> = Object.fromEntries(
    Object.values(manifest.groups).map((group) => [group.name, []]),
  );
  const { nodes, saved_queries, semantic_models, metrics } = manifest;
  const parts: Record<string, { unique_id: string; group?: Json }>[] = [nodes, saved_queries, semantic_models, metrics];
  for (const { group, unique_id } of parts.flatMap((part) => Object.values(part)))
    if (typeof group === "string") result[group]?.push(unique_id);
  return result;
}
