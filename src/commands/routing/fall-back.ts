import type { JobError } from "../../contracts/bridge.ts";
import type { Decision } from "../../contracts/routing.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { pinOf } from "../../5-planning/rules.ts";
import { asText } from "../../shared/objects.ts";
import type { Takeover } from "../../6-execution/run-nodes.ts";
import type { Execution } from "../execution.ts";
import { createMissingSchemas } from "../schemas.ts";
import { namesOf, readsOf } from "./built-nodes.ts";
import type { Route } from "./route-project.ts";
import { homeOf, settingsOf } from "./node-settings.ts";
import { NOT_TRANSLATED, writtenFor } from "./translation.ts";
import { placedNode, transferNode } from "./weave.ts";

/**
 * The node as another engine would run it, after its own one could not: it is out of reach or memory, or lacks a feature.
 * Null: this failure is no reason, a pin or `fallback: false` forbids it, or no other engine can do it. The route is changed
 * with it: what reads the node finds it where it is then.
 */
export async function fallBack(
  route: Route,
  execution: Execution,
  id: string,
  error: JobError,
): Promise<Takeover | null> {
  const takeover = takeOver(route, id, error) ?? bringHome(route, id, error);
  if (takeover !== null) await createMissingSchemas(execution, [...takeover.copies, takeover.node]);
  return takeover;
}

function takeOver(route: Route, id: string, { engine: failure, message }: JobError): Takeover | null {
  const { session, plan, placement, measures } = route;
  const decision = plan.decisions.get(id);
  const node = session.manifest.nodes[id];
  if (decision === undefined || node === undefined || failure === null || route.fallbacks.has(id)) return null;
  if (pinOf(node.config) !== null || !settingsOf(session, node).fallback) return null;
  const other = decision.alternatives.find(({ engine, possible }) => possible && !measures.silent.has(engine));
  if (other === undefined || !isReason(route, node, decision, failure.code, other.engine)) return null;
  const side = session.sides.get(other.engine);
  const own = side?.manifest.nodes[id];
  if (side === undefined || own === undefined) return null;
  const steps = placement.takeOver({
    id,
    engine: other.engine,
    materialized: asText(node.config["materialized"]),
    names: namesOf(session, id),
    reads: readsOf(session, id),
  });
  if (steps === null) return null;
  const taken = writtenFor(session, placedNode(own, side, placement), other.engine);
  for (const manifest of route.manifests) manifest.nodes[id] = taken;
  route.fallbacks.set(id, { from: decision.engine, code: failure.code, message, to: other.engine });
  return {
    node: taken,
    copies: steps.map((step) => transferNode(session, step, session.manifest)),
    notice: noticeText(node, decision.engine, other.engine, failure.code, message),
  };
}

/** A test that its engine does not understand, as the engine runs it whose SQL it is. */
function bringHome(route: Route, id: string, { engine: failure, message }: JobError): Takeover | null {
  const { session, placement, plan } = route;
  const engine = placement.testEngines.get(id);
  const node = session.manifest.nodes[id];
  if (engine === undefined || node === undefined || failure === null || plan.decisions.has(id)) return null;
  const home = homeOf(session, node.config);
  const side = session.sides.get(home);
  const own = side?.manifest.nodes[id];
  const isRejected = session.sides.get(engine)?.facts.traits.rejectionCodes.includes(failure.code) === true;
  if (!isRejected || home === engine || own === undefined || !settingsOf(session, node).fallback) return null;
  const steps = placement.read(id, home, readsOf(session, id));
  for (const manifest of route.manifests) manifest.nodes[id] = own;
  return {
    node: own,
    copies: steps.map((step) => transferNode(session, step, session.manifest)),
    notice: noticeText(node, engine, home, failure.code, message),
  };
}

function noticeText(node: ManifestNode, from: string, to: string, code: string, message: string): string {
  return `${node.name} falls back from ${from} to ${to} (${code})${hookText(node)}: ${message.split("\n")[0] ?? ""}`;
}

/**
 * An engine out of reach, of memory or without a feature is a reason; so is a text that the engine does not understand, where
 * the other one is the one that it is written for. To another language only what means the same there.
 */
function isReason({ session }: Route, node: ManifestNode, decision: Decision, code: string, other: string): boolean {
  const traits = session.sides.get(decision.engine)?.facts.traits;
  const isHome = other === homeOf(session, node.config);
  if (traits === undefined) return false;
  if ([...traits.fallbackCodes, ...traits.exhaustedCodes].includes(code))
    return isHome || decision.hazards.length === 0;
  return isHome && (code === NOT_TRANSLATED || traits.rejectionCodes.includes(code));
}

/** Hooks that ran before the failure run again: nobody should have to find that out. */
function hookText({ config }: ManifestNode): string {
  const hooks = config["pre-hook"];
  return Array.isArray(hooks) && hooks.length > 0 ? "; its pre-hooks run again there" : "";
}
