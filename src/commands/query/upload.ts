import { fail } from "../../contracts/diagnostic.ts";
import type { EngineConnection, EngineSession, RelationName, RowStage } from "../../contracts/engine.ts";
import type { UploadRequest, UploadResult } from "../../contracts/query.ts";
import { isCatalog } from "../routing/built-nodes.ts";
import type { EngineSide, Session } from "../session.ts";
import { EngineTransaction } from "./transaction.ts";
import { nameParts, relationText } from "./table-directory.ts";
import { quoted } from "../../shared/quoted.ts";

/** Uploads of so many rows go to the shared catalog. */
export const LARGE_UPLOAD = 100_000;

interface Loader {
  readonly side: EngineSide;
  readonly engine: EngineSession;
}

interface Place {
  readonly target: "duckdb" | "iceberg";
  readonly relation: RelationName;
}

/** Takes rows into a table: staged on disk, counted, placed by their number, and put there in one piece. */
export async function receiveUpload(
  session: Session,
  engines: ReadonlyMap<string, EngineSession>,
  request: UploadRequest,
): Promise<UploadResult> {
  const loader = loaderOf(session, engines);
  const stage = await loader.engine.openStage?.(request.fields);
  if (stage === undefined) throw new Error("bug: an engine that loads has no stage");
  const { transaction } = request;
  const own = transaction instanceof EngineTransaction;
  const connection = await loader.engine.connect("upload");
  const stop = (): void => connection.interrupt();
  request.signal.addEventListener("abort", stop);
  try {
    for await (const { columns, length } of request.batches) await stage.append(columns, length);
    await stage.finish();
    request.signal.throwIfAborted();
    if (!own) return await store(session, loader, connection, stage, request);
    transaction.hasWritten = true;
    return await transaction.use((shared) => store(session, loader, shared, stage, request));
  } finally {
    request.signal.removeEventListener("abort", stop);
    connection.close();
    await stage.close();
  }
}

/** The engine that takes rows; it writes into the shared catalog too. */
function loaderOf({ sides }: Session, engines: ReadonlyMap<string, EngineSession>): Loader {
  for (const [name, side] of sides) {
    const engine = engines.get(name);
    if (engine?.openStage !== undefined) return { side, engine };
  }
  return fail(
    "DH1809",
    "This target takes no uploads",
    null,
    "It needs an engine that loads rows: a target of type duckdb or duckhouse.",
  );
}

async function store(
  session: Session,
  { side, engine }: Loader,
  connection: EngineConnection,
  stage: RowStage,
  request: UploadRequest,
): Promise<UploadResult> {
  const local = { target: "duckdb" as const, relation: nameIn(request.table, side, null) };
  const lake = catalogPlace(session, side, request.table);
  const exists = async (place: Place | null): Promise<boolean> =>
    place !== null &&
    (request.transaction instanceof EngineTransaction
      ? isSeen(connection, place.relation)
      : ((await engine.measure([place.relation]))[0] ?? null) !== null);
  const [inLocal, inLake] = [await exists(local), await exists(lake)];
  if (request.mode === "create" && (inLocal || inLake))
    fail("DH1807", `The table ${request.table} exists already`, null, 'Use "mode": "append" or "replace".');
  if (request.mustExist === true && !inLocal && !inLake)
    fail("DH1808", `There is no table ${request.table}`, null, "Create it first, or let the upload do so.");
  const { place, rule, reason } = choose(request, stage.rows, local, lake, inLocal, inLake);
  const isThere = place === local ? inLocal : inLake;
  const rows = await storable(connection, stage, place.target === "iceberg" ? side : null);
  await connection.execute(
    `create schema if not exists ${quoted(place.relation.database)}.${quoted(place.relation.schema)}`,
    false,
  );
  await write(connection, place, rows, request.mode, isThere);
  const other = place === local ? lake : local;
  // What is replaced elsewhere would be a second table of that name.
  if (request.mode === "replace" && other !== null && (place === local ? inLake : inLocal))
    await connection.execute(`drop table if exists ${relationText(other.relation)}`, false);
  return { rows: stage.rows, target: place.target, table: plainText(place.relation), rule, reason };
}

/** A transaction sees tables of its own that nobody else sees. */
async function isSeen(connection: EngineConnection, relation: RelationName): Promise<boolean> {
  return connection.inspect(`select * from ${relationText(relation)}`).then(
    () => true,
    () => false,
  );
}

