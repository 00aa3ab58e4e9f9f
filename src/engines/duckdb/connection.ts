import type { DuckDBConnection, DuckDBResultReader, DuckDBValue } from "@duckdb/node-api";
import type { ArrowBatch, EngineStream } from "../../contracts/arrow.ts";
import type {
  EngineConnection,
  ExecuteOptions,
  InspectedStatement,
  PythonJob,
  QueryResult,
  SqlComment,
} from "../../contracts/engine.ts";
import { asText } from "../../shared/objects.ts";
import { withComment } from "../../shared/sql-comment.ts";
import { cellKind, encodeCell } from "./cells.ts";
import { DuckDbError, toDuckDbError } from "./errors.ts";
import type { AttachedCatalogs } from "./iceberg/attached-catalogs.ts";
import { ConflictRetry, type Statement } from "./iceberg/conflict-retry.ts";
import type { PythonRun } from "./python/run-python-model.ts";

interface ConnectionOptions {
  readonly isGuarded?: boolean;
  /** Null: no Python model is ever run here. */
  readonly startPython?: (() => Promise<PythonRun>) | null;
}

export class DuckDbConnection implements EngineConnection {
  private readonly connection: DuckDBConnection;
  private readonly catalogs: AttachedCatalogs;
  private readonly conflicts: ConflictRetry;
  /** Where none is given with a statement. */
  private readonly comment: SqlComment | null;
  private interrupted = false;
  private python: PythonRun | null = null;
  private readonly startPython: (() => Promise<PythonRun>) | null;
  /** Statements of clients are looked at first. */
  private readonly isGuarded: boolean;

  constructor(
    connection: DuckDBConnection,
    catalogs: AttachedCatalogs,
    comment: SqlComment | null,
    { isGuarded = false, startPython = null }: ConnectionOptions = {},
  ) {
    this.isGuarded = isGuarded;
    this.startPython = startPython;
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

  async runPython(job: PythonJob, say: (line: string) => void): Promise<readonly string[]> {
    this.interrupted = false;
    await this.endPython();
    if (this.startPython === null) throw new Error("bug: this connection runs no Python");
    const isInterrupted = (): boolean => this.interrupted;
    const python = await this.startPython();
    this.python = python;
    if (isInterrupted()) python.interrupt();
    return python.run(job, say);
  }

  async endPython(): Promise<void> {
    const { python } = this;
    this.python = null;
    await python?.close();
  }

  interrupt(): void {
    this.interrupted = true;
    this.python?.interrupt();
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
