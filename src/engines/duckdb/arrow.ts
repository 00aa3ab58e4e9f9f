import {
  DuckDBTypeId,
  StatementType,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBResult,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { BatchBuilder } from "../../arrow/build-column.ts";
import type { ArrowBatch, ArrowField, TypedValue } from "../../contracts/arrow.ts";
import type { InspectedStatement } from "../../contracts/engine.ts";
import { arrowColumn, type ArrowColumn } from "./arrow-types.ts";
import { duckDbType, valueEncoder } from "./arrow-values.ts";
import { DuckDbError } from "./errors.ts";
import { vectorLoader, type LoadVector } from "./vector-reader.ts";

/** A batch is sent when it has so many rows or bytes: large enough to be fast, small enough for every client's limit. */
const BATCH_ROWS = 65_536;
const BATCH_BYTES = 8 << 20;
const MARK = "__duckhouse_end";
/** A table scan: with any other source of one row, the whole query is read by one thread which waits for it (twice the CPU). */
const MARK_TABLE = `temp.main.${MARK}`;
/** What lists tables would list ours. */
const LISTS_TABLES = /\b(show|describe|pragma|information_schema|(duckdb|pg|sqlite|pragma)_\w+)\b|^\s*desc\b/i;

/** Values for `?`; where their types are not told, DuckDB guesses them. */
interface BoundValues {
  readonly values?: DuckDBValue[];
  readonly types?: DuckDBType[];
}

export function boundValues(
  bindings: readonly unknown[] | undefined,
  parameters: readonly TypedValue[] | undefined,
): BoundValues {
  if (parameters === undefined) return bindings === undefined ? {} : { values: [...bindings] as DuckDBValue[] };
  return {
    values: parameters.map(({ type, value }) => valueEncoder(type)(value)),
    types: parameters.map(({ type, value }) => duckDbType(value === null ? { kind: "null" } : type)),
  };
}

/** What DuckDB says of a statement when it prepares it. Of one that only counts what it wrote, no columns. */
export async function inspectStatement(connection: DuckDBConnection, sql: string): Promise<InspectedStatement> {
  const prepared = await connection.prepare(sql);
  try {
    const parameters = Array.from({ length: prepared.parameterCount }, (_, index) => {
      const type = prepared.parameterType(index + 1);
      const name = prepared.parameterName(index + 1);
      return { name, type: PARAMETERLESS.has(type.typeId) ? TEXT : arrowColumn(type).type };
    });
    const fields = Array.from({ length: prepared.columnCount }, (_, index): ArrowField => {
      const type = prepared.columnType(index);
      return { name: prepared.columnName(index), type: PARAMETERLESS.has(type.typeId) ? TEXT : arrowColumn(type).type };
    });
    const isQuery = [StatementType.SELECT, StatementType.EXPLAIN].includes(prepared.statementType);
    const [first, ...more] = fields;
    const onlyCounts = more.length === 0 && ["Count", "Success"].includes(first?.name ?? "Count");
    return { parameters, fields: !isQuery && onlyCounts ? [] : fields };
  } finally {
    prepared.destroySync();
  }
}

const TEXT: ArrowField["type"] = { kind: "utf8" };
/** Not known before a value comes. */
const PARAMETERLESS: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.INVALID,
  DuckDBTypeId.ANY,
  DuckDBTypeId.SQLNULL,
]);

export interface DuckDbStream {
  readonly fields: readonly ArrowField[];
  readonly affected: number | null;
  readonly batches: AsyncIterable<ArrowBatch>;
}

/**
 * Reads a query as it runs. Where a query fails after its first rows, the driver's streaming read ends as if that were
 * all: nothing tells the two apart. So a query is sent with a last row of our own, and a stream without it has failed.
 * Other statements are run to their end first.
 */
export async function streamQuery(
  connection: DuckDBConnection,
  sql: string,
  bound: BoundValues,
  isInterrupted: () => boolean,
): Promise<DuckDbStream> {
  const guarded = await guardedText(connection, sql);
  const { values, types } = bound;
  const interrupt = (): void => connection.interrupt();
  if (guarded === null) return wholeResult(await connection.run(sql, values, types), interrupt);
  const result = await connection.stream(guarded.text, values, types);
  const columns = result.columnTypes().slice(0, -1).map(arrowColumn);
  const fields = columns.map(({ type }, index) => ({ name: guarded.names[index] ?? "", type }));
  const rerun = async (): Promise<never> => {
    if (isInterrupted()) throw new DuckDbError("INTERRUPT Error: Interrupted!");
    // The message is lost with the rows; the same statement, run to its end, has it.
    await connection.run(sql, values, types);
    throw new DuckDbError("INTERNAL Error: the result ended early, and the query gave no error when it was run again");
  };
  return { fields, affected: null, batches: guardedBatches(chunksOf(result, interrupt), columns, fields, rerun) };
}

