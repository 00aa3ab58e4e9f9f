import type { ProjectFacts } from "../contracts/project-facts.ts";
import { raise } from "../jinja/values.ts";

/** A macro that a dispatch looks for. */
export interface DispatchCandidate {
  /** Null: the package that calls. */
  readonly packageName: string | null;
  readonly macroName: string;
}

/**
 * Where `adapter.dispatch(…, namespace)` looks: as the project says of that namespace, else in the root project and the
 * package of that name, the built-in ones too. Null: what the calling package sees. A macro of the same name in another
 * package takes no part, be it the caller's.
 */
function dispatchPackages(
  { dispatch, dependencies, internalPackages, projectName }: ProjectFacts,
  namespace: string | null,
): readonly (string | null)[] {
  if (namespace === null) return [null];
  const isPackage = dependencies.includes(namespace) || internalPackages.includes(namespace);
  return dispatch[namespace] ?? (isPackage ? [projectName, namespace] : [null]);
}

/** What `adapter.dispatch(name, namespace)` looks for, in its order. */
export function dispatchCandidates(
  facts: ProjectFacts,
  name: string,
  namespace: string | null,
): readonly DispatchCandidate[] {
  if (name.includes(".")) {
    const [before, after] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)];
    raise(
      "CompilationError",
      `In adapter.dispatch, got a macro name of "${name}", but "." is not a valid macro name component. Did you mean \`adapter.dispatch("${after}", macro_namespace="${before}")\`?`,
    );
  }
  return dispatchPackages(facts, namespace).flatMap((packageName) =>
    [...facts.adapterTypes, "default"].map((prefix) => ({ packageName, macroName: `${prefix}__${name}` })),
  );
}

export function raiseNoCandidate(
  name: string,
  namespace: string | null,
  candidates: readonly DispatchCandidate[],
): never {
  const searched = candidates.map(({ packageName, macroName }) =>
    packageName === null ? `'${macroName}'` : `'${packageName}.${macroName}'`,
  );
  raise(
    "CompilationError",
    `In dispatch: No macro named '${name}' found within namespace: '${namespace ?? "None"}'\n    Searched for: ${searched.join(", ")}`,
  );
}
