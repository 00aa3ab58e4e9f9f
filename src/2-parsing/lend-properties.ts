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

function staysHome(state: ParseState, { data, file, name }: PropertyEntry, type: ResourceType): boolean {
  const id = `${type}.${file.packageName}.${name}`;
  if (data["versions"] !== undefined || data["relation"] !== undefined) return true;
  if (state.manifest.nodes[id] !== undefined || state.broken.has(name)) return true;
  // Its own resource is switched off by the entry itself.
  return state.manifest.disabled[id] !== undefined && isRecord(data["config"]) && data["config"]["enabled"] === false;
}
