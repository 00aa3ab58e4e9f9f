import type { NodeSample } from "../../contracts/history.ts";
import type { RunResult } from "../../contracts/run-result.ts";
import { knownRows } from "../../5-planning/rules.ts";
import type { Route } from "./route-project.ts";

/** What the next runs may learn of a result of this one. */
export function samplesOf(route: Route, result: RunResult): NodeSample[] {
  const { plan, fallbacks } = route;
  const { unique_id: id, status } = result;
  if (route.transfers.has(id)) return status === "success" ? [copySample(route, result)] : [];
  const decision = plan.decisions.get(id);
  const node = route.nodes.get(id);
  if (decision === undefined || node === undefined) return [];
  const sample: NodeSample = {
    ...whenAndWhere(route, result),
    engine: decision.engine,
    status: "success",
    input_rows: knownRows(decision.inputs),
    rows: affectedRows(result),
    checksum: node.checksum,
    build: node.build,
  };
  const fallback = fallbacks.get(id);
  // A node whose engine did not answer to begin with was planned for the other one.
  if (fallback === undefined || fallback.from !== decision.engine) return status === "success" ? [sample] : [];
  const isExhausted =
    route.session.sides.get(fallback.from)?.facts.traits.exhaustedCodes.includes(fallback.code) === true;
  return [
    ...(isExhausted ? [{ ...sample, status: "exhausted" as const }] : []),
    ...(status === "success" ? [{ ...sample, engine: fallback.to, status: "taken over" as const }] : []),
  ];
}

function copySample(route: Route, result: RunResult): NodeSample {
  const step = route.placement.transfers.find(({ id }) => id === result.unique_id);
  const relation = step?.relation ?? "";
  const known =
    route.plan.decisions.get(relation)?.estimate.rows ??
    route.sources.find(({ facts }) => facts.unique_id === relation)?.facts.rows ??
    null;
  return {
    ...whenAndWhere(route, result),
    engine: step?.from ?? "",
    status: "success",
    input_rows: known,
    rows: affectedRows(result) ?? known,
    checksum: "",
    build: "full",
  };
}

function whenAndWhere(
  { session, placement }: Route,
  { unique_id: id, execution_time: seconds }: RunResult,
): Pick<NodeSample, "target" | "node" | "at" | "seconds" | "catalog"> {
  return {
    target: session.project.target.name,
    node: id,
    at: session.invocation.startedAt.toISOString(),
    seconds: Math.round(seconds * 1000) / 1000,
    catalog: placement.storage.get(id)?.catalog ?? null,
  };
}

function affectedRows({ adapter_response: response }: RunResult): number | null {
  const { rows_affected: rows } = response;
  return typeof rows === "number" && rows >= 0 ? rows : null;
}
