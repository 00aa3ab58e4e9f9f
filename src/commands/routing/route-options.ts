import type { RunNodesOptions } from "../../6-execution/run-nodes.ts";
import type { Execution } from "../execution.ts";
import type { Copies } from "./copies.ts";
import { fallBack } from "./fall-back.ts";
import { routeNote, tellOthers } from "./record-run.ts";
import type { Route } from "./route-project.ts";

export type RouteOptions = Pick<RunNodesOptions, "noteOf" | "built" | "isNeeded" | "fallBack">;

/** What running nodes has to ask where there are several engines. */
export function routeOptions(route: Route, execution: Execution, copies: Copies): RouteOptions {
  return {
    noteOf: (id) => routeNote(route, id),
    built: async (id) => {
      await tellOthers(route, execution, id);
      if (route.transfers.has(id)) await copies.made(id);
    },
    isNeeded: async (id) => {
      if (!route.transfers.has(id)) return true;
      if (!route.placement.transfers.some((transfer) => transfer.id === id)) return false;
      const isCurrent = await copies.isCurrent(id);
      if (isCurrent) reused(route, id);
      return !isCurrent;
    },
    fallBack: (id, error) => fallBack(route, execution, id, error),
  };
}

function reused({ session, transfers }: Route, id: string): void {
  const relation = transfers.get(id)?._transfer?.relation ?? id;
  const message = `The copy of ${relation} is taken as it is: its rows have not changed since it was made`;
  session.invocation.emit({ kind: "log", level: "info", message });
}
