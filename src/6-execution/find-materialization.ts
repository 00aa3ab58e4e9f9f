import { deprecated } from "../contracts/deprecations.ts";
import type { WorkerContext } from "../4-compilation/worker-context.ts";
import { warnDeprecated } from "../context/exceptions.ts";
import type { MacroEntry } from "../context/macro-registry.ts";

/**
 * The macro of a materialization. A package's own goes before the built-in one only where the project still lets it
 * (`require_explicit_package_overrides_for_builtin_materializations: false`), which is deprecated.
 */
export function findMaterialization(worker: WorkerContext, name: string): MacroEntry | undefined {
  const { registry, setup, invocation } = worker;
  const { adapterTypes } = setup.facts;
  const packagesReplace = invocation.flags["require_explicit_package_overrides_for_builtin_materializations"] === false;
  const found = registry.findMaterialization(name, adapterTypes, packagesReplace);
  if (!packagesReplace || found === undefined) return found;
  const { package_name: owner, original_file_path: file, _line: line, _column: column } = found.source;
  const isOfPackage = owner !== registry.rootPackage && !registry.isInternal(owner);
  if (isOfPackage && registry.findMaterialization(name, adapterTypes) !== found) {
    const message = `the package '${owner}' replaces the built-in materialization '${name}'`;
    const hint = "Call the package's from a materialization of that name in the project's own macros.";
    warnDeprecated(invocation)(
      deprecated("PackageMaterializationOverrideDeprecation", message, { file, line, column }, hint),
    );
  }
  return found;
}
