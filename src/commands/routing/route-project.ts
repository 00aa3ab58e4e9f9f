import type { EngineSession } from "../../contracts/engine.ts";
import type { Manifest, ManifestNode } from "../../contracts/manifest.ts";
import type { NodeSample } from "../../contracts/history.ts";
import type { Invocation } from "../../contracts/invocation.ts";
import { ROUTER_DEFAULTS, type Fallback, type LivesOn } from "../../contracts/routing.ts";
import { Advisor } from "../../5-planning/adapt.ts";
import { CostModel } from "../../5-planning/cost-model.ts";
import { planEngines, type EnginePlan } from "../../5-planning/plan-engines.ts";
import type { BuiltNode } from "../../5-planning/planned-node.ts";
import {
  placeNodes,
  type PlacedNode,
  type PlacedTest,
  type Placement,
  type Standing,
} from "../../5-planning/place-nodes.ts";
import { planMoves, type MoveStep } from "../../5-planning/plan-moves.ts";
import { pinOf } from "../../5-planning/rules.ts";
import type { Placing } from "../execution.ts";
import { openEngines } from "../execution.ts";
import { readHistory } from "../../registry/run-history.ts";
import { projectRoot, type EngineSide, type Session } from "../session.ts";
import { builtNodes, isCatalog, namesOf } from "./built-nodes.ts";
import { copyMark } from "./copy-mark.ts";
import { draftFacts } from "./draft-facts.ts";
import { measureAll, measureDeferred, type Measures } from "./measure.ts";
import { standingNodes } from "./standing.ts";
import { functionHome } from "./placed-functions.ts";
import { knownSource, type KnownSource } from "./source-facts.ts";
import { testsOf } from "./placed-tests.ts";
import { moveNode, transferNode, weaveManifest } from "./weave.ts";

/** A project with every node's engine chosen. */
export interface Route {
  /** The project as it will run: every node under the name and config of its engine. */
  readonly session: Session;
  readonly plan: EnginePlan;
  readonly placement: Placement;
  readonly placing: Placing;
  /** The copies that have to be made, by id. */
  readonly transfers: ReadonlyMap<string, ManifestNode>;
  /** Text and kind of build of what is built, by id. */
  readonly nodes: ReadonlyMap<string, Pick<BuiltNode, "checksum" | "build">>;
  /** What takes a node's rows along to where it is stored now, by the node's id. */
  readonly moves: ReadonlyMap<string, ManifestNode>;
  /** Nodes that run elsewhere because their engine could not, or does not answer. */
  readonly fallbacks: Map<string, Fallback>;
  /** What the engines' templates see of the project. */
  readonly manifests: readonly Manifest[];
  readonly engines: ReadonlyMap<string, EngineSession>;
  readonly sources: readonly KnownSource[];
  readonly measures: Measures;
}

/** Which nodes a command builds; what it only reads is read where it is. */
export type IsBuiltNow = (id: string) => boolean;

/** Draft → measure → choose → place, for a target with several engines. Opens them; who asked closes them. */
export async function routeProject(session: Session, isBuiltNow: IsBuiltNow): Promise<Route> {
  const engines = await openEngines(session);
  try {
    return { ...(await routeOver(session, engines, isBuiltNow)), engines };
  } catch (error) {
    await closeAll(engines);
    throw error;
  }
}

/** What a route knows of the texts, which stay as they are while engines are asked anew. */
type Drafts = Awaited<ReturnType<typeof draftFacts>>;

/**
 * The same over engines that stay open, as often as it is asked for: where tables are by now, and how large. `session` is
 * the one from before it was routed. Nothing is built by it.
 */
export function rerouteProject(session: Session, engines: Route["engines"]): () => Promise<Route> {
  let drafts: Promise<Drafts> | undefined;
  return async () => {
    drafts ??= draftFacts(session);
    return { ...(await routeOver(session, engines, () => false, drafts)), engines };
  };
}

