import type { Project } from "./project.ts";
import { select } from "./select.ts";

export interface Lineage {
  readonly ids: readonly string[];
  readonly edges: readonly (readonly [string, string])[];
  /** How many more the selection has than are drawn. */
  readonly leftOut: number;
}

/** More nodes than these nobody can look at, and the browser would have to draw them. */
export const MOST_DRAWN = 250;
const TESTS = new Set(["test", "unit_test"]);

/** The chosen nodes with the edges between them; of too many the nearest to the first. */
export function lineageOf(
  project: Project,
  { include, exclude, withTests }: { include: string; exclude: string; withTests: boolean },
): Lineage {
  const without = exclude.trim() === "" ? new Set<string>() : select(project, exclude);
  const wanted = include.trim() === "" ? "*" : include;
  const chosen = [...select(project, wanted)].filter((id) => {
    const resource = project.resources.get(id);
    if (resource === undefined || without.has(id) || resource.entry.docs?.show === false) return false;
    return withTests || !TESTS.has(resource.type);
  });
  const ids = chosen.slice(0, MOST_DRAWN);
  const drawn = new Set(ids);
  const edges = ids.flatMap((id) =>
    (project.parents.get(id) ?? []).filter((parent) => drawn.has(parent)).map((parent) => [parent, id] as const),
  );
  return { ids, edges, leftOut: chosen.length - ids.length };
}
