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
import { BatchBuilder, FixedBuilder } from "../../arrow/build-column.ts";
import type { ArrowBatch, ArrowField, TypedValue } from "../../contracts/arrow.ts";
import type { InspectedStatement } from "../../contracts/engine.ts";
import { arrowColumn, type ArrowColumn } from "./arrow-types.ts";
import { duckDbType, valueEncoder } from "./arrow-values.ts";
import { DuckDbError } from "./errors.ts";

/** A batch is sent when it has so many rows or bytes: large enough to be fast, small enough for every client's limit. */
const BATCH_ROWS = 65_536;
const BATCH_BYTES = 8 << 20;
const MARK = "__duckhouse_end";

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
  if (guarded === null) return wholeResult(await connection.run(sql, values, types));
  const result = await connection.stream(guarded.text, values, types);
  const columns = result.columnTypes().slice(0, -1).map(arrowColumn);
  const fields = columns.map(({ type }, index) => ({ name: guarded.names[index] ?? "", type }));
  const rerun = async (): Promise<never> => {
    if (isInterrupted()) throw new DuckDbError("INTERRUPT Error: Interrupted!");
    // The message is lost with the rows; the same statement, run to its end, has it.
    await connection.run(sql, values, types);
    throw new DuckDbError("INTERNAL Error: the result ended early, and the query gave no error when it was run again");
  };
  return { fields, affected: null, batches: guardedBatches(result, columns, fields, rerun) };
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
    const text = `select *, false as "${MARK}" from (\n${query}\n) union all select ${nulls}true`;
    const wrapped = await connection.prepare(text).catch(() => null);
    const fits = wrapped?.columnCount === names.length + 1;
    wrapped?.destroySync();
    return fits ? { text, names } : null;
  } finally {
    prepared.destroySync();
  }
}

function wholeResult(result: DuckDBResult): DuckDbStream {
  const columns = result.columnTypes().map(arrowColumn);
  const names = result.columnNames();
  const fields = columns.map(({ type }, index) => ({ name: names[index] ?? "", type }));
  const isQuery = result.statementType === StatementType.SELECT || result.statementType === StatementType.EXPLAIN;
  return { fields, affected: isQuery ? null : result.rowsChanged, batches: wholeBatches(result, columns, fields) };
}

async function* wholeBatches(
  result: DuckDBResult,
  columns: readonly ArrowColumn[],
  fields: readonly ArrowField[],
): AsyncGenerator<ArrowBatch> {
  const writer = new BatchWriter(columns, fields);
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    writer.append(chunk, 0, chunk.rowCount);
    if (writer.isFull) yield writer.take();
  }
  if (writer.rows > 0) yield writer.take();
}

async function* guardedBatches(
  result: DuckDBResult,
  columns: readonly ArrowColumn[],
  fields: readonly ArrowField[],
  failed: () => Promise<never>,
): AsyncGenerator<ArrowBatch> {
  const writer = new BatchWriter(columns, fields);
  let isComplete = false;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
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

  constructor(columns: readonly ArrowColumn[], fields: readonly ArrowField[]) {
    this.columns = columns;
    this.builder = new BatchBuilder(fields);
  }

  get isFull(): boolean {
    return this.rows >= BATCH_ROWS || this.builder.size >= BATCH_BYTES;
  }

  append(chunk: DuckDBDataChunk, start: number, end: number): void {
    if (end <= start) return;
    this.rows += end - start;
    this.columns.forEach((column, index) => {
      const builder = this.builder.columns[index];
      if (builder instanceof FixedBuilder && column.raw !== null) {
        const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
        const words = Math.ceil(chunk.rowCount / 64);
        const valid = bindings.vector_get_validity(vector, words * 8) as Uint8Array | null;
        const data = bindings.vector_get_data(vector, chunk.rowCount * column.raw.width);
        const values = column.raw.widened ? widened(data, column.raw.width) : data;
        builder.appendRaw(values, valid, end - start, start);
        return;
      }
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

/** Integers of 2, 4 or 8 bytes as such of 16; the sign fills what is new. */
function widened(data: Uint8Array, width: number): Uint8Array {
  const source =
    width === 8
      ? new Int32Array(data.buffer, data.byteOffset, data.length / 4)
      : width === 4
        ? new Int32Array(data.buffer, data.byteOffset, data.length / 4)
        : new Int16Array(data.buffer, data.byteOffset, data.length / 2);
  const count = data.length / width;
  const wide = new Int32Array(count * 4);
  for (let index = 0; index < count; index++) {
    const at = index * 4;
    if (width === 8) {
      wide[at] = source[index * 2] ?? 0;
      wide[at + 1] = source[index * 2 + 1] ?? 0;
      wide[at + 2] = wide[at + 3] = (source[index * 2 + 1] ?? 0) >> 31;
    } else {
      const value = source[index] ?? 0;
      wide[at] = value;
      wide[at + 1] = wide[at + 2] = wide[at + 3] = value >> 31;
    }
  }
  return new Uint8Array(wide.buffer);
}
