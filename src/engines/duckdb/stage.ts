import { DuckDBDataChunk, type DuckDBAppender, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import type { ArrivedBatch, ArrivedColumn, ArrowField, ArrowType, TimeUnit } from "../../contracts/arrow.ts";
import type { RelationName, RowStage } from "../../contracts/engine.ts";
import { valueEncoder } from "./arrow-values.ts";
import { DuckDbError, toDuckDbError } from "./errors.ts";
import { openFileHome, orGone, TableHome, type StageHome } from "./stage-home.ts";
import { isWritable, writeVector } from "./vector-writer.ts";
import { errorMessage } from "../../shared/objects.ts";
import { quoted } from "../../shared/quoted.ts";

/** What DuckDB takes at a time. */
const CHUNK_ROWS = 2048;
/**
 * Appended rows are kept in memory until they are committed. From a row group on (122,880 rows) they go straight into the
 * file; fewer would be written twice, by way of the log.
 */
const COMMIT_ROWS = 60 * CHUNK_ROWS;

/**
 * A table in a database file of its own: it holds any number of rows in bounded memory, and is gone with its folder. It is
 * compressed, which costs a sixth more than it would otherwise and halves the memory that its pages take.
 */
export async function openStage(
  connection: DuckDBConnection,
  fields: readonly ArrowField[],
  parent: string,
): Promise<RowStage> {
  const home = await openFileHome(connection, parent);
  return orGone(home, async () => {
    await createTable(connection, home.text, fields);
    return new AppendedStage(home, fields, await connection.createAppender("stage", "main", home.database));
  });
}

/**
 * A table beside the one that the rows are for: it only has to take the name in the end. Its rows are of one transaction,
 * which nobody sees before they are all there, and of which a process that dies leaves nothing.
 */
export async function openTableStage(
  connection: DuckDBConnection,
  fields: readonly ArrowField[],
  at: RelationName,
): Promise<RowStage> {
  const home = new TableHome(connection, at);
  return orGone(home, async () => {
    await home.open();
    await createTable(connection, home.text, fields);
    return new AppendedStage(home, fields, await connection.createAppender(home.name, at.schema, at.database));
  });
}

async function createTable(connection: DuckDBConnection, name: string, fields: readonly ArrowField[]): Promise<void> {
  const columns = fields.map(({ name: column, type }) => `${quoted(column)} ${sqlType(type)}`).join(", ");
  const sql = `create table ${name} (${columns})`;
  await connection.run(sql).catch((error: unknown) => {
    // Names and sizes of types come from the rows' sender.
    throw toDuckDbError(error, sql, 0);
  });
}

/** The same, filled by a query at once. */
export async function stageQuery(
  connection: DuckDBConnection,
  sql: string,
  parent: string,
  signal: AbortSignal,
): Promise<RowStage> {
  const home = await openFileHome(connection, parent);
  const stop = (): void => connection.interrupt();
  return orGone(home, async () => {
    signal.throwIfAborted();
    signal.addEventListener("abort", stop);
    try {
      await connection.run(`create table ${home.text} as ${sql}`);
      const counted = await connection.runAndReadAll(`select count(*) from ${home.text}`);
      return new QueriedStage(home, Number(counted.getRows()[0]?.[0]));
    } catch (error) {
      throw toDuckDbError(error, sql, 0);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  });
}

class QueriedStage implements RowStage {
  readonly rows: number;
  readonly text: string;
  private readonly home: StageHome;

  constructor(home: StageHome, rows: number) {
    this.home = home;
    this.rows = rows;
    this.text = home.text;
  }

  append(): Promise<void> {
    return Promise.reject(new Error("bug: a stage that a query fills takes no other rows"));
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.home.close();
  }
}

interface StagedColumn extends ArrowField {
  readonly encode: (value: unknown) => DuckDBValue;
  /** Arrow's memory is taken as it is. */
  readonly isWritable: boolean;
}

class AppendedStage implements RowStage {
  rows = 0;
  readonly text: string;
  readonly become?: NonNullable<RowStage["become"]>;
  private readonly home: StageHome;
  private readonly columns: readonly StagedColumn[];
  /** One for all rows: the memory of each new one would be known to DuckDB alone, and wait for a garbage collection. */
  private readonly chunk: DuckDBDataChunk;
  private readonly appender: DuckDBAppender;
  private pending = 0;
  private isOpen = true;

  constructor(home: StageHome, fields: readonly ArrowField[], appender: DuckDBAppender) {
    this.home = home;
    this.text = home.text;
    if (home.become !== undefined) this.become = home.become.bind(home);
    this.columns = fields.map(({ name, type }) => {
      return { name, type, encode: valueEncoder(type), isWritable: isWritable(type) };
    });
    this.chunk = DuckDBDataChunk.create(fields.map((_, index) => appender.columnType(index)));
    this.appender = appender;
  }

  append({ length, columns }: ArrivedBatch): Promise<void> {
    for (let start = 0; start < length; start += CHUNK_ROWS) {
      const end = Math.min(length, start + CHUNK_ROWS);
      this.chunk.reset();
      this.chunk.rowCount = end - start;
      columns.forEach((column, index) => {
        this.fill(column, index, start, end);
      });
      this.write(() => this.appender.appendDataChunk(this.chunk));
      this.pending += end - start;
      if (this.pending < COMMIT_ROWS) continue;
      this.pending = 0;
      this.write(() => this.appender.flushSync());
    }
    this.rows += length;
    // Others have their turn between two batches.
    return new Promise((done) => setImmediate(done));
  }

  private fill(arrived: ArrivedColumn, index: number, start: number, end: number): void {
    const column = this.columns[index];
    if (column === undefined) throw new Error("bug: a batch has more columns than its schema");
    const { name, type, encode, isWritable: isSame } = column;
    try {
      if (arrived.memory !== null && isSame) {
        const vector = bindings.data_chunk_get_vector(this.chunk.chunk, index);
        writeVector(vector, type, arrived.memory, start, end - start);
      } else this.chunk.setColumnValues(index, arrived.values(start, end).map(encode));
    } catch (error) {
      // Arrow's values reach further than DuckDB's, e.g. seconds that are no microseconds in 64 bits.
      throw new DuckDbError(`Conversion Error: the column ${name} has a value out of range: ${errorMessage(error)}`);
    }
  }

  private write(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw toDuckDbError(error, "", 0);
    }
  }

  async finish(): Promise<void> {
    this.end();
    await this.home.finish?.();
  }

  async close(): Promise<void> {
    try {
      this.end();
    } catch {
      // The rows go anyway.
    }
    await this.home.close();
  }

  private end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.write(() => this.appender.closeSync());
  }
}

