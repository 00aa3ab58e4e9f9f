import { diagnostic } from "../../contracts/diagnostic.ts";
import type { EngineSession, RelationMeasure, RelationName } from "../../contracts/engine.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { errorMessage } from "../../shared/objects.ts";
import type { Session } from "../session.ts";
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
    const measured = await ask(session, engines, engine, wanted, silent);
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

async function ask(
  session: Session,
  engines: Engines,
  engine: string,
  wanted: readonly Wanted[],
  silent: ReadonlyMap<string, EngineFailureText>,
): Promise<readonly Answer[]> {
  const side = session.sides.get(engine);
  const answers: Answer[] = wanted.map(() => undefined);
  if (side === undefined) return answers;
  const shared = wanted.map(({ name }) => isCatalog(side, name.database));
  await fill(
    answers,
    wanted.map(({ name }, index) => (shared[index] === true ? fastName(session, engine, name) : null)),
    engines,
    silent,
    session,
  );
  const rest = wanted.map(({ name }, index) => ((answers[index] ?? null) === null ? { engine, name } : null));
  await fill(answers, rest, engines, silent, session);
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
  answers: Answer[],
  questions: readonly (Question | null)[],
  engines: Engines,
  silent: ReadonlyMap<string, EngineFailureText>,
  session: Session,
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
      warnOf(
        session,
        `${engine} does not say what it holds, and its relations count as unknown: ${errorMessage(error)}`,
      );
    }
  }
}
