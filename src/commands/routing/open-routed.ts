import { openExecution, type Execution } from "../execution.ts";
import type { Session } from "../session.ts";
import { routeProject, type Route } from "./route-project.ts";

/** An open target; where it has several engines, with every node's chosen. */
export interface Routed {
  readonly session: Session;
  readonly execution: Execution;
  /** Null: the target has one engine. */
  readonly route: Route | null;
}

/** Opens a target for commands that do not plan a run: each node is at home on its engine. */
export async function openRouted(opened: Session, selected: readonly string[]): Promise<Routed> {
  const route = opened.hybrid === null ? null : await routeProject(opened);
  const session = route?.session ?? opened;
  return { session, route, execution: await openExecution(session, selected, route?.engines, route?.placing) };
}
