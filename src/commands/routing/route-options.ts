import type { JobError } from "../../contracts/bridge.ts";
import type { RunNodesOptions } from "../../6-execution/run-nodes.ts";
import type { Execution } from "../execution.ts";
import type { Copies } from "./copies.ts";
import { fallBack } from "./fall-back.ts";
import { routeNote, tellOthers } from "./record-run.ts";
import type { Route } from "./route-project.ts";

export type RouteOptions = Pick<RunNodesOptions, "noteOf" | "built" | "isNeeded" | "copyAgain" | "fallBack">;

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
    copyAgain: (id, error) => copyAgain(route, execution, id, error),
    fallBack: (id, error) => fallBack(route, execution, id, error),
  };
}

/** Another run has made the copy while this one did: it is there now, to be replaced as a whole. */
function copyAgain({ transfers }: Route, execution: Execution, id: string, { engine, message }: JobError): boolean {
  const copy = transfers.get(id);
  const { side, cache } = execution.of(id);
  const isRace = side.facts.traits.conflictCodes.includes(engine?.code ?? "") || /already\s?exists/i.test(message);
  if (copy === undefined || engine === null || !isRace) return false;
  cache.forget(copy.database ?? "", copy.schema);
  return true;
}

function reused({ session, transfers }: Route, id: string): void {
  const relation = transfers.get(id)?._transfer?.relation ?? id;
  const message = `The copy of ${relation} is taken as it is: its rows have not changed since it was made`;
  session.invocation.emit({ kind: "log", level: "info", message });
}
