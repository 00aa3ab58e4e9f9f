import type { JobError } from "../../contracts/bridge.ts";
import type { Json } from "../../contracts/json.ts";
import type { Decision } from "../../contracts/routing.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { pinOf } from "../../5-planning/rules.ts";
import { asList, asText } from "../../shared/objects.ts";
import type { Takeover } from "../../6-execution/run-nodes.ts";
import type { Execution } from "../execution.ts";
import { createMissingSchemas } from "../schemas.ts";
import { namesOf, readsOf } from "./built-nodes.ts";
import type { Route } from "./route-project.ts";
import { dialectOf, homeOf, settingsOf, type EngineChoice } from "./node-settings.ts";
import { isUntranslated, writtenFor } from "./translation.ts";
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
  if (other === undefined || !isReason(route, node, decision, failure.code, message, other.engine)) return null;
  const side = session.sides.get(other.engine);
  const own = side?.manifest.nodes[id];
  if (side === undefined || own === undefined) return null;
  const takes = { id, engine: other.engine, names: namesOf(session, id), reads: readsOf(session, id) };
  const materialized = asText(node.config["materialized"]);
  // A view that others read is a table from now on, where they can read it.
  const kinds = materialized === "view" ? ["view", "table"] : [materialized];
  const kind = kinds.find((one) => placement.canTakeOver({ ...takes, materialized: one }));
  if (kind === undefined) return null;
  const steps = placement.takeOver({ ...takes, materialized: kind });
  const placed = placedNode({ ...own, config: { ...own.config, materialized: kind } }, side, placement);
  const isNative = isForeign(session, node, decision.engine, failure.code);
  const taken = isNative ? placed : writtenFor(session, placed, other.engine);
  for (const manifest of route.manifests) manifest.nodes[id] = taken;
  route.fallbacks.set(id, { from: decision.engine, code: failure.code, message, to: other.engine });
  return {
    node: taken,
    copies: steps.map((step) => transferNode(session, step, session.manifest)),
    notice: noticeText(node, decision.engine, other.engine, failure.code, message),
  };
}

/**
 * Is a text not of the language that it was taken to be written in? What its config says of itself is not doubted. Then it is
 * the other engine's, and nothing in it can mean something else there.
 */
function isForeign({ sides, hybrid }: EngineChoice, { config }: ManifestNode, engine: string, code: string): boolean {
  const isGuess = dialectOf(config) === null && homeOf({ sides, hybrid }, config) === engine;
  return isGuess && sides.get(engine)?.facts.traits.foreignCodes.includes(code) === true;
}

/** A test that its engine does not understand, as the engine runs it whose SQL it is. */
function bringHome(route: Route, id: string, { engine: failure, message }: JobError): Takeover | null {
  const { session, placement, plan } = route;
  const engine = placement.testEngines.get(id);
  const node = session.manifest.nodes[id];
  if (engine === undefined || node === undefined || failure === null || plan.decisions.has(id)) return null;
  const home = homeOf(session, node.config);
  const others = [...session.sides.keys()].filter((name) => name !== engine);
  const { rejectionCodes = [] } = session.sides.get(engine)?.facts.traits ?? {};
  const isRejected = isUntranslated(failure.code, message) || rejectionCodes.includes(failure.code);
  const to = isForeign(session, node, engine, failure.code) ? others[0] : isRejected ? home : undefined;
  const own = session.sides.get(to ?? "")?.manifest.nodes[id];
  if (to === undefined || to === engine || own === undefined || !settingsOf(session, node).fallback) return null;
  const steps = placement.read(id, to, readsOf(session, id));
  for (const manifest of route.manifests) manifest.nodes[id] = own;
  return {
    node: own,
    copies: steps.map((step) => transferNode(session, step, session.manifest)),
    notice: noticeText(node, engine, to, failure.code, message),
  };
}

function noticeText(node: ManifestNode, from: string, to: string, code: string, message: string): string {
  return `${node.name} falls back from ${from} to ${to} (${code})${hookText(node)}: ${message.split("\n")[0] ?? ""}`;
}

/**
 * An engine out of reach, of memory or without a feature is a reason; so is a text that the engine does not understand, where
 * the other one is the one that it is written for (also a translation that met values that it is not good for), or the
 * engine that it was taken to be written for does not know its language. To another language only what means the same there.
 */
function isReason(
  { session }: Route,
  node: ManifestNode,
  decision: Decision,
  code: string,
  message: string,
  other: string,
): boolean {
  const traits = session.sides.get(decision.engine)?.facts.traits;
  const isHome = other === homeOf(session, node.config);
  if (traits === undefined) return false;
  if (isForeign(session, node, decision.engine, code)) return true;
  if ([...traits.fallbackCodes, ...traits.exhaustedCodes].includes(code))
    return isHome || decision.hazards.length === 0;
  return isHome && (isUntranslated(code, message) || traits.rejectionCodes.includes(code));
}

/** Hooks that ran before the failure run again: nobody should have to find that out. */
function hookText({ config }: ManifestNode): string {
  const [before, after] = ["pre-hook", "post-hook"].map((key) => asList(config[key] as Json[]).length);
  if ((after ?? 0) > 1) return "; those of its hooks that have run run again there";
  return (before ?? 0) > 0 ? "; its pre-hooks run again there" : "";
}
