import type { Json, JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { isStaticallyRead } from "../jinja/static-read.ts";
import { unrenderedConfig } from "../jinja/unrendered-config.ts";
import { asList, isRecord } from "../shared/objects.ts";
import { layOver, propertiesConfig } from "./apply-properties.ts";
import type { ParseState } from "./parse-state.ts";
import type { PropertyEntry } from "./property-files.ts";
import type { ModelVersion } from "./property-index.ts";

// The unrendered configs of a project that sets `state_modified_compare_more_unrendered_values`. States are compared by
// them, also with those that dbt wrote, so that they have to say what dbt's say.

/** Whether the project asks for it; else an unrendered config holds what files and `config()` came to. */
export function comparesWritten(state: ParseState): boolean {
  return state.env.invocation.flags.state_modified_compare_more_unrendered_values === true;
}

/** What a property file says of a node, as written over what it came to: in dbt's way, where lists stand twice. */
export function writtenProperties(entry: PropertyEntry | undefined, version: ModelVersion | undefined): JsonObject {
  if (entry === undefined) return {};
  const own = version === undefined ? entry.raw : asList(entry.raw["versions"] as Json[])[version.index];
  const rendered = propertiesConfig(entry, version);
  return isRecord(own) && isRecord(own["config"]) ? layOver(rendered, own["config"]) : rendered;
}

/** `config()` as it is written in the file; a call without keywords, or of a model that dbt reads without Jinja, counts as what it came to. */
export function writtenCall(state: ParseState, node: ManifestNode, called: JsonObject): JsonObject {
  if (node.language !== "sql" || Object.keys(called).length === 0) return called;
  if (isReadStatically(state, node)) return called;
  const written = unrenderedConfig(node.raw_code);
  return Object.keys(written).length === 0 ? called : { ...written };
}

/** A project or package with a macro in the place of one of the three functions has its models rendered. */
function isReadStatically(
  { env, project }: ParseState,
  { resource_type, package_name, raw_code }: ManifestNode,
): boolean {
  if (resource_type !== "model" || !env.invocation.flags.static_parser) return false;
  const packages = [package_name, project.root.name];
  const isReplaced = (name: string): boolean =>
    packages.some((owner) => env.registry.findInPackage(owner, name) !== undefined);
  return !["ref", "source", "config"].some(isReplaced) && isStaticallyRead(raw_code);
}
