import type { RunNodesOptions } from "../../6-execution/run-nodes.ts";
import type { Execution } from "../execution.ts";
import { fallBack } from "./fall-back.ts";
import { routeNote, tellOthers } from "./record-run.ts";
import type { Route } from "./route-project.ts";

type RouteOptions = Pick<RunNodesOptions, "noteOf" | "built" | "isNeeded" | "fallBack">;

/** What running nodes has to ask where there are several engines. */
export function routeOptions(route: Route, execution: Execution): RouteOptions {
  return {
    noteOf: (id) => routeNote(route, id),
    built: (id) => tellOthers(route, execution, id),
    isNeeded: (id) => !route.transfers.has(id) || route.placement.transfers.some((transfer) => transfer.id === id),
    fallBack: (id, error) => fallBack(route, execution, id, error),
  };
}
