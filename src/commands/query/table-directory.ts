import { fail } from "../../contracts/diagnostic.ts";
import type { EngineSession, RelationName } from "../../contracts/engine.ts";
import type { CurrentPlace } from "../../contracts/query.ts";
import type { LivesOn } from "../../contracts/routing.ts";
import { sourceRelation } from "../../context/source-relation.ts";
import { isBuilt, isCatalog } from "../routing/built-nodes.ts";
import type { Route } from "../routing/route-project.ts";
import { sourceName } from "../routing/source-facts.ts";
import type { EngineSide, Session } from "../session.ts";
import { quoted } from "../../shared/quoted.ts";

/** A relation that queries may name. */
export interface KnownRelation {
  readonly name: string;
  readonly unique_id: string | null;
  readonly lives_on: LivesOn;
  /** By engine: the SQL that names it there. An engine that is missing cannot read it where it is. */
  readonly texts: Readonly<Record<string, string>>;
  /** The engine that has it. */
  readonly owner: string;
  /** What it is called there; null: it is a file. */
  readonly place: RelationName | null;
  /** Other ways of naming it, in lower case; by a bare name many may be meant. */
  readonly names: readonly string[];
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly format: string | null;
}

export function relationText({ database, schema, identifier }: RelationName): string {
  return [database, schema, identifier].map(quoted).join(".");
}

/** Parts that are quoted keep their dots. */
export function nameParts(name: string): string[] {
  return [...name.matchAll(/"((?:[^"]|"")+)"|[^."]+/g)].map(([part, inner]) => inner?.replaceAll('""', '"') ?? part);
}

/** What queries can name: what the project builds and reads, and whatever else the engines have. */
export class TableDirectory {
  readonly relations: readonly KnownRelation[];
  private readonly session: Session;
  private readonly engines: ReadonlyMap<string, EngineSession>;

  constructor(session: Session, engines: ReadonlyMap<string, EngineSession>, relations: readonly KnownRelation[]) {
    this.session = session;
    this.engines = engines;
    this.relations = relations;
  }

  /**
   * Null: nobody here knows it, and the engine has the last word. Fails where several are meant. What a name of fewer than
   * three parts means at `current` goes before everything else.
   */
  async find(parts: readonly string[], current: CurrentPlace | null = null): Promise<KnownRelation | null> {
    const placed = current === null ? null : await this.findAt(parts, current);
    return placed ?? this.findAnywhere(parts);
  }

  private findAt(parts: readonly string[], { database, schema }: CurrentPlace): Promise<KnownRelation | null> {
    const [first = "", second] = parts;
    if (parts.length > 2) return Promise.resolve(null);
    return this.findAnywhere(second === undefined ? [database, schema, first] : [database, first, second]);
  }

  private async findAnywhere(parts: readonly string[]): Promise<KnownRelation | null> {
    const written = parts.join(".").toLowerCase();
    const exact = this.relations.filter((one) => one.unique_id?.toLowerCase() === written);
    const found = exact.length > 0 ? exact : this.relations.filter(({ names }) => names.includes(written));
    const [first] = found;
    // A source may be what another node builds: two names for one table.
    const isOne = found.every((one) => one.texts[one.owner] === first?.texts[first.owner]);
    if (!isOne) ambiguous(parts.join("."), found);
    return first ?? this.askEngines(parts);
  }

  /** Tables that no node and no source stands for, e.g. what was uploaded. */
  private async askEngines(parts: readonly string[]): Promise<KnownRelation | null> {
    const found: KnownRelation[] = [];
    for (const [engine, side] of this.session.sides) {
      const place = placeOf(parts, side);
      if (place === null) continue;
      const measures = await this.engines
        .get(engine)
        ?.measure([place])
        .catch(() => []);
      const measure = measures?.[0] ?? null;
      if (measure === null) continue;
      const { rows, bytes, format } = measure;
      const isShared = isCatalog(side, place.database) && format !== "view";
      const relation = {
        ...{ name: parts.join("."), unique_id: null, owner: engine, place, names: [], rows, bytes, format },
        lives_on: isShared ? ("iceberg" as const) : (engine as LivesOn),
        texts: isShared ? sharedTexts(this.session, side, place) : { [engine]: relationText(place) },
      };
      if (!found.some((one) => one.texts[engine] === relation.texts[engine])) found.push(relation);
    }
    if (found.length > 1) ambiguous(parts.join("."), found);
    return found[0] ?? null;
  }
}

function ambiguous(written: string, found: readonly KnownRelation[]): never {
  const candidates = found.map(({ unique_id, texts, owner }) => unique_id ?? texts[owner] ?? owner).sort();
  fail("DH1801", `The name ${written} may mean ${candidates.join(" or ")}`, null, "Write one of these instead.");
}

function placeOf(parts: readonly string[], { project }: EngineSide): RelationName | null {
  const { database, schema } = project.target;
  const [first = "", second, third] = parts;
  if (second === undefined) return { database, schema, identifier: first };
  if (third === undefined) return { database, schema: first, identifier: second };
  return parts.length === 3 ? { database: first, schema: second, identifier: third } : null;
}

