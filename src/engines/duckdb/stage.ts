import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBDataChunk, type DuckDBAppender, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import type { ArrowField, ArrowType, TimeUnit } from "../../contracts/arrow.ts";
import type { RowStage } from "../../contracts/engine.ts";
import { valueEncoder } from "./arrow-values.ts";
import { quoted } from "../../shared/quoted.ts";

/** What DuckDB takes at a time. */
const CHUNK_ROWS = 2048;
/** Appended rows are kept in memory until they are committed. */
const COMMIT_ROWS = 50 * CHUNK_ROWS;

let stages = 0;

/** A table in a database file of its own: it holds any number of rows in bounded memory, and is gone with its folder. */
export async function openStage(
  connection: DuckDBConnection,
  fields: readonly ArrowField[],
  parent: string,
): Promise<RowStage> {
  const folder = mkdtempSync(join(parent, "duckhouse-upload-"));
  const database = `duckhouse_stage_${String(process.pid)}_${String(++stages)}`;
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const file = join(folder, "rows.duckdb").replaceAll("'", "''");
    await connection.run(`attach '${file}' as ${database}`);
    const columns = fields.map(({ name, type }) => `${quoted(name)} ${sqlType(type)}`).join(", ");
    await connection.run(`create table ${database}.main.stage (${columns})`);
    return new Stage(connection, database, fields, await connection.createAppender("stage", "main", database), remove);
  } catch (error) {
    await connection.run(`detach database if exists ${database}`).catch(() => undefined);
    connection.closeSync();
    remove();
    throw error;
  }
}

class Stage implements RowStage {
  rows = 0;
  readonly text: string;
  private readonly connection: DuckDBConnection;
  private readonly database: string;
  private readonly encoders: readonly ((value: unknown) => DuckDBValue)[];
  private readonly appender: DuckDBAppender;
  private readonly remove: () => void;
  private pending = 0;
  private isOpen = true;

  constructor(
    connection: DuckDBConnection,
    database: string,
    fields: readonly ArrowField[],
    appender: DuckDBAppender,
    remove: () => void,
  ) {
    this.connection = connection;
    this.database = database;
    this.text = `${database}.main.stage`;
    this.encoders = fields.map(({ type }) => valueEncoder(type));
    this.appender = appender;
    this.remove = remove;
  }

  append(columns: readonly (readonly unknown[])[], length: number): Promise<void> {
    const types = this.encoders.map((_, index) => this.appender.columnType(index));
    for (let start = 0; start < length; start += CHUNK_ROWS) {
      const end = Math.min(length, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(types, end - start);
      this.encoders.forEach((encode, index) => {
        const values = (columns[index] ?? []).slice(start, end).map(encode);
        chunk.setColumnValues(index, values);
      });
      this.appender.appendDataChunk(chunk);
      this.pending += end - start;
    }
    this.rows += length;
    if (this.pending >= COMMIT_ROWS) {
      this.pending = 0;
      this.appender.flushSync();
    }
    // Others have their turn between two batches.
    return new Promise((done) => setImmediate(done));
  }

  async finish(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.appender.closeSync();
    await Promise.resolve();
  }

  async close(): Promise<void> {
    await this.finish().catch(() => undefined);
    await this.connection.run(`detach ${this.database}`).catch(() => undefined);
    this.connection.closeSync();
    this.remove();
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
