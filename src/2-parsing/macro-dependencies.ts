import type { MacroCall, MacroNode } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { MacroEntry, MacroRegistry } from "../context/macro-registry.ts";
import { staticCalls } from "../jinja/static-calls.ts";

/** Works out which macros each macro calls, from its text, as dbt does for the manifest. */
export function resolveMacroDependencies(
  macros: Record<string, MacroNode>,
  registry: MacroRegistry,
  facts: ProjectFacts,
): void {
  for (const macro of Object.values(macros)) {
    const found = new Set<string>();
    for (const call of macro._calls ?? staticCalls(macro.macro_sql, macro.original_file_path)) {
      const entry = resolveCall(call, macro, registry, facts);
      if (entry !== undefined && entry.source.unique_id !== macro.unique_id) found.add(entry.source.unique_id);
    }
    macro.depends_on.macros = [...found];
  }
}

function resolveCall(
  call: MacroCall,
  macro: MacroNode,
  registry: MacroRegistry,
  facts: ProjectFacts,
): MacroEntry | undefined {
  if (call.dispatch !== undefined)
    return resolveDispatch(call.dispatch.macroName, call.dispatch.namespace, macro, registry, facts);
  const dot = call.name.indexOf(".");
  if (dot < 0) return registry.find(call.name, macro.package_name);
  return registry.findInPackage(call.name.slice(0, dot), call.name.slice(dot + 1));
}

function resolveDispatch(
  name: string,
  namespace: string | null,
  macro: MacroNode,
  registry: MacroRegistry,
  facts: ProjectFacts,
): MacroEntry | undefined {
  const configured = namespace === null ? undefined : facts.dispatch[namespace];
  const packages =
    configured ??
    (namespace !== null && facts.dependencies.includes(namespace) ? [facts.projectName, namespace] : [null]);
  for (const packageName of packages) {
    for (const prefix of [...facts.adapterTypes, "default"]) {
      const searched = `${prefix}__${name}`;
      const entry =
        packageName === null
          ? registry.find(searched, macro.package_name)
          : registry.findInPackage(packageName, searched);
      if (entry !== undefined) return entry;
    }
  }
  return undefined;
}
