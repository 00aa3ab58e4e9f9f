import type { RelationMeasure } from "../../contracts/engine.ts";
import type { NodeSample } from "../../contracts/history.ts";
import type { Standing, StandingStorage } from "../../5-planning/place-nodes.ts";
import type { EngineSide, Session } from "../session.ts";
import { isBuilt, namesOf } from "./built-nodes.ts";
import type { Measures } from "./measure.ts";

interface StandingFacts {
  readonly measures: Measures;
  /** What --defer reads elsewhere. */
  readonly deferred: ReadonlyMap<string, RelationMeasure>;
  readonly history: readonly NodeSample[];
}

/**
 * Finds them. A node that is at several places (its engine has changed) is where it was built last, if that is on record.
 * What is nowhere, or where nobody could say, is left to the plan.
 */
export function standingNodes(
  session: Session,
  { measures, deferred: elsewhere, history }: StandingFacts,
  isBuiltNow: (id: string) => boolean,
): Standing {
  const newest = new Map(history.flatMap((sample) => (sample.status === "exhausted" ? [] : [[sample.node, sample]])));
  const standing = new Map<string, StandingStorage>();
  for (const node of Object.values(session.manifest.nodes)) {
    const { unique_id: id } = node;
    if (!isBuilt(node) || isBuiltNow(id)) continue;
    const places = placesOf(session, measures, id);
    const last = newest.get(id);
    const built =
      places.length < 2 ? places[0] : places.find(({ engine, catalog }) => isStoredAs(last, engine, catalog));
    const { defer, favor_state: favorState } = session.invocation.flags;
    const deferred = defer ? deferredPlace(session, id, elsewhere.get(id) ?? null) : undefined;
    const found = favorState ? (deferred ?? built) : (built ?? deferred);
    if (found !== undefined) standing.set(id, found);
  }
  return standing;
}

function isStoredAs(sample: NodeSample | undefined, engine: string, catalog: string | null): boolean {
  return (
    sample !== undefined &&
    (catalog === null ? sample.engine === engine && sample.catalog === null : sample.catalog === catalog)
  );
}

/** One a relation: what a catalog holds is the same for all who share it. */
function placesOf(session: Session, { places }: Measures, id: string): StandingStorage[] {
  const found = new Map<string, StandingStorage>();
  const names = namesOf(session, id);
  for (const [engine, side] of session.sides) {
    const measure = places.get(engine)?.get(id);
    const place = names[engine];
    if (measure === undefined || place === undefined) continue;
    const catalog = catalogOf(side, place.database);
    const isView = measure.format === "view";
    const key = [isView || catalog === null ? engine : catalog, place.schema, place.identifier]
      .join("\0")
      .toLowerCase();
    if (!found.has(key)) found.set(key, { engine, catalog, isView, place, measured: measure });
  }
  return [...found.values()];
}

/** Where --defer finds a node, by the first engine that can read it there. */
function deferredPlace({ sides }: Session, id: string, measured: RelationMeasure | null): StandingStorage | undefined {
  for (const [engine, side] of sides) {
    const deferred = side.manifest.nodes[id]?._deferred;
    if (deferred === undefined || "problem" in deferred || deferred.database === null) continue;
    const { database, schema, alias, config } = deferred;
    const catalog = catalogOf(side, database);
    return {
      engine,
      catalog,
      isView: measured === null ? config?.["materialized"] === "view" : measured.format === "view",
      place: { database, schema, identifier: alias },
      measured,
    };
  }
  return undefined;
}

function catalogOf({ project }: EngineSide, database: string): string | null {
  const entry = project.target.catalogs.find((one) => one.database.toLowerCase() === database.toLowerCase());
  return entry?.name ?? null;
}