const TIMESTAMPS: Readonly<Record<TimeUnit, string>> = {
  s: "TIMESTAMP_S",
  ms: "TIMESTAMP_MS",
  us: "TIMESTAMP",
  ns: "TIMESTAMP_NS",
};

function sqlType(type: ArrowType): string {
  switch (type.kind) {
    case "null":
      return "INTEGER";
    case "bool":
      return "BOOLEAN";
    case "utf8":
      return "VARCHAR";
    case "binary":
      return "BLOB";
    case "date":
      return "DATE";
    case "interval":
      return "INTERVAL";
    case "int":
      return `${type.signed ? "" : "U"}${{ 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT" }[type.bits]}`;
    case "float":
      return type.bits === 32 ? "FLOAT" : "DOUBLE";
    case "decimal":
      // What has more than 38 digits is no decimal here; its text loses nothing.
      return type.precision > 38 ? "VARCHAR" : `DECIMAL(${String(type.precision)}, ${String(type.scale)})`;
    case "time":
      return "TIME";
    case "timestamp":
      return type.zone === null ? TIMESTAMPS[type.unit] : "TIMESTAMP WITH TIME ZONE";
    case "list":
      return `${sqlType(type.item)}[]`;
    case "fixed-list":
      return `${sqlType(type.item)}[${String(type.size)}]`;
    case "map":
      return `MAP(${sqlType(type.key)}, ${sqlType(type.value)})`;
    case "struct":
      return `STRUCT(${type.fields.map((field) => `${quoted(field.name)} ${sqlType(field.type)}`).join(", ")})`;
  }
}
