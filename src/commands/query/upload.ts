import { asArrived } from "../../arrow/read-columns.ts";
import type { ArrivedBatch } from "../../contracts/arrow.ts";
import { fail } from "../../contracts/diagnostic.ts";
import type { EngineConnection, EngineSession, RelationName, RowStage } from "../../contracts/engine.ts";
import type { UploadRequest, UploadResult, UploadTerms } from "../../contracts/query.ts";
import type { Session } from "../session.ts";
import { EngineTransaction } from "./transaction.ts";
import { nameParts, relationText } from "./table-directory.ts";
import { openLoader, type Loader, type Shelf } from "./upload-loader.ts";
import { quoted } from "../../shared/quoted.ts";
import { writeRows } from "./write-rows.ts";

/** More rows than these do not go into an engine that takes them as SQL text only. */
const MAX_ROWS_AS_TEXT = 100_000;

type Engines = ReadonlyMap<string, EngineSession>;

interface Place {
  readonly shelf: Shelf;
  /** As the shelf's writer names it. */
  readonly relation: RelationName;
  readonly isThere: boolean;
}

/** Takes a client's rows into a table. */
export function receiveUpload(session: Session, engines: Engines, request: UploadRequest): Promise<UploadResult> {
  return loadTable(session, engines, request, async (loader) => {
    // The first batch may name the target.
    const batches = new BegunBatches(request.batches);
    await batches.begin();
    try {
      const stage = await loader.reader.openStage?.(request.fields, knownPlace(loader, request) ?? undefined);
      if (stage === undefined) throw new Error("bug: an engine that loads has no stage");
      return await filled(stage, batches);
    } finally {
      await batches.return();
    }
  });
}

/** Batches of which the first is there before anybody reads them. */
class BegunBatches implements AsyncIterableIterator<ArrivedBatch> {
  private readonly source: AsyncIterator<ArrivedBatch>;
  private first: IteratorResult<ArrivedBatch> | null = null;

  constructor(batches: UploadRequest["batches"]) {
    this.source = batches[Symbol.asyncIterator]();
  }

  async begin(): Promise<void> {
    this.first = await this.source.next();
  }

  async next(): Promise<IteratorResult<ArrivedBatch>> {
    const { first } = this;
    this.first = null;
    return first ?? this.source.next();
  }

