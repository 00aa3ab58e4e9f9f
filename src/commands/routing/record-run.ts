import { join } from "node:path";
import type { RunResult } from "../../contracts/run-result.ts";
import { appendRoutingLog, type RoutedRun } from "../../7-artifacts/routing-log.ts";
import { appendHistory } from "../../registry/run-history.ts";
import { projectRoot } from "../session.ts";
import type { Copies } from "./copies.ts";
import { isCopy } from "./plan-steps.ts";
import { samplesOf } from "./run-samples.ts";
import type { Execution } from "../execution.ts";
import type { Route } from "./route-project.ts";

export function routingLogPath(targetFolder: string): string {
  return join(targetFolder, "routing_log.jsonl");
}

/** What a node's lines say of where it runs: ` on trino (rows)`. */
export function routeNote({ plan, placing, fallbacks }: Route, id: string): string {
  const decision = plan.decisions.get(id);
  const taker = fallbacks.get(id)?.to;
  if (decision !== undefined && taker !== undefined && taker !== decision.engine) return ` on ${taker} (fallback)`;
  if (decision !== undefined) return ` on ${decision.engine} (${decision.rule})`;
  const engine = placing.engineOf(id);
  return engine === null || isCopy(id) ? "" : ` on ${engine}`;
}

/** Puts engine and rule into the nodes' responses, and a line a node into the routing log. */
export function recordRun(route: Route, results: readonly RunResult[]): void {
  const { session, plan } = route;
  const { invocation } = session;
  const runs: RoutedRun[] = [];
  for (const result of results) {
    const decision = plan.decisions.get(result.unique_id);
    if (decision === undefined || result.status === "skipped") continue;
    const fallback = route.fallbacks.get(result.unique_id) ?? null;
    const engine = fallback?.to ?? decision.engine;
    const { rule } = decision;
    result.adapter_response = { _message: result.message ?? "", ...result.adapter_response, engine, rule };
    const { query_id: queryId, rows_affected: affected } = result.adapter_response;
    runs.push({
      ...decision,
      engine,
      run_id: invocation.id,
      invoked_at: invocation.startedAt.toISOString(),
      status: result.status,
      duration_ms: Math.round(result.execution_time * 1000),
      queue_ms: null,
      rows: typeof affected === "number" && affected >= 0 ? affected : null,
      bytes: null,
      query_id: queryId ?? null,
      fallback: fallback === null ? null : { from: fallback.from, code: fallback.code, message: fallback.message },
    });
  }
  if (!invocation.flags.write_json) return;
  appendRoutingLog(routingLogPath(session.targetFolder), runs, invocation);
  appendHistory(
    projectRoot(invocation),
    results.flatMap((result) => samplesOf(route, result)),
  );
}

/** The end of a run: how many nodes ran where, and what moving rows took. */
export function reportRoute(route: Route, results: readonly RunResult[], { reused }: Copies): void {
  const { emit } = route.session.invocation;
  const ran = results.filter((result) => result.status !== "skipped");
  const counts = new Map([...route.session.sides.keys()].map((engine) => [engine, 0]));
  for (const { unique_id: id } of ran) {
    const engine = route.fallbacks.get(id)?.to ?? route.plan.decisions.get(id)?.engine;
    if (engine !== undefined) counts.set(engine, (counts.get(engine) ?? 0) + 1);
  }
  const moved = ran.filter((result) => route.transfers.has(result.unique_id));
  const seconds = moved.reduce((sum, result) => sum + result.execution_time, 0);
  const parts = [...counts].map(([engine, count]) => `${String(count)} on ${engine}`);
  parts.push(
    `${String(moved.length)} ${moved.length === 1 ? "transfer" : "transfers"}${moved.length === 0 ? "" : ` (${seconds.toFixed(1)}s)`}`,
  );
  if (reused.size > 0) parts.push(`${String(reused.size)} reused`);
  emit({ kind: "log", level: "info", message: `Routing: ${parts.join(", ")}` });
  const advice = adaptiveText(route, ran);
  if (advice !== null) emit({ kind: "log", level: "info", message: advice });
}

/** What the policy `adaptive` gained, or would have. */
function adaptiveText({ plan }: Route, ran: readonly RunResult[]): string | null {
  const gains = ran.flatMap(({ unique_id: id }) => plan.decisions.get(id)?.overruled?.expected_gain_s ?? []);
  const missed = ran.flatMap(({ unique_id: id }) => plan.unheeded.get(id)?.expectedGain ?? []);
  const text = (seconds: readonly number[]): string =>
    `about ${seconds.reduce((sum, one) => sum + one, 0).toFixed(1)}s (${String(seconds.length)} ${seconds.length === 1 ? "node" : "nodes"} on another engine)`;
  if (gains.length > 0) return `Policy adaptive: saved ${text(gains)}`;
  return missed.length > 0 ? `Policy adaptive would have saved ${text(missed)}` : null;
}

/** Tables of a shared catalog are news to the engines that did not write them. */
export async function tellOthers({ placement }: Route, { runs }: Execution, id: string): Promise<void> {
  const storage = placement.storage.get(id.replace(/^move\./, ""));
  // A view in a catalog is seen by the engine that made it only.
  if (storage === undefined || storage.catalog === null || storage.isView) return;
  for (const [engine, { cache, side }] of runs) {
    if (engine === storage.engine && !isCopy(id)) continue;
    const entry = side.project.target.catalogs.find(({ name }) => name === storage.catalog);
    const { schema, identifier } = storage.place;
    if (entry !== undefined) await cache.heard({ database: entry.database, schema, identifier, type: "table" });
  }
}