/** Null: no query. `DESCRIBE` and its like are queries to DuckDB, but may not stand in a FROM. */
async function guardedText(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ text: string; names: string[] } | null> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) return null;
  const prepared = await statements.prepare(0);
  try {
    if (prepared.statementType !== StatementType.SELECT) return null;
    const names = Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnName(index));
    const query = sql.replace(/;\s*$/, "");
    const nulls = names.map(() => "null, ").join("");
    const mark = await markedRow(connection, sql);
    const text = `select *, false as "${MARK}" from (\n${query}\n) union all select ${nulls}${mark}`;
    const wrapped = await connection.prepare(text).catch(() => null);
    const fits = wrapped?.columnCount === names.length + 1;
    wrapped?.destroySync();
    return fits ? { text, names } : null;
  } finally {
    prepared.destroySync();
  }
}

async function markedRow(connection: DuckDBConnection, sql: string): Promise<string> {
  try {
    if (LISTS_TABLES.test(sql)) {
      await connection.run(`drop table if exists ${MARK_TABLE}`);
      return "true";
    }
    await connection.run(`create temp table if not exists ${MARK_TABLE} as select true as ended`);
    return `ended from ${MARK_TABLE}`;
  } catch {
    // A transaction that has failed takes no table.
    return "true";
  }
}

function wholeResult(result: DuckDBResult, interrupt: () => void): DuckDbStream {
  const columns = result.columnTypes().map(arrowColumn);
  const names = result.columnNames();
  const fields = columns.map(({ type }, index) => ({ name: names[index] ?? "", type }));
  const isQuery = result.statementType === StatementType.SELECT || result.statementType === StatementType.EXPLAIN;
  const batches = wholeBatches(chunksOf(result, interrupt), columns, fields);
  return { fields, affected: isQuery ? null : result.rowsChanged, batches };
}

/** The next chunk is fetched while the last one is read. */
async function* chunksOf(result: DuckDBResult, interrupt: () => void): AsyncGenerator<DuckDBDataChunk> {
  const fetched = (): Promise<DuckDBDataChunk | null> => {
    const next = result.fetchChunk();
    // It may fail before somebody waits for it.
    next.catch(() => undefined);
    return next;
  };
  let next = fetched();
  let hasEnded = false;
  try {
    for (;;) {
      const chunk = await next;
      hasEnded = chunk === null || chunk.rowCount === 0;
      if (chunk === null || hasEnded) return;
      next = fetched();
      yield chunk;
    }
  } finally {
    // Who stops early is done with the connection, which has to be idle when it is closed.
    if (!hasEnded) interrupt();
    await next.catch(() => undefined);
  }
}

async function* wholeBatches(
  chunks: AsyncIterable<DuckDBDataChunk>,
  columns: readonly ArrowColumn[],
  fields: readonly ArrowField[],
): AsyncGenerator<ArrowBatch> {
  const writer = new BatchWriter(columns, fields);
  for await (const chunk of chunks) {
    writer.append(chunk, 0, chunk.rowCount);
    if (writer.isFull) yield writer.take();
  }
  if (writer.rows > 0) yield writer.take();
}

async function* guardedBatches(
  chunks: AsyncIterable<DuckDBDataChunk>,
  columns: readonly ArrowColumn[],
  fields: readonly ArrowField[],
  failed: () => Promise<never>,
): AsyncGenerator<ArrowBatch> {
  const writer = new BatchWriter(columns, fields);
  let isComplete = false;
  for await (const chunk of chunks) {
    const end = markOf(chunk, columns.length);
    if (end < 0) writer.append(chunk, 0, chunk.rowCount);
    else {
      // Without insertion order the mark may come before other rows.
      isComplete = true;
      writer.append(chunk, 0, end);
      writer.append(chunk, end + 1, chunk.rowCount);
    }
    if (writer.isFull) yield writer.take();
  }
  if (!isComplete) await failed();
  if (writer.rows > 0) yield writer.take();
}

/** The row of the mark; -1: not in this chunk. */
function markOf(chunk: DuckDBDataChunk, column: number): number {
  const vector = bindings.data_chunk_get_vector(chunk.chunk, column);
  return bindings.vector_get_data(vector, chunk.rowCount).indexOf(1);
}

class BatchWriter {
  rows = 0;
  private readonly builder: BatchBuilder;
  private readonly columns: readonly ArrowColumn[];
  private readonly loaders: readonly (LoadVector | null)[];

  constructor(columns: readonly ArrowColumn[], fields: readonly ArrowField[]) {
    this.columns = columns;
    this.builder = new BatchBuilder(fields);
    this.loaders = columns.map((column, index) => vectorLoader(column, this.builder.columns[index]));
  }

  get isFull(): boolean {
    return this.rows >= BATCH_ROWS || this.builder.size >= BATCH_BYTES;
  }

  append(chunk: DuckDBDataChunk, start: number, end: number): void {
    if (end <= start) return;
    this.rows += end - start;
    this.columns.forEach((column, index) => {
      const load = this.loaders[index];
      if (load) {
        load(bindings.data_chunk_get_vector(chunk.chunk, index), chunk.rowCount)(start, end - start);
        return;
      }
      const builder = this.builder.columns[index];
      const values = chunk.getColumnValues(index);
      for (let row = start; row < end; row++) {
        const value = values[row] ?? null;
        builder?.append(value === null ? null : column.encode(value));
      }
    });
  }

  take(): ArrowBatch {
    const batch = this.builder.finish(this.rows);
    this.rows = 0;
    return batch;
  }
}