/** A table of a shared catalog, as each engine calls it. */
function sharedTexts(session: Session, owner: EngineSide, place: RelationName): Record<string, string> {
  const entry = owner.project.target.catalogs.find(
    (catalog) => catalog.database.toLowerCase() === place.database.toLowerCase(),
  );
  const texts: Record<string, string> = {};
  for (const [engine, { project }] of session.sides) {
    const own = project.target.catalogs.find((catalog) => catalog.name === entry?.name);
    if (own !== undefined) texts[engine] = relationText({ ...place, database: own.database });
  }
  return texts;
}

/** Everything a project with several engines builds and reads, where it is. */
export function routedRelations(route: Route): KnownRelation[] {
  const { session, plan, placement, measures } = route;
  const built = [...plan.decisions.keys()].flatMap((id): KnownRelation[] => {
    const storage = placement.storage.get(id);
    if (storage === undefined) return [];
    const { engine: owner, place } = storage;
    const inCatalog = storage.catalog !== null && !storage.isView;
    const side = session.sides.get(owner);
    if (side === undefined) return [];
    const { rows = null, bytes = null, format = null } = measures.nodes.get(id) ?? {};
    const texts = inCatalog ? sharedTexts(session, side, place) : { [owner]: relationText(place) };
    const name = session.manifest.nodes[id]?.name ?? id;
    return [
      {
        ...{ name, unique_id: id, owner, place, texts, rows, bytes, format },
        lives_on: inCatalog ? "iceberg" : (owner as LivesOn),
        names: namesFor(name, null, texts, [place]),
      },
    ];
  });
  const read = route.sources.map(({ facts, placed }): KnownRelation => {
    const { name, unique_id, lives_on, rows, bytes, format } = facts;
    const { texts, place } = sourceTexts(session, unique_id ?? "", facts.readableBy, placed.engine);
    const own = name.split(".").at(-1) ?? name;
    return {
      ...{ name, unique_id, lives_on, rows, bytes, format, texts, place, owner: placed.engine },
      names: namesFor(own, name, texts, place === null ? [] : [place]),
    };
  });
  return [...built, ...read];
}

/** The same for a project with one engine: everything is there. */
export function plainRelations(session: Session): KnownRelation[] {
  const engine = session.project.target.type;
  const unknown = { rows: null, bytes: null, format: null, owner: engine, lives_on: engine as LivesOn };
  const built = Object.values(session.manifest.nodes)
    .filter(isBuilt)
    .map(({ name, unique_id, database, schema, alias }): KnownRelation => {
      const place = { database: database ?? session.project.target.database, schema, identifier: alias };
      const texts = { [engine]: relationText(place) };
      return { ...unknown, name, unique_id, place, texts, names: namesFor(name, null, texts, [place]) };
    });
  const read = Object.values(session.manifest.sources).map((source): KnownRelation => {
    const { texts, place } = sourceTexts(session, source.unique_id, [engine], engine);
    const name = `${source.source_name}.${source.name}`;
    const names = namesFor(source.name, name, texts, place === null ? [] : [place]);
    const livesOn = place === null ? ("file" as const) : unknown.lives_on;
    return { ...unknown, name, unique_id: source.unique_id, place, texts, names, lives_on: livesOn };
  });
  return [...built, ...read];
}

function sourceTexts(
  session: Session,
  id: string,
  readableBy: readonly string[],
  owner: string,
): { texts: Record<string, string>; place: RelationName | null } {
  const texts: Record<string, string> = {};
  for (const engine of readableBy) {
    const side = session.sides.get(engine);
    const source = side?.manifest.sources[id];
    if (side === undefined || source === undefined) continue;
    const name = sourceName(side, id);
    const external = sourceRelation(source, side.facts.traits).parts.external;
    texts[engine] = name === null ? String(external) : relationText(name);
  }
  const side = session.sides.get(owner);
  return { texts, place: side === undefined ? null : sourceName(side, id) };
}

/** By its own name, with its source's, with the engine's in front, and as engines call it, from the last part on. */
function namesFor(
  name: string,
  qualified: string | null,
  texts: Readonly<Record<string, string>>,
  places: readonly RelationName[],
): string[] {
  const names = new Set<string>([name.toLowerCase()]);
  if (qualified !== null) names.add(qualified.toLowerCase());
  for (const { schema, identifier } of places)
    for (const text of [identifier, `${schema}.${identifier}`]) names.add(text.toLowerCase());
  for (const [engine, text] of Object.entries(texts)) {
    const parts = [...text.matchAll(/"((?:[^"]|"")*)"/g)].map(([, part = ""]) => part.replaceAll('""', '"'));
    // A file is named by a call.
    if (parts.length === 3) names.add(parts.join(".").toLowerCase());
    for (const own of [...names]) if (!own.startsWith(`${engine}.`)) names.add(`${engine}.${own}`);
  }
  return [...names];
}