  async return(): Promise<IteratorResult<ArrivedBatch>> {
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The table that the rows are for, where their number changes nothing and its engine is the one that stages them. */
function knownPlace(
  { reader, own, shared }: Loader,
  { table, target, mode, forced, transaction }: UploadRequest,
): RelationName | null {
  const asked = target === "auto" ? forced() : target;
  const isKnown = asked === "duckdb" || ((asked === null || asked === "auto") && shared === null);
  if (!isKnown || own?.writer !== reader || mode === "append" || (transaction ?? null) !== null) return null;
  return relationOn(own, table);
}

/**
 * Rows into a table: `fill` stages them on disk, then they are counted, placed by their number, and put there in one piece.
 * What fails on the way leaves nothing.
 */
export async function loadTable(
  session: Session,
  engines: Engines,
  terms: UploadTerms,
  fill: (loader: Loader) => Promise<RowStage>,
): Promise<UploadResult> {
  const loader = await openLoader(session, engines);
  try {
    const stage = await fill(loader);
    try {
      terms.signal.throwIfAborted();
      const { transaction } = terms;
      if (!(transaction instanceof EngineTransaction)) return await store(loader, stage, terms, null);
      transaction.hasWritten = true;
      return await transaction.use((shared) => store(loader, stage, terms, shared));
    } finally {
      await stage.close();
    }
  } finally {
    await loader.close();
  }
}

/** The stage with all rows; closed where they do not come. */
export async function filled(stage: RowStage, batches: UploadRequest["batches"]): Promise<RowStage> {
  try {
    for await (const batch of batches) await stage.append(batch);
    await stage.finish();
    return stage;
  } catch (error) {
    await stage.close();
    throw error;
  }
}

/** `inTransaction`: the connection whose transaction the rows belong to. */
async function store(
  loader: Loader,
  stage: RowStage,
  terms: UploadTerms,
  inTransaction: EngineConnection | null,
): Promise<UploadResult> {
  const own = await placeOn(loader.own, loader, terms.table, inTransaction);
  const shared = await placeOn(loader.shared, loader, terms.table, inTransaction);
  if (own === null && shared === null) unknownDatabase(terms.table, loader);
  const isThere = own?.isThere === true || shared?.isThere === true;
  if (terms.mode === "create" && isThere)
    fail("DH1807", `The table ${terms.table} exists already`, null, "Use the mode append or replace.");
  if (terms.mustExist === true && !isThere)
    fail("DH1808", `There is no table ${terms.table}`, null, "Create it first, or let the upload do so.");
  const { place, rule, reason } = choose(terms, stage.rows, loader.largeRows, own, shared);
  const other = place === own ? shared : own;
  if (stage.become !== undefined && terms.mode !== "append") await stage.become(place.relation, terms.mode);
  else
    await using(place.shelf.writer, inTransaction, terms.signal, async (connection) => {
      const carried = await carry(loader, stage, place.shelf, terms.signal);
      try {
        await writeRows(connection, { ...place, rows: carried ?? stage, mode: terms.mode });
      } finally {
        await carried?.close();
      }
    });
  // What is replaced elsewhere would be a second table of that name.
  if (terms.mode === "replace" && other?.isThere === true)
    await using(other.shelf.writer, inTransaction, terms.signal, (connection) =>
      connection.execute(`drop table if exists ${relationText(other.relation)}`, false),
    );
  const table = plainText({ ...place.relation, database: place.shelf.shown });
  return { rows: stage.rows, target: place.shelf.target, table, rule, reason };
}

async function using(
  engine: EngineSession,
  shared: EngineConnection | null,
  signal: AbortSignal,
  work: (connection: EngineConnection) => Promise<unknown>,
): Promise<void> {
  const connection = shared ?? (await engine.connect("upload"));
  const stop = (): void => connection.interrupt();
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    await work(connection);
  } finally {
    signal.removeEventListener("abort", stop);
    if (shared === null) connection.close();
  }
}

/** Null: the name is one of another database. */
async function placeOn(
  shelf: Shelf | null,
  { reader }: Loader,
  table: string,
  inTransaction: EngineConnection | null,
): Promise<Place | null> {
  const relation = shelf === null ? null : relationOn(shelf, table);
  if (shelf === null || relation === null) return null;
  const isThere =
    inTransaction !== null && shelf.writer === reader
      ? await isSeen(inTransaction, relation)
      : ((await shelf.writer.measure([relation]))[0] ?? null) !== null;
  return { shelf, relation, isThere };
}

/** Null: the name is one of another database. */
function relationOn({ names, database, schema }: Shelf, table: string): RelationName | null {
  const parts = nameParts(table);
  const identifier = parts.at(-1) ?? "";
  if (identifier === "" || parts.length > 3) fail("DH1809", `${table} is no name of a table`);
  const named = parts.at(-3);
  if (named !== undefined && !names.includes(named.toLowerCase())) return null;
  return { database, schema: parts.at(-2) ?? schema, identifier };
}

/** A transaction sees tables of its own that nobody else sees. */
async function isSeen(connection: EngineConnection, relation: RelationName): Promise<boolean> {
  return connection.inspect(`select * from ${relationText(relation)}`).then(
    () => true,
    () => false,
  );
}

function unknownDatabase(table: string, { own, shared }: Loader): never {
  const known = [own, shared].flatMap((shelf) => (shelf === null ? [] : [shelf.shown]));
  fail("DH1809", `Uploads do not reach the database of ${table}`, null, `They go to ${known.join(" and ")}.`);
}

interface Choice {
  readonly place: Place;
  readonly rule: string;
  readonly reason: string;
}

function choose(
  { target, mode, forced }: UploadTerms,
  rows: number,
  largeRows: number,
  own: Place | null,
  shared: Place | null,
): Choice {
  const asked = target === "auto" ? forced() : target;
  if (asked !== null && asked !== "auto") {
    // A target of Trino alone without a shared catalog is asked for Trino.
    const wanted = asked === "iceberg" ? (shared ?? (own?.shelf.target === "duckdb" ? null : own)) : own;
    if (wanted === null || (asked === "duckdb" && wanted.shelf.target !== "duckdb")) refuse(asked);
    return { place: wanted, rule: "config", reason: `target: ${asked} is asked for` };
  }
  if (own === null || shared === null) {
    const only = own ?? shared;
    if (only === null) throw new Error("bug: an upload without a place");
    return { place: only, rule: "only-engine", reason: `only ${only.shelf.shown} can have it` };
  }
  if (mode === "append" && own.isThere !== shared.isThere)
    return { place: own.isThere ? own : shared, rule: "exists", reason: "the table is there" };
  const reason = `${rows.toLocaleString("en")} rows (${largeRows.toLocaleString("en")} go to Iceberg)`;
  return rows >= largeRows ? { place: shared, rule: "rows", reason } : { place: own, rule: "small", reason };
}

function refuse(asked: string): never {
  if (asked === "duckdb") fail("DH1809", "DuckDB cannot have this table", null, "Leave the choice to the router.");
  fail("DH1809", "This target has no Iceberg catalog to upload to", null, "Declare one in catalogs.yml.");
}

/** The staged rows where another engine writes; null: the one that staged them does. */
async function carry(
  { reader }: Loader,
  stage: RowStage,
  { writer, shown }: Shelf,
  signal: AbortSignal,
): Promise<RowStage | null> {
  if (writer === reader) return null;
  if (stage.rows > MAX_ROWS_AS_TEXT || writer.openStage === undefined)
    fail(
      "DH1809",
      `${stage.rows.toLocaleString("en")} rows are too many for ${shown}, which takes them as SQL text only`,
      null,
      "Declare in catalogs.yml an Iceberg catalog that DuckDB and Trino both use: then they go in as files.",
    );
  const connection = await reader.connect("upload");
  try {
    const { fields, batches } = await connection.stream(`select * from ${stage.text}`);
    const copy = await writer.openStage(fields);
    const rows = async function* (): AsyncGenerator<ArrivedBatch> {
      for await (const batch of batches) {
        signal.throwIfAborted();
        yield asArrived(fields, batch);
      }
    };
    return await filled(copy, rows());
  } finally {
    connection.close();
  }
}

/** As a query may write it: quoted only where it has to be. */
function plainText({ database, schema, identifier }: RelationName): string {
  return [database, schema, identifier]
    .map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : quoted(part)))
    .join(".");
}