function choose(
  { target, mode, forced }: UploadRequest,
  rows: number,
  local: Place,
  lake: Place | null,
  inLocal: boolean,
  inLake: boolean,
): { place: Place; rule: string; reason: string } {
  const asked = target === "auto" ? (forced() ?? "auto") : target;
  if (asked === "iceberg" && lake === null)
    fail("DH1809", "This target has no Iceberg catalog to upload to", null, "Declare one in catalogs.yml.");
  if (asked !== "auto")
    return {
      place: asked === "iceberg" && lake !== null ? lake : local,
      rule: "config",
      reason: `target: ${asked} is asked for`,
    };
  if (mode === "append" && inLocal !== inLake)
    return { place: inLake && lake !== null ? lake : local, rule: "exists", reason: "the table is there" };
  if (lake === null) return { place: local, rule: "only-engine", reason: "the target has no catalog" };
  const counted = `${rows.toLocaleString("en")} rows (${LARGE_UPLOAD.toLocaleString("en")} go to Iceberg)`;
  return rows >= LARGE_UPLOAD
    ? { place: lake, rule: "rows", reason: counted }
    : { place: local, rule: "small", reason: counted };
}

/** Each in one transaction, or one commit of the catalog. */
async function write(
  connection: EngineConnection,
  { target, relation }: Place,
  rows: string,
  mode: UploadRequest["mode"],
  isThere: boolean,
): Promise<void> {
  const name = relationText(relation);
  const run = (sql: string): Promise<unknown> => connection.execute(sql, false);
  if (mode === "append" && isThere) await run(`insert into ${name} by name ${rows}`);
  else if (!isThere) await run(`create table ${name} as ${rows}`);
  else if (target === "duckdb") await run(`create or replace table ${name} as ${rows}`);
  else {
    const beside = { ...relation, identifier: `${relation.identifier}__duckhouse_new` };
    await run(`drop table if exists ${relationText(beside)}`);
    await run(`create table ${relationText(beside)} as ${rows}`);
    const parts = [relation.database, relation.schema, beside.identifier, relation.identifier];
    const literals = parts.map((part) => `'${part.replaceAll("'", "''")}'`).join(", ");
    const { data } = await connection.execute(`call duckhouse_swap_table(${literals})`, true);
    const problem = data[0]?.[0];
    if (typeof problem !== "string") return;
    await run(`drop table if exists ${relationText(beside)}`);
    fail("DH1809", `${name} cannot be replaced: ${problem}`, null, "Drop it first.");
  }
}

/** The staged rows, with types that a catalog has. */
async function storable(connection: EngineConnection, stage: RowStage, side: EngineSide | null): Promise<string> {
  const engine = side?.engine;
  if (engine?.catalogType === undefined) return `select * from ${stage.text}`;
  const columns = await connection.describe(`select * from ${stage.text}`);
  const parts = columns.map(({ name, type }) => {
    const stored = engine.catalogType?.(type) ?? "VARCHAR";
    return stored === type ? quoted(name) : `cast(${quoted(name)} as ${stored}) as ${quoted(name)}`;
  });
  return `select ${parts.join(", ")} from ${stage.text}`;
}

/** `a.b.c`, `b.c` or `c`; each part is an identifier, whatever is in it. */
function nameIn(
  table: string,
  { project }: EngineSide,
  catalog: { database: string; schema: string } | null,
): RelationName {
  const { database, schema } = catalog ?? project.target;
  const parts = nameParts(table);
  const identifier = parts.at(-1) ?? "";
  if (identifier === "" || parts.length > 3) fail("DH1809", `${table} is no name of a table`);
  return { database: parts.at(-3) ?? database, schema: parts.at(-2) ?? schema, identifier };
}

/** Where the table would be in the catalog that all engines see, in the schema that they use there. */
function catalogPlace({ sides, hybrid }: Session, loader: EngineSide, table: string): Place | null {
  const { catalogs } = loader.project.target;
  const entry = hybrid === null ? catalogs[0] : catalogs.find(({ name }) => name === hybrid.catalog);
  if (entry === undefined) return null;
  const owner = [...sides.values()].find((side) => isCatalog(side, side.project.target.database)) ?? loader;
  const { schema } = owner.project.target;
  return { target: "iceberg", relation: nameIn(table, loader, { database: entry.database, schema }) };
}

/** As a query may write it: quoted only where it has to be. */
function plainText({ database, schema, identifier }: RelationName): string {
  return [database, schema, identifier]
    .map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : quoted(part)))
    .join(".");
}
