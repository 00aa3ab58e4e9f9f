import type { EngineSession } from "../../contracts/engine.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import type { Decision } from "../../contracts/routing.ts";
import { planEngines, type EnginePlan } from "../../5-planning/plan-engines.ts";
import { placeNodes, type Placement } from "../../5-planning/place-nodes.ts";
import type { Placing } from "../execution.ts";
import { openEngines } from "../execution.ts";
import type { EngineSide, Session } from "../session.ts";
import { builtNodes, isCatalog, namesOf, readsOf } from "./built-nodes.ts";
import { openAnalyzer } from "./analyzer.ts";
import { draftShapes } from "./draft-shapes.ts";
import { measureAll, type Measures } from "./measure.ts";
import { knownSource, type KnownSource } from "./source-facts.ts";
import { transferNode, weaveManifest } from "./weave.ts";

/** A project with every node's engine chosen. */
export interface Route {
  /** The project as it will run: every node under the name and config of its engine. */
  readonly session: Session;
  readonly plan: EnginePlan;
  readonly placement: Placement;
  readonly placing: Placing;
  /** The copies that have to be made, by id. */
  readonly transfers: ReadonlyMap<string, ManifestNode>;
  readonly engines: ReadonlyMap<string, EngineSession>;
  readonly sources: readonly KnownSource[];
  readonly measures: Measures;
}

/** Draft → measure → choose → place, for a target with several engines. Opens them; who asked closes them. */
export async function routeProject(session: Session): Promise<Route> {
  const engines = await openEngines(session);
  const [shapes, measures] = await Promise.all([
    openAnalyzer().then((analyze) => draftShapes(session, analyze)),
    measureAll(session, engines),
  ]);
  const nodes = builtNodes(session, shapes, measures.nodes);
  const sources = Object.keys(session.manifest.sources).map((id) => knownSource(session, id, measures.sources));
  const names = [...session.sides.keys()];
  const plan = planEngines({
    nodes,
    sources: new Map(sources.map(({ facts }) => [facts.unique_id ?? "", facts])),
    engines: names,
    defaultEngine: names[0] ?? "",
    homeOf: Object.fromEntries(
      [...session.sides].map(([name, side]) => [name, isAtHome(side) ? "iceberg" : name]),
    ) as never,
  });
  const placement = placeNodes({
    nodes: nodes.map(({ id, materialized, parents }) => ({
      id,
      engine: plan.decisions.get(id)?.engine ?? "",
      materialized,
      names: namesOf(session, id),
      reads: parents,
    })),
    sources: sources.map(({ placed }) => placed),
    tests: testsOf(session),
    catalogs: Object.fromEntries([...session.sides].map(([name, side]) => [name, databasesOf(side)])),
    sharedCatalog: session.hybrid?.catalog ?? "",
    ownerOfCatalog: [...session.sides].find(([, side]) => isAtHome(side))?.[0] ?? null,
  });
  return { ...woven(session, plan, placement), plan, placement, engines, sources, measures };
}

/** Are the tables of this engine in a catalog, wherever no config sends them elsewhere? */
function isAtHome(side: EngineSide): boolean {
  return isCatalog(side, side.project.target.database);
}

function databasesOf({ project }: EngineSide): Record<string, string> {
  return Object.fromEntries(project.target.catalogs.map((entry) => [entry.name, entry.database]));
}

function testsOf(session: Session): { id: string; reads: string[] }[] {
  const ids = [...session.graph.nodes.values()]
    .filter(({ resource_type: type }) => ["test", "unit_test", "analysis"].includes(type))
    .map((node) => node.unique_id);
  return ids.map((id) => ({ id, reads: readsOf(session, id) }));
}

function woven(
  session: Session,
  plan: EnginePlan,
  placement: Placement,
): Pick<Route, "session" | "placing" | "transfers"> {
  const manifests = new Map(
    [...session.sides.keys()].map((engine) => [engine, weaveManifest(session, engine, plan.decisions, placement)]),
  );
  const [main] = manifests.values();
  const manifest = main ?? session.manifest;
  const transfers = new Map(placement.transfers.map((step) => [step.id, transferNode(session, step, manifest)]));
  const engineOfTransfer = new Map(placement.transfers.map((step) => [step.id, step.from]));
  const placing: Placing = {
    engineOf: (id) => engineOf(plan.decisions, id) ?? placement.testEngines.get(id) ?? engineOfTransfer.get(id) ?? null,
    manifestOf: (engine) => manifests.get(engine) ?? manifest,
    whereFound: (engine) => (id) => placement.found.get(engine)?.get(id) ?? null,
  };
  return { session: { ...session, manifest }, placing, transfers };
}

function engineOf(decisions: ReadonlyMap<string, Decision>, id: string): string | null {
  return decisions.get(id)?.engine ?? null;
}

export async function closeAll(engines: ReadonlyMap<string, EngineSession>): Promise<void> {
  for (const engine of engines.values()) await engine.close();
}
