import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type {
  CatalogColumn,
  EngineConnection,
  EngineSession,
  KeyConstraint,
  RelationMeasure,
  RelationName,
  RelationRow,
  RowStage,
  SqlComment,
  WrittenTable,
} from "../../contracts/engine.ts";
import type { ArrowField } from "../../contracts/arrow.ts";
import { fail } from "../../contracts/diagnostic.ts";
import type { TargetCatalog } from "../../contracts/project.ts";
import { asText, errorMessage } from "../../shared/objects.ts";
import { serverOf } from "../../shared/served-file.ts";
import {
  listKeyConstraints,
  listRelations,
  listSchemas,
  newestSnapshots,
  readCatalog,
  readIcebergCatalog,
} from "./catalog.ts";
import { DuckDbConnection } from "./connection.ts";
import { contentVersion } from "./content-version.ts";
import type { DuckDbCredentials } from "./credentials.ts";
import { AttachedCatalogs } from "./iceberg/attached-catalogs.ts";
import { lockHolder } from "./errors.ts";
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
  // As in dbt, a folder that is not there is a mistake in the path, and nothing is made of it.
  const hint =
    path !== ":memory:" && !path.includes(":") && !existsSync(dirname(path))
      ? `There is no folder ${dirname(path)}: make it, or correct \`path\` in profiles.yml.`
      : "If the file is damaged, restore it, or move it away: the next build makes a new one.";
  fail("DH2002", `Could not open the database file ${path}: ${message}`, { file: path }, hint);
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
    return new DuckDbConnection(connection, this.catalogs, null, {
      isGuarded: this.stageFolder !== null,
      startPython: async () => {
        const { PythonRun } = await import("./python/run-python-model.ts");
        return new PythonRun(this.credentials, await this.connect());
      },
    });
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
