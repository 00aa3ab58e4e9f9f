import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { MacroCall, MacroNode } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { dispatchCandidates, raiseNoCandidate } from "../context/dispatch-packages.ts";
import type { MacroEntry, MacroRegistry } from "../context/macro-registry.ts";
import { staticCalls } from "../jinja/static-calls.ts";
import { JinjaError } from "../jinja/values.ts";
import type { OtherReading } from "./borrow-reading.ts";
import { jinjaDiagnostic } from "./parse-state.ts";

/**
 * Works out which macros each macro calls, from its text, as dbt does for the manifest. Gives DH1201 for each macro
 * whose text cannot be read, and for each dispatch that finds nothing: dbt refuses it also where nobody calls it.
 */
export function resolveMacroDependencies(
  macros: Record<string, MacroNode>,
  registry: MacroRegistry,
  facts: ProjectFacts,
  elsewhere: OtherReading | null = null,
): Diagnostic[] {
  const lookups = { registry, facts, anywhere: macrosByName(macros, registry) };
  const diagnostics: Diagnostic[] = [];
  for (const macro of Object.values(macros)) {
    const found = new Set<string>();
    for (const call of macro._calls ?? callsOf(macro, diagnostics)) {
      // What this engine has no macro for, another one of the target may have.
      const said = call.dispatch === undefined || elsewhere === null ? diagnostics : [];
      const entries = orDiagnostic(macro, call, said, () => resolveCalls(call, macro, lookups));
      for (const entry of entries ?? []) found.add(entry.source.unique_id);
    }
    macro.depends_on.macros = [...found];
  }
  return diagnostics;
}

/** A dispatch calls what it finds, and the macro of its own name where it is not that macro that dispatches. */
function resolveCalls(call: MacroCall, macro: MacroNode, lookups: Lookups): MacroEntry[] {
  const calls = call.dispatch === undefined ? [call] : [{ name: call.dispatch.macroName }, call];
  return calls.flatMap((one) => (one.name === macro.name ? [] : (resolveCall(one, macro, lookups) ?? [])));
}

/** Macros compile at their first call: one that nobody called may hold a mistake that shows only here. */
function callsOf(macro: MacroNode, diagnostics: Diagnostic[]): readonly MacroCall[] {
  const read = (): readonly MacroCall[] => staticCalls(macro.macro_sql, macro.original_file_path);
  return orDiagnostic(macro, null, diagnostics, read) ?? [];
}

function orDiagnostic<Answer>(
  macro: MacroNode,
  call: MacroCall | null,
  diagnostics: Diagnostic[],
  work: () => Answer,
): Answer | undefined {
  const file = macro.original_file_path;
  try {
    return work();
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error;
    const found = jinjaDiagnostic(error, `macro ${macro.name}`, file);
    const line = found.line ?? call?.line ?? null;
    const column = found.column ?? call?.column ?? null;
    // Counted from where the macro begins in its file.
    const place = {
      file,
      line: line === null ? null : line + macro._line - 1,
      column: line === 1 && column !== null ? column + macro._column - 1 : column,
    };
    diagnostics.push(diagnostic("DH1201", found.message, place));
    return undefined;
  }
}

/** Any macro of a name: the project's own before those of its packages, built-in ones last. */
function macrosByName(macros: Record<string, MacroNode>, registry: MacroRegistry): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const of = (belongs: (packageName: string) => boolean): void => {
    for (const macro of Object.values(macros))
      if (belongs(macro.package_name)) names.set(macro.name, macro.package_name);
  };
  for (const name of [...registry.internalPackages].reverse()) of((packageName) => packageName === name);
  of((packageName) => !registry.isInternal(packageName) && packageName !== registry.rootPackage);
  of((packageName) => packageName === registry.rootPackage);
  return names;
}

interface Lookups {
  readonly registry: MacroRegistry;
  readonly facts: ProjectFacts;
  /** The package of the macro that a name means where nothing says which. */
  readonly anywhere: ReadonlyMap<string, string>;
}

/** Also where a macro of the project replaces them. */
const NO_MACROS = new Set(["source", "ref", "config"]);

/** What stands before a dot may also be a variable: dbt then takes any macro of that name, as for a name alone. */
function resolveCall(call: MacroCall, macro: MacroNode, lookups: Lookups): MacroEntry | undefined {
  const { registry, anywhere } = lookups;
  if (call.dispatch !== undefined) return resolveDispatch(call.dispatch, lookups);
  if (NO_MACROS.has(call.name)) return undefined;
  const dot = call.name.indexOf(".");
  const packageName = dot < 0 ? macro.package_name : call.name.slice(0, dot);
  const name = call.name.slice(dot + 1);
  if (packageName === "adapter") return undefined;
  const own = registry.findInPackage(packageName, name);
  const elsewhere = anywhere.get(name);
  return own ?? (elsewhere === undefined ? undefined : registry.findInPackage(elsewhere, name));
}

function resolveDispatch(
  { macroName: name, namespace }: NonNullable<MacroCall["dispatch"]>,
  { registry, facts, anywhere }: Lookups,
): MacroEntry {
  const candidates = dispatchCandidates(facts, name, namespace);
  for (const { packageName, macroName } of candidates) {
    const owner = packageName ?? anywhere.get(macroName);
    const entry = owner === undefined ? undefined : registry.findInPackage(owner, macroName);
    if (entry !== undefined) return entry;
  }
  raiseNoCandidate(name, namespace, candidates);
}
