import { deprecated } from "../contracts/deprecations.ts";
import { diagnostic, type Diagnostic, type Place } from "../contracts/diagnostic.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { asText, isRecord } from "../shared/objects.ts";
import type { ParseState } from "./parse-state.ts";

/** What the whole project does that is deprecated, or refused where a flag of it says so already; in dbt's order. */
export function findDeprecations(state: ParseState): void {
  const { flags } = state.env.invocation;
  const { manifest } = state;
  state.diagnostics.push(
    ...sharedNames(manifest, flags.store_failures, flags["require_unique_project_resource_names"] === true),
    ...olderMetrics(manifest, flags["require_nested_cumulative_type_params"] === true),
    ...(flags["require_yaml_configuration_for_mf_time_spines"] === true ? [] : olderTimeSpine(state)),
    ...(flags["require_resource_names_without_spaces"] === true ? refusedNames(manifest) : spacedNodes(manifest)),
    ...spacedSources(manifest, flags["require_source_and_semantic_model_names_without_spaces"] === true),
  );
}

function placeOf(node: { readonly original_file_path: string; readonly _line?: number }): Place {
  return { file: node.original_file_path, line: node._line ?? null };
}

const REFABLE = ["model", "seed", "snapshot"];

/** One name for a model and a seed of a package: `ref()` cannot tell them apart. Versions have names of their own. */
function sharedNames(manifest: Manifest, storesFailures: boolean, isRefused: boolean): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<string, ManifestNode>();
  for (const node of Object.values(manifest.nodes)) {
    const { resource_type: type, config } = node;
    const isRelational =
      REFABLE.includes(type) || (type === "test" && (config["store_failures"] ?? storesFailures) === true);
    if (!isRelational || (node.version ?? null) !== null) continue;
    const key = `${node.package_name} ${node.name}`;
    const other = seen.get(key);
    seen.set(key, node);
    if (other === undefined) continue;
    const message = `'${node.unique_id}' and '${other.unique_id}' have the same name in one package`;
    const hint = `Rename one of them; the other one is in ${other.original_file_path}.`;
    found.push(
      isRefused
        ? diagnostic("DH1205", `${message}, which require_unique_project_resource_names refuses.`, placeOf(node), hint)
        : deprecated("DuplicateNameDistinctNodeTypesDeprecation", message, placeOf(node), hint),
    );
  }
  return found;
}

/** A metric's `window` and `grain_to_date` where they used to stand; looked at where there is a semantic layer, once. */
function olderMetrics(manifest: Manifest, isRefused: boolean): Diagnostic[] {
  if (!hasSemanticLayer(manifest) || isRefused) return [];
  for (const metric of Object.values(manifest.metrics)) {
    const params = isRecord(metric["type_params"]) ? metric["type_params"] : {};
    const key = ["window", "grain_to_date"].find((name) => Boolean(params[name]));
    if (key === undefined) continue;
    const message = `metric '${metric.name}' has \`${key}\` directly below \`type_params\``;
    const hint = `Move it to \`type_params.cumulative_type_params.${key}\`.`;
    return [deprecated("MFCumulativeTypeParamsDeprecation", message, { file: metric.original_file_path }, hint)];
  }
  return [];
}

function hasSemanticLayer({ metrics, semantic_models }: Manifest): boolean {
  return Object.keys(metrics).length > 0 && Object.keys(semantic_models).length > 0;
}

const OLDER_SPINE = "metricflow_time_spine";

/** A model that is the time spine by its name alone, where none of days is declared. */
function olderTimeSpine({ manifest, project, env }: ParseState): Diagnostic[] {
  if (!hasSemanticLayer(manifest)) return [];
  const root = project.root.name;
  const found = new RefLookup(manifest, root, env.invocation.flags).ref(
    { name: OLDER_SPINE, package: null, version: null },
    root,
  );
  if (found === null || !("node" in found)) return [];
  const spine = manifest.nodes[found.node.unique_id];
  if (spine === undefined || isRecord(spine.time_spine)) return [];
  if (Object.values(manifest.nodes).some(isDailySpine)) return [];
  const message = `the model '${OLDER_SPINE}' is the time spine by its name alone`;
  const hint = "Give it `time_spine: {standard_granularity_column: date_day}`, and that column `granularity: day`.";
  return [deprecated("MFTimespineWithoutYamlConfigurationDeprecation", message, placeOf(spine), hint)];
}

function isDailySpine(node: ManifestNode): boolean {
  if (!isRecord(node.time_spine)) return false;
  const column = node.columns[asText(node.time_spine["standard_granularity_column"])];
  return column?.["granularity"] === "day";
}

function refusedNames(manifest: Manifest): Diagnostic[] {
  return Object.values(manifest.nodes)
    .filter((node) => node.name.includes(" "))
    .map((node) =>
      diagnostic("DH1208", `Resource names cannot contain spaces: '${node.unique_id}'`, placeOf(node), "Rename it."),
    );
}

function spacedNodes(manifest: Manifest): Diagnostic[] {
  return spaced(Object.values(manifest.nodes).filter((node) => node.name.includes(" ")));
}

/** Sources by their own name, which their tables share. */
function spacedSources({ sources, semantic_models }: Manifest, isRefused: boolean): Diagnostic[] {
  const named = new Map<string, { unique_id: string; original_file_path: string; _line?: number }>();
  for (const source of Object.values(sources)) {
    const id = `source.${source.package_name}.${source.source_name}`;
    if (source.source_name.includes(" ") && !named.has(source.source_name))
      named.set(source.source_name, { ...source, unique_id: id });
  }
  const all = [...named.values(), ...Object.values(semantic_models).filter(({ name }) => name.includes(" "))];
  if (!isRefused) return spaced(all);
  return all.map((one) =>
    diagnostic("DH1208", `Resource names cannot contain spaces: '${one.unique_id}'`, placeOf(one), "Rename it."),
  );
}

/** dbt counts all of them as one. */
function spaced(
  named: readonly { readonly unique_id: string; readonly original_file_path: string; readonly _line?: number }[],
): Diagnostic[] {
  const [first] = named;
  if (first === undefined) return [];
  const all = named.map(({ unique_id: id }) => `'${id}'`).join(", ");
  const message = `${String(named.length)} name${named.length === 1 ? " has" : "s have"} blanks: ${all}`;
  return [deprecated("ResourceNamesWithSpacesDeprecation", message, placeOf(first), "Rename them.")];
}
