import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance, type DuckDBConnection, type DuckDBResultReader, type DuckDBValue } from "@duckdb/node-api";
import type {
  CatalogColumn,
  EngineConnection,
  EngineSession,
  ExecuteOptions,
  InspectedStatement,
  KeyConstraint,
  QueryResult,
  RelationMeasure,
  RelationName,
  RelationRow,
  RowStage,
  SqlComment,
  WrittenTable,
} from "../../contracts/engine.ts";
import type { ArrowBatch, ArrowField, EngineStream } from "../../contracts/arrow.ts";
import { fail } from "../../contracts/diagnostic.ts";
import type { TargetCatalog } from "../../contracts/project.ts";
import { asText, errorMessage } from "../../shared/objects.ts";
import { serverOf } from "../../shared/served-file.ts";
import { withComment } from "../../shared/sql-comment.ts";
import {
  listKeyConstraints,
  listRelations,
  listSchemas,
  newestSnapshots,
  primaryKey,
  readCatalog,
  readIcebergCatalog,
} from "./catalog.ts";
import { cellKind, encodeCell } from "./cells.ts";
import { contentVersion } from "./content-version.ts";
import type { DuckDbCredentials } from "./credentials.ts";
import { AttachedCatalogs } from "./iceberg/attached-catalogs.ts";
import { ConflictRetry, type Statement } from "./iceberg/conflict-retry.ts";
import { DuckDbError, lockHolder, toDuckDbError } from "./errors.ts";
import { measureRelations } from "./measure.ts";
import { builtInExtensions, EXTENSION_HINT, isMissingExtension, setupStatements } from "./setup.ts";

/** Opens the database a profile names and prepares it (extensions, secrets, attached databases, settings). */
export async function openDuckDb(
  credentials: DuckDbCredentials,
  catalogs: readonly TargetCatalog[],
  comment: SqlComment | null = null,
): Promise<EngineSession> {
  const instance = await openInstance(credentials);
  const session = new DuckDbSession(instance, credentials, catalogs, comment);
  await session.setUp();
  return session;
}

async function openInstance(credentials: DuckDbCredentials): Promise<DuckDBInstance> {
  const { path } = credentials;
  if (path !== ":memory:" && !path.includes(":")) mkdirSync(dirname(path), { recursive: true });
  const options = Object.fromEntries(
    Object.entries(credentials.configOptions).map(([key, value]) => [key, asText(value)]),
  );
  for (let attempt = 1; ; attempt++) {
    try {
      const instance = await DuckDBInstance.create(path, options);
      // What a killed server left goes.
      serverOf(path);
      return instance;
    } catch (error) {
      const message = errorMessage(error);
      if (attempt < credentials.connectAttempts && isLock(message)) {
        await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * 2 ** attempt, 30_000)));
        continue;
      }
      openFailed(path, message);
    }
  }
}

function isLock(message: string): boolean {
  return /Could not set lock|Conflicting lock|being used by another process/i.test(message);
}

function openFailed(path: string, message: string): never {
  if (isLock(message)) {
    const holder = lockHolder(message);
    const server = serverOf(path);
    if (server !== null && (holder === null || holder.pid === server.pid))
      fail(
        "DH2005",
        `The database file ${path} is served by process ${String(server.pid)} on port ${String(server.port)}`,
        { file: path },
        "`duckhouse-dbt query` and Flight clients reach its tables there; stop the server (SIGTERM) to build.",
      );
    const who =
      holder === null
        ? "another process"
        : `process ${String(holder.pid)}${holder.command === null ? "" : ` (${holder.command})`}`;
    fail(
      "DH2001",
      `The database file ${path} is in use by ${who}: DuckDB lets one process write at a time.`,
      { file: path },
      "Wait for it or stop it; `retries: {connect_attempts: 5}` in the profile waits by itself.",
    );
  }
  fail(
    "DH2002",
    `Could not open the database file ${path}: ${message}`,
    { file: path },
    "If the file is damaged, restore it, or move it away: the next build makes a new one.",
  );
}

class DuckDbSession implements EngineSession {
  readonly adapterType = "duckdb";
  readonly hasTransactions = true;
  readonly file: string | null;
  private readonly instance: DuckDBInstance;
  private readonly credentials: DuckDbCredentials;
  private readonly catalogs: AttachedCatalogs;
  private readonly comment: SqlComment | null;
  private own: DuckDbConnection | null = null;
  /** Set: the database is locked, and stages may be here alone. */
  private stageFolder: string | null = null;

  constructor(
    instance: DuckDBInstance,
    credentials: DuckDbCredentials,
    catalogs: readonly TargetCatalog[],
    comment: SqlComment | null,
  ) {
    this.instance = instance;
    this.file = credentials.path.includes(":") ? null : credentials.path;
    this.comment = comment;
    this.credentials = credentials;
    this.catalogs = new AttachedCatalogs(catalogs, credentials, async (sql) => {
      const connection = await this.instance.connect();
      try {
        return (await connection.runAndReadAll(sql)).getRows();
      } finally {
        connection.closeSync();
      }
    });
  }

