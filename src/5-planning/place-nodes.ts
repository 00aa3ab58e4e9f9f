import type { RelationMeasure, RelationName } from "../contracts/engine.ts";

/** Where an engine's relation of a node would be, by that engine's own naming. */
export type NamesByEngine = Readonly<Record<string, RelationName>>;

/** A node whose engine is chosen. */
export interface PlacedNode {
  readonly id: string;
  readonly engine: string;
  readonly materialized: string;
  readonly names: NamesByEngine;
  /** Sources and nodes, ephemeral models looked through. */
  readonly reads: readonly string[];
}

/** A relation that nobody here builds. */
export interface PlacedSource {
  readonly id: string;
  /** The engine that has it. */
  readonly engine: string;
  readonly isView: boolean;
  readonly names: NamesByEngine;
  /** Engines that find it under their own name for it. */
  readonly readableBy: readonly string[];
}

/** A data test or unit test: it runs where what it reads is. */
export interface PlacedTest {
  readonly id: string;
  readonly reads: readonly string[];
  /** The engine that its text is written for, if it is somebody's own text; it is asked first. */
  readonly home?: string | undefined;
  /** It means something else elsewhere. */
  readonly onlyThere?: boolean;
}

export interface PlacingFacts {
  /** Parents before children. */
  readonly nodes: readonly PlacedNode[];
  readonly sources: readonly PlacedSource[];
  readonly tests: readonly PlacedTest[];
  /** What each engine calls each catalog of catalogs.yml: engine → entry → database. The default engine comes first. */
  readonly catalogs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The entry that rows pass through. */
  readonly sharedCatalog: string;
  /** Tells the copies of this project from those of others. */
  readonly copyMark: string;
  /** The engine whose own tables are in that catalog, and whose names hold there; null: none. */
  readonly ownerOfCatalog: string | null;
  /** Nodes whose tables stay in a catalog, whichever engine writes them this time. */
  readonly keep?: ReadonlyMap<string, string>;
  /** Nodes that are not built: they are where they are. */
  readonly standing?: ReadonlyMap<string, Storage>;
  /** Engines that do not answer: nothing is read there that another one can read. */
  readonly silent?: ReadonlySet<string>;
}

/** Where a node's table is, as the engine that writes it names it. */
export interface Storage {
  readonly engine: string;
  readonly place: RelationName;
  /** The entry of catalogs.yml; null: the engine's own database. */
  readonly catalog: string | null;
  readonly isView: boolean;
}

/** A node that is not built, with what is there. */
export interface StandingStorage extends Storage {
  readonly measured: RelationMeasure | null;
}

/** Where nodes are that a command does not build, by id: their readers find them there, wherever they would go next time. */
export type Standing = ReadonlyMap<string, StandingStorage>;

/** Rows of a relation that are copied to where another engine can read them. */
export interface TransferStep {
  readonly id: string;
  /** The node or source. */
  readonly relation: string;
  /** The engine that copies, and those that read. */
  readonly from: string;
  readonly to: readonly string[];
  readonly road: "iceberg";
  /** The copy, as the copying engine names it. */
  readonly place: RelationName;
  /** Nodes that read the copy. */
  readonly readers: readonly string[];
}

export interface Placement {
  readonly storage: ReadonlyMap<string, Storage>;
  readonly transfers: readonly TransferStep[];
  /** The engine of every test. */
  readonly testEngines: ReadonlyMap<string, string>;
  /** Reader's engine → node or source → where it finds it, where that is not what the node's own engine calls it. */
  readonly found: ReadonlyMap<string, ReadonlyMap<string, RelationName>>;
  /** The same also for what nobody was planned to read, as things are now; null: under the name that it has, or not at all. */
  find(engine: string, id: string): RelationName | null;
  /** Gives something that is read only (a test, a query) its engine: one that reads everything where it is. */
  test(test: PlacedTest): void;
  /** Sends something that is read only to an engine; gives the copies that it needs there. */
  read(id: string, engine: string, reads: readonly string[]): readonly TransferStep[];
  /**
   * Another engine takes a node over while the run goes on, in the same place where that is a catalog. Gives the copies that
   * it needs; copies of the node itself are no longer needed.
   */
  takeOver(node: PlacedNode): readonly TransferStep[];
  /** False: the rows that the node builds on are out of the engine's reach, or its readers elsewhere could not read it. */
  canTakeOver(node: PlacedNode): boolean;
}

