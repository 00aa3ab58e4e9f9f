import type { ProjectFacts } from "../contracts/project-facts.ts";

/**
 * Where `adapter.dispatch(…, namespace)` looks: as the project says of that namespace, else in the root project and the
 * package of that name, the built-in ones too. Null: what the calling package sees. A macro of the same name in another
 * package takes no part, be it the caller's.
 */
export function dispatchPackages(
  { dispatch, dependencies, internalPackages, projectName }: ProjectFacts,
  namespace: string | null,
): readonly (string | null)[] {
  if (namespace === null) return [null];
  const isPackage = dependencies.includes(namespace) || internalPackages.includes(namespace);
  return dispatch[namespace] ?? (isPackage ? [projectName, namespace] : [null]);
}
