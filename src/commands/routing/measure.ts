import { diagnostic } from "../../contracts/diagnostic.ts";
import type { EngineSession, RelationMeasure, RelationName } from "../../contracts/engine.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { errorMessage } from "../../shared/objects.ts";
import type { EngineSide, Session } from "../session.ts";
import { report } from "../report.ts";
import { isBuilt, isCatalog } from "./built-nodes.ts";
import { sourceName } from "./source-facts.ts";

type Engines = ReadonlyMap<string, EngineSession>;

export interface Measures {
  /** What nodes were when they were last built, wherever that was. */
  readonly nodes: ReadonlyMap<string, RelationMeasure>;
  /** By engine and node: what is there under the name that the engine has for it. */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, RelationMeasure>>;
  /** By engine: nodes of which nobody could say whether they are there. */
  readonly unsure: ReadonlyMap<string, ReadonlySet<string>>;
  /** By engine and source. */
  readonly sources: ReadonlyMap<string, ReadonlyMap<string, RelationMeasure>>;
  /** Engines that did not answer, and what came instead. */
  readonly silent: ReadonlyMap<string, EngineFailureText>;
}

export interface EngineFailureText {
  readonly code: string;
  readonly message: string;
}

interface Wanted {
  readonly id: string;
  readonly isSource: boolean;
  readonly name: RelationName;
}

/**
 * Asks each engine for the sizes of what the project builds and reads. Tables of a shared catalog are asked of the engine
 * that answers first from their metadata (the one that is not at home there). An engine that does not answer is one
 * warning; what it alone knows stays unknown.
 */
export async function measureAll(session: Session, engines: Engines): Promise<Measures> {
  const silent = await silentEngines(session, engines);
  const nodes = new Map<string, RelationMeasure>();
  const places = new Map<string, Map<string, RelationMeasure>>();
  const unsure = new Map<string, Set<string>>();
  const sources = new Map<string, Map<string, RelationMeasure>>();
  for (const [engine, wanted] of wantedBy(session)) {
    const found = { nodes: new Map<string, RelationMeasure>(), sources: new Map<string, RelationMeasure>() };
    places.set(engine, found.nodes);
    sources.set(engine, found.sources);
    const tell = (message: string): void => warnOf(session, message);
    const measured = await ask({ session, engines, silent, tell }, engine, wanted);
    unsure.set(engine, new Set(wanted.flatMap(({ id }, index) => (measured[index] === undefined ? [id] : []))));
    wanted.forEach(({ id, isSource }, index) => {
      const measure = measured[index];
      if (measure === null || measure === undefined) return;
      (isSource ? found.sources : found.nodes).set(id, measure);
      if (!isSource && (nodes.get(id)?.rows ?? null) === null) nodes.set(id, measure);
    });
  }
  return { nodes, places, unsure, sources, silent };
}

/**
 * The same of what --defer reads in another place, by node. A state may name what is out of reach by now: who reads it will
 * hear of that, and until then its size is unknown.
 */
export async function measureDeferred(
  session: Session,
  engines: Engines,
  { silent }: Pick<Measures, "silent">,
  isWanted: (id: string) => boolean,
): Promise<Map<string, RelationMeasure>> {
  const found = new Map<string, RelationMeasure>();
  if (!session.invocation.flags.defer) return found;
  for (const [engine, side] of session.sides) {
    const isOpen = (id: string): boolean => isWanted(id) && (found.get(id)?.rows ?? null) === null;
    const wanted = deferredOf(side).filter(({ id }) => isOpen(id));
    const measured = await ask({ session, engines, silent, tell: () => undefined }, engine, wanted);
    wanted.forEach(({ id }, index) => {
      const measure = measured[index] ?? null;
      if (measure !== null) found.set(id, measure);
    });
  }
  return found;
}

function deferredOf({ manifest }: EngineSide): Wanted[] {
  return Object.values(manifest.nodes).flatMap(({ unique_id: id, _deferred: place }) => {
    if (place === undefined || "problem" in place || place.database === null) return [];
    const { database, schema, alias: identifier } = place;
    return [{ id, isSource: false, name: { database, schema, identifier } }];
  });
}