  async setUp(): Promise<void> {
    const connection = await this.ownConnection();
    const builtIn = this.credentials.extensions.length > 0 ? await builtInExtensions(this.instance) : new Set<string>();
    for (const statement of setupStatements(this.credentials, this.catalogs.logins, builtIn)) {
      try {
        await connection.prepareDatabase(statement.sql);
      } catch (error) {
        const message = errorMessage(error);
        const hint = statement.hint ?? (isMissingExtension(message) ? EXTENSION_HINT : null);
        fail("DH2003", `Could not prepare the database (${statement.what}): ${message}`, null, hint);
      }
    }
  }

  async connect(): Promise<EngineConnection> {
    const connection = await this.instance.connect();
    // `use` is per connection: unqualified names must mean the profile's database in each of them.
    if (this.credentials.attach.length > 0) await connection.run(`use "${this.credentials.database}"`);
    return new DuckDbConnection(connection, this.catalogs, null, this.stageFolder !== null);
  }

  async openStage(fields: readonly ArrowField[], at?: RelationName): Promise<RowStage> {
    const { openStage, openTableStage } = await import("./stage.ts");
    if (at !== undefined) return openTableStage(await this.instance.connect(), fields, at);
    return openStage(await this.instance.connect(), fields, this.stageFolder ?? tmpdir());
  }

  async stageQuery(sql: string, signal: AbortSignal): Promise<RowStage> {
    const { stageQuery } = await import("./stage.ts");
    return stageQuery(await this.instance.connect(), sql, this.stageFolder ?? tmpdir(), signal);
  }

  async lockDown(texts: readonly string[]): Promise<void> {
    const { lockDown } = await import("./lock-down.ts");
    await this.catalogs.prepareForLock();
    const stageFolder = mkdtempSync(join(realpathSync(tmpdir()), "duckhouse-serve-"));
    this.stageFolder = stageFolder;
    const connection = await this.instance.connect();
    try {
      await lockDown(connection, { stageFolder, texts, warehouses: this.catalogs.warehouses });
    } finally {
      connection.closeSync();
    }
  }

  private async ownConnection(): Promise<DuckDbConnection> {
    this.own ??= new DuckDbConnection(await this.instance.connect(), this.catalogs, this.comment);
    return this.own;
  }

  async listRelations(database: string, schemas: readonly string[] | null): Promise<RelationRow[]> {
    await this.catalogs.ensure(database);
    const tables = await listRelations(await this.ownConnection(), database, schemas);
    return [...tables, ...(await this.catalogs.views(database, schemas ?? []))];
  }

  async listKeyConstraints(database: string, schema: string): Promise<KeyConstraint[]> {
    return listKeyConstraints(await this.ownConnection(), database, schema);
  }

  async primaryKey({ database, schema, identifier }: RelationName): Promise<string[]> {
    return primaryKey(await this.ownConnection(), database, schema, identifier);
  }

  async listSchemas(database: string): Promise<string[]> {
    await this.catalogs.ensure(database);
    return listSchemas(await this.ownConnection(), database);
  }

  async writtenSnapshots(tables: readonly WrittenTable[]): Promise<(string | null)[]> {
    const found = tables.filter((table) => this.catalogs.isIceberg(table.database));
    const ids = found.length === 0 ? [] : await newestSnapshots(await this.ownConnection(), found);
    return tables.map((table) => ids[found.indexOf(table)] ?? null);
  }

  async readCatalog(database: string, schemas: readonly string[]): Promise<CatalogColumn[]> {
    await this.catalogs.ensure(database);
    const read = this.catalogs.isIceberg(database) ? readIcebergCatalog : readCatalog;
    return read(await this.ownConnection(), database, schemas);
  }

  /** What is open answers. */
  async probe(): Promise<void> {
    await this.ownConnection();
  }

  measure(relations: readonly RelationName[]): Promise<(RelationMeasure | null)[]> {
    const isIceberg = (database: string): boolean => this.catalogs.isIceberg(database);
    return measureRelations(relations, isIceberg, async (database, sql) => {
      await this.catalogs.ensure(database, true);
      const connection = await this.connect();
      try {
        return (await connection.execute(sql, true)).data;
      } finally {
        connection.close();
      }
    });
  }

  async contentVersion(relation: RelationName): Promise<string | null> {
    const connection = await this.connect();
    try {
      return await contentVersion(connection, relation);
    } finally {
      connection.close();
    }
  }

  async close(): Promise<void> {
    this.own?.close();
    this.own = null;
    this.instance.closeSync();
    if (this.stageFolder !== null) rmSync(this.stageFolder, { recursive: true, force: true });
    await Promise.resolve();
  }
}

class DuckDbConnection implements EngineConnection {
  private readonly connection: DuckDBConnection;
  private readonly catalogs: AttachedCatalogs;
  private readonly conflicts: ConflictRetry;
  /** Where none is given with a statement. */
  private readonly comment: SqlComment | null;
  private interrupted = false;
  /** Statements of clients are looked at first. */
  private readonly isGuarded: boolean;

