import type { Manifest } from "../contracts/manifest.ts";
import type { MacroEntry, MacroRegistry } from "../context/macro-registry.ts";

/**
 * Finds macros as dbt does for a generic test that is parsed: those that the given macros call, and what these call, are
 * found by their plain names, whatever packages they are of. Of two of one name it is the one that is reached later.
 */
export function macrosWithin(
  starts: () => Iterable<string>,
  macros: Manifest["macros"],
  registry: MacroRegistry,
): (name: string) => MacroEntry | undefined {
  let reached: Map<string, string> | null = null;
  return (name) => {
    reached ??= new Map([...reachable(starts(), macros)].map((id) => [macros[id]?.name ?? "", id]));
    const macro = macros[reached.get(name) ?? ""];
    return macro === undefined ? undefined : registry.findInPackage(macro.package_name, name);
  };
}

function reachable(ids: Iterable<string>, macros: Manifest["macros"], reached = new Set<string>()): Set<string> {
  for (const id of ids) if (!reached.has(id)) reachable(macros[id]?.depends_on.macros ?? [], macros, reached.add(id));
  return reached;
}
