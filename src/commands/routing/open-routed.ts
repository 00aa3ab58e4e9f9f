import { openExecution, type Execution } from "../execution.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { isBuilt, readsOf } from "./built-nodes.ts";
import type { Session } from "../session.ts";
import { routeProject, type Route } from "./route-project.ts";

/** An open target; where it has several engines, with every node's chosen. */
export interface Routed {
  readonly session: Session;
  readonly execution: Execution;
  /** Null: the target has one engine. */
  readonly route: Route | null;
}

/** A query of its own runs where it can read what it names, if there is such an engine. */
export function adopt({ session, route }: Routed, { unique_id: id, depends_on }: ManifestNode): void {
  if (route === null) return;
  const { nodes, sources } = session.manifest;
  const isRead = (parent: string): boolean => {
    const node = nodes[parent];
    return sources[parent] !== undefined || (node !== undefined && isBuilt(node));
  };
  const reads = depends_on.nodes.flatMap((parent) => (isRead(parent) ? [parent] : readsOf(session, parent)));
  route.placement.test({ id, reads, home: session.project.target.type });
}

/** Opens a target for commands that do not plan a run: each node is at home on its engine. */
export async function openRouted(opened: Session, selected: readonly string[]): Promise<Routed> {
  const route = opened.hybrid === null ? null : await routeProject(opened, () => false);
  const session = route?.session ?? opened;
  return { session, route, execution: await openExecution(session, selected, route?.engines, route?.placing) };
}