  constructor(connection: DuckDBConnection, catalogs: AttachedCatalogs, comment: SqlComment | null, isGuarded = false) {
    this.isGuarded = isGuarded;
    this.connection = connection;
    this.comment = comment;
    this.catalogs = catalogs;
    this.conflicts = new ConflictRetry({ mend: (sql, message) => catalogs.mend(sql, message) });
  }

  async execute(sql: string, fetch: boolean, options: ExecuteOptions = {}): Promise<QueryResult> {
    this.interrupted = false;
    const statement = { sql, ...options };
    const missing = await this.catalogs.attachNamed(sql);
    if (!this.catalogs.anyIceberg && missing === null) return this.send(statement, fetch);
    try {
      return await this.inCatalog(statement, fetch);
    } catch (error) {
      throw missing ?? error;
    }
  }

  private async inCatalog(statement: Statement, fetch: boolean): Promise<QueryResult> {
    const { sql } = statement;
    const called = await this.catalogs.call(sql);
    if (called !== null) return called;
    await this.catalogs.refuseUnsafe(sql);
    return this.conflicts.run(statement, (each) => this.send(each, fetch && each === statement));
  }

  private async guard(sql: string): Promise<void> {
    if (this.isGuarded) await (await import("./lock-down.ts")).refuseForbidden(this.connection, sql);
  }

  async inspect(sql: string): Promise<InspectedStatement> {
    const missing = await this.catalogs.attachNamed(sql);
    const { inspectStatement } = await import("./arrow.ts");
    try {
      await this.guard(sql);
      return await inspectStatement(this.connection, sql);
    } catch (error) {
      throw missing ?? toDuckDbError(error, sql, 0);
    }
  }

  async stream(sql: string, options: ExecuteOptions = {}): Promise<EngineStream> {
    const { bindings, parameters, comment = this.comment } = options;
    this.interrupted = false;
    const missing = await this.catalogs.attachNamed(sql);
    const { streamQuery, boundValues } = await import("./arrow.ts");
    const { text, linesBefore } = withComment(sql, comment);
    const readable = (error: unknown): Error => missing ?? toDuckDbError(error, sql, linesBefore);
    try {
      await this.guard(sql);
      if (this.catalogs.anyIceberg) await this.catalogs.refuseUnsafe(sql);
      const isInterrupted = (): boolean => this.interrupted;
      const stream = await streamQuery(this.connection, text, boundValues(bindings, parameters), isInterrupted);
      const batches = withErrors(stream.batches, readable, isInterrupted);
      return { ...stream, batches, queryId: null, cancel: () => this.interrupt() };
    } catch (error) {
      throw readable(error);
    }
  }

  /** A statement of the profile, which the catalogs may need (a secret) and which needs none of them. */
  async prepareDatabase(sql: string): Promise<void> {
    await this.send({ sql }, false);
  }

  /** The comment comes last of all: what looks at statements before this sees them without it. */
  private async send({ sql, bindings, comment = this.comment }: Statement, fetch: boolean): Promise<QueryResult> {
    // DuckDB forgets an interrupt that comes between two statements.
    if (this.interrupted) throw new DuckDbError("INTERRUPT Error: Interrupted!");
    const { text, linesBefore } = withComment(sql, comment);
    try {
      if (!fetch) {
        const result = await this.connection.run(text, bindings as DuckDBValue[] | undefined);
        return { response: { _message: "OK" }, columns: [], data: [], rowCount: result.rowsChanged };
      }
      const reader = await this.connection.runAndReadAll(text);
      return readResult(reader);
    } catch (error) {
      throw toDuckDbError(error, sql, linesBefore);
    }
  }

  async describe(sql: string, comment: SqlComment | null = null): Promise<{ name: string; type: string }[]> {
    const { data } = await this.execute(`DESCRIBE (${sql})`, true, { comment });
    const [names = [], types = []] = data;
    return names.map((name, row) => ({ name: asText(name), type: asText(types[row]) }));
  }

  interrupt(): void {
    this.interrupted = true;
    this.connection.interrupt();
  }

  close(): void {
    this.connection.closeSync();
  }
}

async function* withErrors(
  batches: AsyncIterable<ArrowBatch>,
  readable: (error: unknown) => Error,
  isInterrupted: () => boolean,
): AsyncGenerator<ArrowBatch> {
  try {
    for await (const batch of batches) {
      if (isInterrupted()) break;
      yield batch;
    }
  } catch (error) {
    throw readable(error);
  }
  if (isInterrupted()) throw new DuckDbError("INTERRUPT Error: Interrupted!");
}

function readResult(reader: DuckDBResultReader): QueryResult {
  const names = reader.deduplicatedColumnNames();
  const types = reader.columnTypes();
  const columns = types.map((type, index) => ({ name: names[index] ?? "", type: String(type), kind: cellKind(type) }));
  const values = reader.getColumns();
  const data = types.map((type, index) =>
    (values[index] ?? []).map((value) => encodeCell(columns[index]?.kind ?? "text", value, type)),
  );
  return { response: { _message: "OK" }, columns, data, rowCount: reader.currentRowCount };
}
