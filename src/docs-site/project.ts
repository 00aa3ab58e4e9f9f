import type { Artifacts, CatalogTable, Doc, Entry, Results, RoutedNode } from "./artifacts.ts";
import { isGiven } from "./given.ts";

/** One thing that has a page. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** How it is called in lists: `orders`, `orders.v2`, `raw.customers`. */
  readonly label: string;
  readonly entry: Entry;
  readonly table: CatalogTable | null;
}

type Result = NonNullable<Results["results"]>[number];

export interface Project {
  readonly name: string;
  readonly generatedAt: string | null;
  readonly hasCatalog: boolean;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly docs: readonly Doc[];
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** What calls a macro. */
  readonly callers: ReadonlyMap<string, readonly string[]>;
  /** What the last build, run or test of a node gave. */
  readonly runs: ReadonlyMap<string, Result>;
  readonly freshness: ReadonlyMap<string, Result>;
  readonly routes: ReadonlyMap<string, RoutedNode>;
}

/** In the order of lists and counts. */
export const TYPES: Readonly<Record<string, string>> = {
  model: "Models",
  seed: "Seeds",
  snapshot: "Snapshots",
  source: "Sources",
  function: "Functions",
  exposure: "Exposures",
  semantic_model: "Semantic models",
  metric: "Metrics",
  saved_query: "Saved queries",
  analysis: "Analyses",
  test: "Data tests",
  unit_test: "Unit tests",
  operation: "Operations",
  macro: "Macros",
  group: "Groups",
};

/** Macros that come with dbt's adapters are in every project and are no part of this one. */
const BUILT_IN = /^dbt(_duckdb|_trino|_postgres|_snowflake|_bigquery|_redshift|_spark|_databricks)?$/;
/** Commands that write run_results.json without running nodes. */
const NO_RUN = ["compile", "generate", "docs generate", "parse", "list"];

export function buildProject({ manifest, catalog, runResults, sources, routing }: Artifacts): Project {
  const resources = new Map<string, Resource>();
  const sections = [
    ...[manifest.nodes, manifest.sources, manifest.functions, manifest.exposures, manifest.semantic_models],
    ...[manifest.metrics, manifest.saved_queries, manifest.unit_tests, manifest.macros, manifest.groups],
  ];
  for (const section of sections)
    for (const [id, entry] of Object.entries(section ?? {})) {
      const table = catalog?.nodes?.[id] ?? catalog?.sources?.[id] ?? null;
      resources.set(id, { id, type: entry.resource_type, label: labelOf(entry), entry, table });
    }
  const results = NO_RUN.includes(text(runResults?.args?.["which"])) ? [] : (runResults?.results ?? []);
  const parents = linksOf(resources, (entry) => entry.depends_on?.nodes ?? []);
  return {
    name: text(manifest.metadata["project_name"]),
    generatedAt: text(manifest.metadata["generated_at"]) || null,
    hasCatalog: catalog !== null,
    resources,
    docs: Object.values(manifest.docs ?? {}),
    parents,
    children: turned(parents),
    callers: turned(linksOf(resources, (entry) => entry.depends_on?.macros ?? [])),
    runs: new Map(results.map((result) => [result.unique_id, result])),
    freshness: new Map((sources?.results ?? []).map((result) => [result.unique_id, result])),
    routes: new Map(routing.map((route) => [route.node, route])),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function labelOf({ resource_type: type, name, source_name: source, version }: Entry): string {
  if (type === "source") return `${source ?? ""}.${name}`;
  return type === "model" && isGiven(version) ? `${name}.v${String(version)}` : name;
}

/** Each thing's links to others that are there, every one once. */
function linksOf(
  resources: ReadonlyMap<string, Resource>,
  linked: (entry: Entry) => readonly string[],
): Map<string, readonly string[]> {
  return new Map(
    [...resources].map(([id, { entry }]) => [id, [...new Set(linked(entry))].filter((other) => resources.has(other))]),
  );
}

function turned(links: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const [from, others] of links)
    for (const to of others) {
      const known = result.get(to);
      if (known === undefined) result.set(to, [from]);
      else known.push(from);
    }
  return result;
}

/** Whether lists have it: `docs: {show: false}` hides a node, its page stays. */
export function isListed({ type, entry }: Resource): boolean {
  return entry.docs?.show !== false && !(type === "macro" && BUILT_IN.test(entry.package_name));
}

/** The text of a docs block, for a package or the whole project: `__overview__`, `__package_name__`. */
export function overviewText({ docs, name }: Project, packageName: string | null): string | null {
  const blockName = packageName === null ? "__overview__" : `__${packageName}__`;
  const blocks = docs.filter((doc) => doc.name === blockName && doc.package_name !== "dbt");
  return (blocks.find((doc) => doc.package_name === name) ?? blocks.at(-1))?.block_contents ?? null;
}

export function counted(project: Project, packageName: string | null): { type: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const resource of project.resources.values()) {
    if (!isListed(resource) || (packageName !== null && resource.entry.package_name !== packageName)) continue;
    counts.set(resource.type, (counts.get(resource.type) ?? 0) + 1);
  }
  return Object.keys(TYPES).flatMap((type) => {
    const count = counts.get(type) ?? 0;
    return count === 0 ? [] : [{ type, count }];
  });
}

export function byLabel(a: Resource, b: Resource): number {
  return a.label.localeCompare(b.label, "en", { numeric: true });
}

/** Found things in the order of their labels; what is not there is left out. */
export function resourcesOf({ resources }: Project, ids: Iterable<string>): Resource[] {
  return [...ids].flatMap((id) => resources.get(id) ?? []).sort(byLabel);
}

/** Tests of a resource: those that only read it too, as one of relationships does, belong to another. */
export function testsOf(project: Project, id: string): Resource[] {
  return resourcesOf(project, project.children.get(id) ?? []).filter((child) => isTestOf(child, id));
}

export function isTestOf({ type, entry }: Resource, id: string): boolean {
  return type === "unit_test" || (type === "test" && (entry.attached_node ?? id) === id);
}