/** Of the shared catalog: what is in it is made by runs, and theirs to replace. */
export const TRANSFER_SCHEMA = "duckhouse_transfers";
const TABLES = new Set(["table", "incremental", "snapshot", "seed"]);
const VIEWS = new Set(["view", "materialized_view"]);
/** Materializations that build on the rows they have. */
export const KEEPS_ROWS: ReadonlySet<string> = new Set(["incremental", "snapshot"]);

/**
 * Where every node is stored, and what has to be moved for its readers. A table with a reader on another engine is written
 * to the shared catalog once, directly; what cannot be (a view, a table of somebody else) is copied there. Pure.
 */
export function placeNodes(facts: PlacingFacts): Placement {
  const placing = new Placing(facts);
  for (const source of facts.sources) placing.source(source);
  for (const node of facts.nodes) placing.node(node);
  for (const test of facts.tests) placing.test(test);
  for (const { id, engine, reads } of facts.nodes) for (const read of reads) placing.reference(id, engine, read);
  for (const { id, reads } of facts.tests)
    for (const read of reads) placing.reference(id, placing.testEngines.get(id) ?? "", read);
  return placing;
}

class Placing implements Placement {
  readonly storage = new Map<string, Storage>();
  readonly testEngines = new Map<string, string>();
  readonly transfers: TransferStep[] = [];
  readonly found = new Map<string, Map<string, RelationName>>();
  private readonly facts: PlacingFacts;
  private readonly readableBy = new Map<string, readonly string[]>();
  /** Engines of the nodes that read a node. */
  private readonly readers = new Map<string, Set<string>>();

  constructor(facts: PlacingFacts) {
    this.facts = facts;
    for (const { engine, reads } of facts.nodes)
      for (const read of reads) this.readers.set(read, (this.readers.get(read) ?? new Set<string>()).add(engine));
  }

  source({ id, engine, names, isView, readableBy }: PlacedSource): void {
    const place = nameOf(names, engine);
    this.storage.set(id, { engine, catalog: this.catalogOf(engine, place.database), isView, place });
    this.readableBy.set(id, readableBy);
  }

  node(node: PlacedNode): void {
    const { id, engine, materialized } = node;
    const standing = this.facts.standing?.get(id);
    if (standing !== undefined) {
      this.storage.set(id, standing);
      return;
    }
    const name = nameOf(node.names, engine);
    const isView = VIEWS.has(materialized);
    const own = this.catalogOf(engine, name.database);
    const hasOthers = [...(this.readers.get(id) ?? [])].some((reader) => reader !== engine);
    const kept = this.facts.keep?.get(id) ?? (hasOthers ? this.facts.sharedCatalog : null);
    const catalog = own ?? (TABLES.has(materialized) ? kept : null);
    this.storage.set(id, { engine, catalog, isView, place: this.inCatalog(node, name, catalog) });
  }

  /** A test runs where it reads everything without a copy; where there is no such engine, on the default one. */
  test({ id, reads, home, onlyThere = false }: PlacedTest): void {
    if (home !== undefined && onlyThere) {
      this.testEngines.set(id, home);
      return;
    }
    const places = [...new Set(reads.flatMap((read) => this.storage.get(read)?.engine ?? []))];
    const engines = Object.keys(this.facts.catalogs);
    const all = [...(home === undefined ? [] : [home]), ...places, ...engines];
    const candidates = all.filter((engine) => this.facts.silent?.has(engine) !== true);
    const fits = (engine: string): boolean => reads.every((read) => this.reads(engine, read) !== "copy");
    this.testEngines.set(id, candidates.find(fits) ?? engines[0] ?? "");
  }

  /** Notes where a node or test on an engine finds something that it reads. */
  reference(reader: string, engine: string, id: string): void {
    const storage = this.storage.get(id);
    const way = this.reads(engine, id);
    if (storage === undefined || way === "own") return;
    const place =
      way === "copy" ? this.copy(reader, engine, id, storage) : { ...storage.place, database: way.database };
    const known = this.found.get(engine) ?? new Map<string, RelationName>();
    this.found.set(engine, known.set(id, place));
  }

  canTakeOver({ id, engine, materialized }: PlacedNode): boolean {
    const { catalog = null } = this.storage.get(id) ?? {};
    if (catalog === null && KEEPS_ROWS.has(materialized)) return false;
    // Readers elsewhere would need a copy that nobody has planned.
    return !VIEWS.has(materialized) || ![...(this.readers.get(id) ?? [])].some((reader) => reader !== engine);
  }