async function routeOver(
  session: Session,
  engines: Route["engines"],
  isBuiltNow: IsBuiltNow,
  known?: Promise<Drafts>,
): Promise<Omit<Route, "engines">> {
  const { favor_state: favorState } = session.invocation.flags;
  const [drafts, measures] = await Promise.all([known ?? draftFacts(session), measureAll(session, engines)]);
  const history = readHistory(projectRoot(session.invocation), session.project.target.name);
  const isElsewhere = (id: string): boolean => !isBuiltNow(id) && (favorState || !measures.nodes.has(id));
  const deferred = await measureDeferred(session, engines, measures, isElsewhere);
  const standing = standingNodes(session, { measures, deferred, history }, isBuiltNow);
  const facts = {
    session,
    nodes: builtNodes(session, { drafts, measured: measures.nodes, isBuiltNow, standing }),
    sources: Object.keys(session.manifest.sources).map((id) => knownSource(session, id, measures.sources)),
    measures,
    standing,
    advisor: advisorOf(session, history),
    tests: testsOf(session, drafts),
  };
  const nodes = new Map(facts.nodes.map((node) => [node.id, node]));
  return { ...chooseAndPlace(facts), sources: facts.sources, measures, nodes };
}

interface RouteFacts {
  readonly session: Session;
  readonly nodes: readonly BuiltNode[];
  readonly sources: readonly KnownSource[];
  readonly measures: Measures;
  readonly standing: Standing;
  readonly advisor: Advisor;
  readonly tests: readonly PlacedTest[];
}

type Chosen = Pick<
  Route,
  "session" | "plan" | "placement" | "placing" | "transfers" | "moves" | "fallbacks" | "manifests"
>;

/** Engines that do not answer are left out where that is allowed; tables stay where they would have been. */
function chooseAndPlace(facts: RouteFacts): Chosen {
  const { measures } = facts;
  const plan = choose(facts, facts.nodes);
  const placement = place(facts, plan, keptPlaces(facts.session, plan));
  const fallbacks = new Map<string, Fallback>();
  const { size } = measures.silent;
  if (size === 0 || size === facts.session.sides.size)
    return { ...woven(facts, plan, placement, fallbacks), plan, placement, fallbacks };
  const nodes = facts.nodes.map((node) => withoutSilent(node, measures));
  const second = choose(facts, nodes);
  const keep = new Map(keptPlaces(facts.session, second));
  for (const [id, { catalog }] of placement.storage) if (catalog !== null) keep.set(id, catalog);
  const placed = place(facts, second, keep);
  for (const [id, { engine }] of plan.decisions) {
    const failure = measures.silent.get(engine);
    const to = second.decisions.get(id)?.engine ?? engine;
    if (failure !== undefined && to !== engine) fallbacks.set(id, { from: engine, ...failure, to });
  }
  return { ...woven(facts, second, placed, fallbacks), plan: second, placement: placed, fallbacks };
}

/** A pin, `fallback: false` or a text that is safe there only keeps a node where it is: it will fail there. */
function withoutSilent(node: BuiltNode, { silent }: Measures): BuiltNode {
  const isBound = node.safeOnly !== null && silent.has(node.safeOnly.engine);
  if (!node.settings.fallback || pinOf(node.config) !== null || isBound) return node;
  const impossible: Record<string, string> = { ...node.impossible };
  for (const engine of silent.keys()) impossible[engine] ??= `${engine} does not answer`;
  return { ...node, impossible };
}

function choose({ session, sources, advisor }: RouteFacts, nodes: readonly BuiltNode[]): EnginePlan {
  const names = [...session.sides.keys()];
  return planEngines({
    nodes,
    sources: new Map(sources.map(({ facts }) => [facts.unique_id ?? "", facts])),
    engines: names,
    defaultEngine: names[0] ?? "",
    homeOf: Object.fromEntries(
      [...session.sides].map(([name, side]) => [name, isAtHome(side) ? "iceberg" : (name as LivesOn)]),
    ),
    advisor,
    explore: isContinuousIntegration(session.invocation) ? 0 : (session.hybrid?.router.adaptive_explore ?? 0),
  });
}

function advisorOf({ invocation, hybrid }: Session, history: readonly NodeSample[]): Advisor {
  const { adaptive_min_samples: minSamples } = hybrid?.router ?? ROUTER_DEFAULTS;
  return new Advisor(new CostModel(history, Math.max(1, minSamples)), invocation.startedAt);
}

/** Runs there are to be the same each time. The variable is what the known services set. */
function isContinuousIntegration({ env }: Invocation): boolean {
  return !["", "0", "false", undefined].includes(env["CI"]?.toLowerCase());
}

