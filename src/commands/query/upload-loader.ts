import { fail } from "../../contracts/diagnostic.ts";
import type { EngineSession } from "../../contracts/engine.ts";
import type { UploadPlace } from "../../contracts/query.ts";
import { ROUTER_DEFAULTS } from "../../contracts/routing.ts";
import type { EngineEntry } from "../../engines/registry.ts";
import { asFileReaderSees, fileReader, openFileReader } from "../file-road.ts";
import { isCatalog } from "../routing/built-nodes.ts";
import { projectRoot, type EngineSide, type Session } from "../session.ts";

type Engines = ReadonlyMap<string, EngineSession>;

/** A schema that takes tables. */
export interface Shelf {
  readonly target: UploadPlace;
  /** The engine that writes here. */
  readonly writer: EngineSession;
  /** As the writer names it. */
  readonly database: string;
  readonly schema: string;
  /** As queries name the database. */
  readonly shown: string;
  /** Everything that the database is called, in lower case. */
  readonly names: readonly string[];
  /** The type that keeps a column of a type here. */
  readonly storedType: (type: string) => string;
}

/** Who takes rows, and where they may go. */
export interface Loader {
  /** Stages rows, and reads files. */
  readonly reader: EngineSession;
  /** Of the target's own database; null: it is the catalog. */
  readonly own: Shelf | null;
  /** Of the catalog that all engines see. */
  readonly shared: Shelf | null;
  /** So many rows go to the shared one. */
  readonly largeRows: number;
  close(): Promise<void>;
}

/**
 * The target's engine that reads files; where it has none, one in memory, which writes into the catalogs that both know.
 * Into other databases the target's engine takes the rows by itself.
 */
export async function openLoader(session: Session, engines: Engines): Promise<Loader> {
  const largeRows = session.hybrid?.router.iceberg_upload_rows ?? ROUTER_DEFAULTS.iceberg_upload_rows;
  for (const [name, side] of session.sides) {
    const reader = engines.get(name);
    if (reader?.stageQuery === undefined) continue;
    const { database, schema } = side.project.target;
    const own = ownShelf(name, reader, database, schema);
    return { reader, own, shared: catalogShelf(session, side, reader), largeRows, close: () => Promise.resolve() };
  }
  return openBorrowed(session, engines, largeRows);
}

async function openBorrowed(session: Session, engines: Engines, largeRows: number): Promise<Loader> {
  const { target } = session.project;
  const entry = fileReader();
  const engine = engines.get(target.type);
  if (entry === undefined || engine === undefined) return fail("DH1809", "This target takes no uploads");
  const reader = await openFileReader(target, projectRoot(session.invocation), entry);
  const isOwn = (database: string): boolean => database.toLowerCase() === target.database.toLowerCase();
  const usable = target.catalogs.filter((one) => asFileReaderSees(one, entry) !== null);
  const catalog = usable.find(({ database }) => isOwn(database)) ?? usable[0];
  const seen = catalog === undefined ? null : asFileReaderSees(catalog, entry);
  const shared =
    catalog === undefined || seen === null
      ? null
      : {
          ...{ target: "iceberg" as const, writer: reader, database: seen.database, schema: target.schema },
          ...{
            shown: catalog.database,
            names: lower([catalog.database, catalog.name]),
            storedType: catalogTypes(entry),
          },
        };
  const own =
    catalog !== undefined && isOwn(catalog.database)
      ? null
      : ownShelf(target.type, engine, target.database, target.schema);
  return { reader, own, shared, largeRows, close: () => reader.close() };
}

function ownShelf(engine: string, writer: EngineSession, database: string, schema: string): Shelf {
  const target = engine as UploadPlace;
  return { target, writer, database, schema, shown: database, names: lower([database]), storedType: (type) => type };
}

/** A catalog may have fewer types than the engine. */
function catalogTypes(engine: EngineEntry): (type: string) => string {
  return (type) => (engine.catalogType === undefined ? type : (engine.catalogType(type) ?? "VARCHAR"));
}

/** In the schema that the target's engines use there. */
function catalogShelf({ sides, hybrid }: Session, loader: EngineSide, writer: EngineSession): Shelf | null {
  const { catalogs } = loader.project.target;
  const entry = hybrid === null ? catalogs[0] : catalogs.find(({ name }) => name === hybrid.catalog);
  if (entry === undefined) return null;
  const owner = [...sides.values()].find((side) => isCatalog(side, side.project.target.database)) ?? loader;
  const called = [...sides.values()].flatMap(({ project }) =>
    project.target.catalogs.filter(({ name }) => name === entry.name).map(({ database }) => database),
  );
  return {
    ...{ target: "iceberg", writer, database: entry.database, schema: owner.project.target.schema },
    ...{ shown: entry.database, names: lower([...called, entry.name]), storedType: catalogTypes(loader.engine) },
  };
}

function lower(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}
