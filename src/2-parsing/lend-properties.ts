import { diagnostic } from "../contracts/diagnostic.ts";
import type { ManifestNode, ResourceType } from "../contracts/manifest.ts";
import { isRecord } from "../shared/objects.ts";
import type { ParseState } from "./parse-state.ts";
import type { PropertyEntry, PropertyKey } from "./property-files.ts";

const TYPES: Partial<Record<PropertyKey, ResourceType>> = { models: "model", seeds: "seed", snapshots: "snapshot" };

/**
 * A package may describe what another package has: an entry without a resource of its own package goes to the one of its
 * name elsewhere. Packages rely on it for seeds and models that a project replaces. Which resources there are, and which
 * of them are switched off, is known only after all files were read; those that get an entry are read again.
 */
export function lendProperties(state: ParseState, readAgain: (node: ManifestNode) => void): void {
  const byName = new Map<string, ManifestNode>();
  for (const node of Object.values(state.manifest.nodes)) {
    const key = `${node.resource_type}.${node.name}`;
    if (!byName.has(key)) byName.set(key, node);
  }
  for (const entry of state.properties.ofKey("models", "seeds", "snapshots")) {
    const type = TYPES[entry.key];
    if (type === undefined || staysHome(state, entry, type)) continue;
    const borrower = byName.get(`${type}.${entry.name}`);
    if (borrower === undefined || !state.properties.lend(entry, borrower.package_name)) continue;
    const switchedOff = state.manifest.disabled[`${type}.${entry.file.packageName}.${entry.name}`] ?? [];
    for (const node of [borrower, ...(switchedOff as ManifestNode[])]) readAgain(node);
  }
}

/** A property file cannot say which of several files of one name it switches on, where each is switched off. */
export function checkSwitchedOn({ properties, manifest, diagnostics }: ParseState): void {
  for (const entry of properties.ofKey("models", "seeds", "snapshots")) {
    const type = TYPES[entry.key];
    const config = entry.data["config"];
    if (type === undefined || !isRecord(config) || config["enabled"] !== true) continue;
    const id = `${type}.${entry.file.packageName}.${entry.name}`;
    const switchedOff = manifest.disabled[id] ?? [];
    if (manifest.nodes[id] !== undefined || switchedOff.length < 2) continue;
    const message = `Found ${String(switchedOff.length)} matching disabled nodes for ${type} '${entry.name}'. Multiple nodes for the same unique id cannot be enabled in the schema file.`;
    const hint = "Enable one of them in `dbt_project.yml` or in its file.";
    diagnostics.push(diagnostic("DH1215", message, entry.placeOf(["config"]), hint));
  }
}

function staysHome(state: ParseState, { data, file, name }: PropertyEntry, type: ResourceType): boolean {
  const id = `${type}.${file.packageName}.${name}`;
  if (data["versions"] !== undefined || data["relation"] !== undefined) return true;
  if (state.manifest.nodes[id] !== undefined || state.broken.has(name)) return true;
  // Its own resource is switched off by the entry itself.
  return state.manifest.disabled[id] !== undefined && isRecord(data["config"]) && data["config"]["enabled"] === false;
}
