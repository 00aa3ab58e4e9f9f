import { randomBytes } from "node:crypto";
import { fail } from "../../contracts/diagnostic.ts";
import type { EngineConnection, EngineSession, RelationName } from "../../contracts/engine.ts";
import type { EngineEntry } from "../../engines/registry.ts";
import { asText } from "../../shared/objects.ts";
import type { Session } from "../session.ts";
import { relationText, type KnownRelation } from "./table-directory.ts";
import { quoted } from "../../shared/quoted.ts";

const SCHEMA = "duckhouse_transfers";
const PREFIX = "query_";
/** What a killed process left is removed when it is as old as this. */
const STALE_MS = 24 * 3600 * 1000;

/** Copies that a query reads, in the catalog that its engines share; `remove` drops them. */
export interface MovedInputs {
  readonly texts: ReadonlyMap<KnownRelation, string>;
  remove(): Promise<void>;
}

export interface MoveOptions {
  readonly session: Session;
  readonly engines: ReadonlyMap<string, EngineSession>;
  readonly to: string;
  /** No more rows than these are moved. */
  readonly maxRows: number;
  /** The copies have columns and no rows: for a query that is only looked at. */
  readonly columnsOnly?: boolean;
}

/** Copies what an engine cannot read into the shared catalog, for the time of one query. */
export async function moveInputs(relations: readonly KnownRelation[], options: MoveOptions): Promise<MovedInputs> {
  const made: { connection: EngineConnection; text: string }[] = [];
  const texts = new Map<KnownRelation, string>();
  const remove = async (): Promise<void> => {
    for (const { connection, text } of made.splice(0)) {
      await connection.execute(`drop table if exists ${text}`, false).catch(() => undefined);
      connection.close();
    }
  };
  try {
    for (const relation of relations) {
      const { connection, place } = await openCopy(relation, options);
      made.push({ connection, text: relationText(place) });
      await copy(relation, connection, relationText(place), options);
      texts.set(relation, relationText({ ...place, database: databaseOf(options, options.to) }));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { texts, remove };
}

function databaseOf({ session }: MoveOptions, engine: string): string {
  const name = session.hybrid?.catalog;
  const catalogs = session.sides.get(engine)?.project.target.catalogs ?? [];
  const entry = catalogs.find((catalog) => catalog.name === name);
  if (entry === undefined) throw new Error(`bug: ${engine} has no catalog ${String(name)}`);
  return entry.database;
}

async function openCopy(
  { owner, name, rows }: KnownRelation,
  options: MoveOptions,
): Promise<{ connection: EngineConnection; place: RelationName }> {
  const { engines, maxRows, columnsOnly } = options;
  if (columnsOnly !== true && rows !== null && rows > maxRows) tooLarge(name, maxRows, options.to);
  const engine = engines.get(owner);
  if (engine === undefined) throw new Error(`bug: ${owner} is not open`);
  const connection = await engine.connect("query");
  const database = databaseOf(options, owner);
  await connection.execute(`create schema if not exists ${quoted(database)}.${quoted(SCHEMA)}`, false);
  await sweep(engine, connection, database);
  const identifier = `${PREFIX}${Date.now().toString(36)}_${randomBytes(4).toString("hex")}`;
  return { connection, place: { database, schema: SCHEMA, identifier } };
}

async function sweep(engine: EngineSession, connection: EngineConnection, database: string): Promise<void> {
  for (const { identifier } of await engine.listRelations(database, [SCHEMA])) {
    const born = Number.parseInt(/^query_([0-9a-z]+)_/.exec(identifier)?.[1] ?? "", 36);
    if (Number.isNaN(born) || Date.now() - born < STALE_MS) continue;
    await connection.execute(`drop table if exists ${relationText({ database, schema: SCHEMA, identifier })}`, false);
  }
}

/** One row more than is allowed is asked for: then there are too many. */
async function copy(
  { owner, texts, name }: KnownRelation,
  connection: EngineConnection,
  target: string,
  { session, maxRows, to, columnsOnly }: MoveOptions,
): Promise<void> {
  const source = texts[owner] ?? "";
  const columns = await storableColumns(connection, source, session.sides.get(owner)?.engine);
  const limit = columnsOnly === true ? 0 : maxRows + 1;
  await connection.execute(`create table ${target} as select ${columns} from ${source} limit ${String(limit)}`, false);
  if (columnsOnly === true) return;
  const { data } = await connection.execute(`select count(*) from ${target}`, true);
  if (Number(asText(data[0]?.[0])) > maxRows) tooLarge(name, maxRows, to);
}

/** A catalog may have fewer types than the engine. */
async function storableColumns(
  connection: EngineConnection,
  source: string,
  engine: EngineEntry | undefined,
): Promise<string> {
  if (engine?.catalogType === undefined) return "*";
  const described = await connection.describe(`select * from ${source}`);
  return described
    .map(({ name, type: own }) => {
      const stored = engine.catalogType?.(own) ?? "VARCHAR";
      return stored === own ? quoted(name) : `cast(${quoted(name)} as ${stored}) as ${quoted(name)}`;
    })
    .join(", ");
}

function tooLarge(name: string, maxRows: number, to: string): never {
  fail(
    "DH1803",
    `${name} would have to be moved to ${to}, and has more than ${maxRows.toLocaleString("en")} rows`,
    null,
    "Make it a table of the shared catalog, filter it in a model first, or raise the router's `max_duckdb_rows`.",
  );
}