/** A question to each engine before all others: one that is down is one warning, not one a node. */
async function silentEngines(session: Session, engines: Engines): Promise<Map<string, EngineFailureText>> {
  const silent = new Map<string, EngineFailureText>();
  await Promise.all(
    [...engines].map(async ([engine, open]) => {
      try {
        await open.probe();
      } catch (error) {
        const { engineCode: code = "ERROR" } = error as { engineCode?: string };
        silent.set(engine, { code, message: errorMessage(error) });
        warnOf(session, `${engine} does not answer: ${errorMessage(error)}`);
      }
    }),
  );
  return silent;
}

function warnOf({ invocation }: Session, message: string): void {
  report(invocation, [diagnostic("DH1613", message, null, null, "warning")]);
}

function wantedBy(session: Session): Map<string, Wanted[]> {
  const wanted = new Map<string, Wanted[]>();
  for (const [engine, side] of session.sides) {
    const list: Wanted[] = [];
    for (const node of Object.values<ManifestNode>(side.manifest.nodes))
      if (isBuilt(node))
        list.push({
          id: node.unique_id,
          isSource: false,
          name: { database: node.database ?? "", schema: node.schema, identifier: node.alias },
        });
    for (const id of Object.keys(side.manifest.sources)) {
      const name = sourceName(side, id);
      if (name !== null) list.push({ id, isSource: true, name });
    }
    wanted.set(engine, list);
  }
  return wanted;
}

/** Null: there is no such relation. Undefined: nobody could say. */
type Answer = RelationMeasure | null | undefined;

interface Asking {
  readonly session: Session;
  readonly engines: Engines;
  readonly silent: Measures["silent"];
  /** Hears of an engine that does not say what it holds. */
  readonly tell: (message: string) => void;
}

async function ask(asking: Asking, engine: string, wanted: readonly Wanted[]): Promise<readonly Answer[]> {
  const { session } = asking;
  const side = session.sides.get(engine);
  const answers: Answer[] = wanted.map(() => undefined);
  if (side === undefined) return answers;
  const shared = wanted.map(({ name }) => isCatalog(side, name.database));
  await fill(
    asking,
    answers,
    wanted.map(({ name }, index) => (shared[index] === true ? fastName(session, engine, name) : null)),
  );
  const rest = wanted.map(({ name }, index) => ((answers[index] ?? null) === null ? { engine, name } : null));
  await fill(asking, answers, rest);
  return answers;
}

interface Question {
  readonly engine: string;
  readonly name: RelationName;
}

/** Another engine's name for a table of a catalog that both use. */
function fastName(session: Session, engine: string, name: RelationName): Question | null {
  const own = session.sides.get(engine)?.project.target.catalogs ?? [];
  const entry = own.find((catalog) => catalog.database.toLowerCase() === name.database.toLowerCase());
  for (const [other, { project }] of session.sides) {
    const theirs = project.target.catalogs.find((catalog) => catalog.name === entry?.name);
    if (other !== engine && theirs !== undefined)
      return { engine: other, name: { ...name, database: theirs.database } };
  }
  return null;
}

async function fill(
  { engines, silent, tell }: Asking,
  answers: Answer[],
  questions: readonly (Question | null)[],
): Promise<void> {
  for (const [engine, open] of engines) {
    const asked = questions.flatMap((question, index) =>
      question?.engine === engine ? [{ index, name: question.name }] : [],
    );
    if (asked.length === 0 || silent.has(engine)) continue;
    try {
      const found = await open.measure(asked.map(({ name }) => name));
      asked.forEach(({ index }, at) => (answers[index] = found[at] ?? null));
    } catch (error) {
      // The engine itself has answered before: it may be the catalog, or a right that is missing.
      tell(`${engine} does not say what it holds, and its relations count as unknown: ${errorMessage(error)}`);
    }
  }
}
