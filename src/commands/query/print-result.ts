import type { ArrowBatch, EngineStream } from "../../contracts/arrow.ts";
import type { Json } from "../../contracts/json.ts";
import type { Decision } from "../../contracts/routing.ts";
import { cellJson, cellText, typeText } from "../../arrow/cell-text.ts";
import { readColumns } from "../../arrow/read-columns.ts";

export type ResultFormat = "table" | "csv" | "json" | "arrow";

export interface PrintOptions {
  readonly format: ResultFormat;
  /** Null: all rows. */
  readonly limit: number | null;
  readonly decision: Decision;
  readonly startedAt: number;
  /** Waits until there is room for more. */
  readonly write: (data: string | Uint8Array) => Promise<void>;
}

/** Writes a result as it comes; tables and JSON when it is complete. Gives whether rows were left out. */
export async function printResult(
  stream: EngineStream,
  options: PrintOptions,
): Promise<{ rows: number; truncated: boolean }> {
  const counted = new Limited(stream, options.limit);
  const print = { table: printTable, csv: printCsv, json: printJson, arrow: printArrow }[options.format];
  await print(stream, counted, options);
  return counted;
}

/** The first rows of a stream. */
class Limited {
  rows = 0;
  truncated = false;
  private readonly stream: EngineStream;
  private readonly limit: number;

  constructor(stream: EngineStream, limit: number | null) {
    this.stream = stream;
    this.limit = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Batches, and how many of their rows count. */
  async *batches(): AsyncGenerator<{ batch: ArrowBatch; count: number }> {
    for await (const batch of this.stream.batches) {
      const count = Math.min(batch.length, this.limit - this.rows);
      this.rows += count;
      if (count < batch.length) this.truncated = true;
      if (count > 0) yield { batch, count };
      if (this.truncated) return;
    }
  }

  async *rowsOf(): AsyncGenerator<unknown[]> {
    for await (const { batch, count } of this.batches()) {
      const columns = readColumns(this.stream.fields, batch);
      for (let row = 0; row < count; row++) yield columns.map((column) => column[row] ?? null);
    }
  }
}

async function printTable({ fields }: EngineStream, source: Limited, { write }: PrintOptions): Promise<void> {
  const rows: string[][] = [];
  for await (const row of source.rowsOf()) rows.push(row.map((cell, index) => cellOf(fields, index, cell)));
  const widths = fields.map(({ name }, index) =>
    Math.max(name.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const isNumber = fields.map(({ type }) => ["int", "float", "decimal"].includes(type.kind));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => (isNumber[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join(" | ")} |\n`;
  if (fields.length > 0)
    await write(line(fields.map(({ name }) => name)) + line(widths.map((width) => "-".repeat(width))));
  for (const row of rows) await write(line(row));
}

function cellOf(fields: EngineStream["fields"], index: number, cell: unknown): string {
  return cellText(fields[index]?.type ?? { kind: "null" }, cell).replaceAll(/\r?\n/g, "⏎");
}

/** RFC 4180; a null is an empty cell, an empty text "". */
async function printCsv({ fields }: EngineStream, source: Limited, { write }: PrintOptions): Promise<void> {
  await write(`${fields.map(({ name }) => csvCell(name)).join(",")}\n`);
  for await (const { batch, count } of source.batches()) {
    const columns = readColumns(fields, batch);
    let text = "";
    for (let row = 0; row < count; row++)
      text += `${fields
        .map(({ type }, index) => {
          const cell = columns[index]?.[row] ?? null;
          return cell === null ? "" : csvCell(cellText(type, cell));
        })
        .join(",")}\n`;
    await write(text);
  }
}

function csvCell(text: string): string {
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function printJson(stream: EngineStream, source: Limited, options: PrintOptions): Promise<void> {
  const { fields } = stream;
  const rows: Json[][] = [];
  for await (const row of source.rowsOf())
    rows.push(row.map((cell, index) => cellJson(fields[index]?.type ?? { kind: "null" }, cell)));
  const json = {
    schema_version: 1,
    columns: fields.map(({ name, type }) => ({ name, type: typeText(type) })),
    rows,
    row_count: rows.length,
    truncated: source.truncated,
    decision: options.decision,
    duration_ms: Math.round(performance.now() - options.startedAt),
  };
  await options.write(`${JSON.stringify(json)}\n`);
}

/** An IPC stream. What the limit leaves out of a batch cannot be cut off in place: its rows are built anew. */
async function printArrow({ fields }: EngineStream, source: Limited, { write }: PrintOptions): Promise<void> {
  const { batchMessage, END_OF_STREAM, framed, schemaFrame } = await import("../../arrow/ipc.ts");
  const { BatchBuilder } = await import("../../arrow/build-column.ts");
  await write(schemaFrame(fields));
  for await (const { batch, count } of source.batches()) {
    let whole = batch;
    if (count < batch.length) {
      const builder = new BatchBuilder(fields);
      readColumns(fields, batch).forEach((column, index) => {
        for (const cell of column.slice(0, count)) builder.columns[index]?.append(cell);
      });
      whole = builder.finish(count);
    }
    const { metadata, body } = batchMessage(whole);
    await write(framed(metadata));
    for (const part of body) await write(part);
  }
  await write(END_OF_STREAM);
}