  takeOver(node: PlacedNode): readonly TransferStep[] {
    const { id, engine, materialized, reads } = node;
    const { catalog = null } = this.storage.get(id) ?? {};
    const isView = VIEWS.has(materialized);
    const stays = catalog ?? (TABLES.has(materialized) ? this.facts.sharedCatalog : null);
    const place = this.inCatalog(node, nameOf(node.names, engine), stays);
    this.storage.set(id, { engine, catalog: stays, isView, place });
    this.forgetCopies(id);
    for (const test of this.facts.tests) if (test.reads.includes(id)) this.test(test);
    return this.copiesFor(id, engine, reads);
  }

  read(id: string, engine: string, reads: readonly string[]): readonly TransferStep[] {
    this.testEngines.set(id, engine);
    return this.copiesFor(id, engine, reads);
  }

  private copiesFor(id: string, engine: string, reads: readonly string[]): readonly TransferStep[] {
    for (const read of reads) this.reference(id, engine, read);
    return this.transfers.filter(({ readers, to }) => readers.includes(id) && to.includes(engine));
  }

  /** What was planned for the readers of a node is no longer where they find it. */
  private forgetCopies(id: string): void {
    for (const places of this.found.values()) places.delete(id);
    const index = this.transfers.findIndex(({ relation }) => relation === id);
    if (index >= 0) this.transfers.splice(index, 1);
  }

  find(engine: string, id: string): RelationName | null {
    const planned = this.found.get(engine)?.get(id);
    const storage = this.storage.get(id);
    if (planned !== undefined || storage === undefined) return planned ?? null;
    const way = this.reads(engine, id);
    if (typeof way === "object") return { ...storage.place, database: way.database };
    // A node may have been taken over since; a source is what the project says of it.
    return way === "own" && !this.readableBy.has(id) ? storage.place : null;
  }

  /** How an engine reads what is stored: by the name it has there, by its own name for the catalog, or only from a copy. */
  private reads(engine: string, id: string): "own" | "copy" | { readonly database: string } {
    const storage = this.storage.get(id);
    if (storage === undefined || storage.engine === engine || this.readableBy.get(id)?.includes(engine) === true)
      return "own";
    const database = storage.catalog === null ? undefined : this.facts.catalogs[engine]?.[storage.catalog];
    return database === undefined || storage.isView ? "copy" : { database };
  }

  /** In a catalog, names are those of the engine that is at home there, whichever engine writes. */
  private inCatalog(node: PlacedNode, name: RelationName, catalog: string | null): RelationName {
    const { catalogs, ownerOfCatalog: owner, sharedCatalog } = this.facts;
    if (catalog === null) return name;
    const owned = owner !== null && catalog === sharedCatalog ? node.names[owner] : undefined;
    const isAtHome = owner !== null && owned !== undefined && this.catalogOf(owner, owned.database) === catalog;
    return { ...(isAtHome ? owned : name), database: catalogs[node.engine]?.[catalog] ?? name.database };
  }

  private copy(reader: string, engine: string, id: string, storage: Storage): RelationName {
    const { catalogs, sharedCatalog, copyMark } = this.facts;
    const { database, schema, identifier } = storage.place;
    const name = { schema: TRANSFER_SCHEMA, identifier: `${database}__${schema}__${identifier}__${copyMark}` };
    const index = this.transfers.findIndex((transfer) => transfer.relation === id);
    const known = this.transfers[index];
    const transfer: TransferStep = {
      id: `transfer.${id}`,
      relation: id,
      from: storage.engine,
      to: [...new Set([...(known?.to ?? []), engine])],
      road: "iceberg",
      place: { ...name, database: catalogs[storage.engine]?.[sharedCatalog] ?? sharedCatalog },
      readers: [...(known?.readers ?? []), reader],
    };
    if (known === undefined) this.transfers.push(transfer);
    else this.transfers[index] = transfer;
    return { ...name, database: catalogs[engine]?.[sharedCatalog] ?? sharedCatalog };
  }

  private catalogOf(engine: string, database: string): string | null {
    const entries = Object.entries(this.facts.catalogs[engine] ?? {});
    return entries.find(([, name]) => name.toLowerCase() === database.toLowerCase())?.[0] ?? null;
  }
}

function nameOf(names: NamesByEngine, engine: string): RelationName {
  const name = names[engine];
  if (name === undefined) throw new Error(`bug: no name for engine ${engine}`);
  return name;
}