/** Engines that take nodes over for speed leave the tables in the catalog where the rules have them. */
function keptPlaces({ sides }: Session, { decisions }: EnginePlan): ReadonlyMap<string, string> {
  const keep = new Map<string, string>();
  for (const [id, { overruled }] of decisions) {
    const target = sides.get(overruled?.engine ?? "")?.project.target;
    const entry = target?.catalogs.find(({ database }) => database.toLowerCase() === target.database.toLowerCase());
    if (entry !== undefined) keep.set(id, entry.name);
  }
  return keep;
}

function place(facts: RouteFacts, plan: EnginePlan, keep: ReadonlyMap<string, string>): Placement {
  const { session, sources, standing, measures } = facts;
  return placeNodes({
    nodes: placedNodes(facts, plan),
    sources: sources.map(({ placed }) => placed),
    tests: facts.tests,
    catalogs: catalogsOf(session),
    sharedCatalog: session.hybrid?.catalog ?? "",
    copyMark: copyMark(session),
    ownerOfCatalog: [...session.sides].find(([, side]) => isAtHome(side))?.[0] ?? null,
    keep,
    standing,
    silent: new Set(measures.silent.keys()),
  });
}

function placedNodes({ session, nodes }: RouteFacts, plan: EnginePlan): PlacedNode[] {
  return nodes.map(({ id, materialized, parents }) => ({
    id,
    engine: plan.decisions.get(id)?.engine ?? "",
    materialized,
    names: namesOf(session, id),
    reads: parents,
  }));
}

function catalogsOf({ sides }: Session): Record<string, Record<string, string>> {
  return Object.fromEntries([...sides].map(([name, side]) => [name, databasesOf(side)]));
}

/** Are the tables of this engine in a catalog, wherever no config sends them elsewhere? */
function isAtHome(side: EngineSide): boolean {
  return isCatalog(side, side.project.target.database);
}

function databasesOf({ project }: EngineSide): Record<string, string> {
  return Object.fromEntries(project.target.catalogs.map((entry) => [entry.name, entry.database]));
}

function woven(
  facts: RouteFacts,
  plan: EnginePlan,
  placement: Placement,
  fallbacks: ReadonlyMap<string, Fallback>,
): Pick<Route, "session" | "placing" | "transfers" | "moves" | "manifests"> {
  const { session } = facts;
  const manifests = new Map(
    [...session.sides.keys()].map((engine) => [engine, weaveManifest(session, engine, plan.decisions, placement)]),
  );
  const [main] = manifests.values();
  const manifest = main ?? session.manifest;
  const transfers = new Map(placement.transfers.map((step) => [step.id, transferNode(session, step, manifest)]));
  const moveSteps = session.invocation.flags.full_refresh ? [] : movesOf(facts, plan, placement);
  const moves = new Map(moveSteps.map((step) => [step.relation, moveNode(session, step, manifest)]));
  const placing: Placing = {
    engineOf: (id) =>
      fallbacks.get(id)?.to ??
      plan.decisions.get(id)?.engine ??
      placement.testEngines.get(id) ??
      placement.transfers.find((step) => step.id === id)?.from ??
      moveSteps.find((step) => step.id === id)?.engine ??
      placement.storage.get(id)?.engine ??
      functionHome(session, id),
    manifestOf: (engine) => manifests.get(engine) ?? manifest,
    whereFound: (engine) => (id) => placement.find(engine, id),
  };
  return { session: { ...session, manifest }, placing, transfers, moves, manifests: [...manifests.values()] };
}

function movesOf(facts: RouteFacts, plan: EnginePlan, { storage }: Placement): MoveStep[] {
  const { session, measures } = facts;
  return planMoves({
    nodes: placedNodes(facts, plan),
    storage,
    catalogs: catalogsOf(session),
    exists: (engine, id) =>
      measures.unsure.get(engine)?.has(id) === true
        ? null
        : ["table", "iceberg"].includes(measures.places.get(engine)?.get(id)?.format ?? ""),
  });
}

export async function closeAll(engines: ReadonlyMap<string, EngineSession>): Promise<void> {
  for (const engine of engines.values()) await engine.close();
}
