import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { typeText } from "../../arrow/cell-text.ts";
import type { ArrivedBatch, ArrowField } from "../../contracts/arrow.ts";
import { diagnostic, DiagnosticError, fail } from "../../contracts/diagnostic.ts";
import type { EngineError, EngineSession, RowStage } from "../../contracts/engine.ts";
import type { UploadResult, UploadTerms } from "../../contracts/query.ts";
import { asText } from "../../shared/objects.ts";
import type { Session } from "../session.ts";
import { QueryError } from "./query-service.ts";
import { loadTable } from "./upload.ts";

export type FileFormat = "csv" | "parquet" | "json" | "arrow";

/** By the ends of names, without that of a compression. */
const FORMATS: Readonly<Record<string, FileFormat>> = {
  ...{ csv: "csv", tsv: "csv", parquet: "parquet", json: "json", ndjson: "json", jsonl: "json" },
  ...{ arrow: "arrow", arrows: "arrow", feather: "arrow", ipc: "arrow" },
};

/** How the engine reads them: every row has a say in a column's type, and columns are those of all files, by name. */
const READERS: Readonly<Record<Exclude<FileFormat, "arrow">, (files: string) => string>> = {
  csv: (files) => `read_csv(${files}, sample_size = -1, union_by_name = true)`,
  parquet: (files) => `read_parquet(${files}, union_by_name = true)`,
  json: (files) => `read_json(${files}, sample_size = -1, union_by_name = true)`,
};

export interface FilesToIngest {
  /** Files, folders and patterns. */
  readonly paths: readonly string[];
  /** Null: their names say it. */
  readonly format: FileFormat | null;
  /** Where relative paths begin. */
  readonly folder: string;
}

/** Takes the rows of files into one table, as an upload. `files`: how many there were. */
export async function ingestFiles(
  session: Session,
  engines: ReadonlyMap<string, EngineSession>,
  { paths, format, folder }: FilesToIngest,
  terms: UploadTerms,
): Promise<UploadResult & { files: number }> {
  let files: readonly string[] = [];
  const result = await loadTable(session, engines, terms, async ({ reader }) => {
    files = await findFiles(
      paths.map((path) => (isRemote(path) ? path : resolve(folder, path))),
      format,
      reader,
    );
    const found = format ?? oneFormat(files);
    if (found === "arrow") return stageArrow(reader, files, terms.signal);
    if (reader.stageQuery === undefined) throw new Error("bug: an engine that reads files has no stage");
    const list = `[${files.map((file) => literal(isRemote(file) ? file : exactly(file))).join(", ")}]`;
    return reader.stageQuery(`select * from ${READERS[found](list)}`, terms.signal).catch(unreadable);
  });
  return { ...result, files: files.length };
}

function unreadable(error: unknown): never {
  const { engineCode, message } = error as EngineError;
  if ((engineCode as string | undefined) === undefined) throw error;
  throw new QueryError(diagnostic("DH1813", `The files cannot be read: ${message}`), engineCode);
}

/** In the order of the names; the same file is read once. */
async function findFiles(
  paths: readonly string[],
  format: FileFormat | null,
  reader: EngineSession,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const files = isRemote(path) ? [path] : await filesOf(path, format, reader);
    if (files.length === 0) fail("DH1814", `There are no files to load at ${path}`, { file: path });
    for (const file of files) found.add(file);
  }
  return [...found];
}

async function filesOf(path: string, format: FileFormat | null, reader: EngineSession): Promise<string[]> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true)
    return readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => isData(name) && formatOf(name) !== null && (format === null || formatOf(name) === format))
      .sort()
      .map((name) => join(path, name));
  if (stat !== undefined) return [path];
  const connection = await reader.connect("files");
  try {
    const { data } = await connection.execute(`select file from glob(${literal(path)}) order by file`, true);
    return (data[0] ?? []).map(asText);
  } finally {
    connection.close();
  }
}

/** What other programs leave beside their data begins with a dot or a line. */
function isData(name: string): boolean {
  return name.split(/[\\/]/).every((part) => !/^[._]/.test(part));
}

function formatOf(file: string): FileFormat | null {
  const [, end = ""] =
    /\.([a-z]+)$/.exec(
      basename(file)
        .toLowerCase()
        .replace(/\.(gz|zst)$/, ""),
    ) ?? [];
  return FORMATS[end] ?? null;
}

function oneFormat(files: readonly string[]): FileFormat {
  const formats = new Map(files.map((file) => [formatOf(file), file]));
  const [[format, file] = [null, ""], other] = formats;
  if (format === null || formats.has(null))
    fail(
      "DH1814",
      `The name of ${formats.get(null) ?? file} does not say what is in it`,
      null,
      "Give --format csv, parquet, json or arrow.",
    );
  if (other !== undefined)
    fail("DH1814", `${file} and ${other[1]} are of different formats`, null, "Load them one after the other.");
  return format;
}

async function stageArrow(reader: EngineSession, files: readonly string[], signal: AbortSignal): Promise<RowStage> {
  const { readArrowFile } = await import("../../arrow/read-file.ts");
  const opened: { stage: RowStage; columns: string }[] = [];
  const take = async (fields: readonly ArrowField[], batches: AsyncIterable<ArrivedBatch>): Promise<void> => {
    const columns = columnsText(fields);
    if (opened.length === 0) opened.push({ stage: await openStage(reader, fields), columns });
    const [first] = opened;
    if (first?.columns !== columns) fail("DH1813", `Its columns are others than those of ${files[0] ?? ""}`);
    for await (const batch of batches) {
      signal.throwIfAborted();
      await first.stage.append(batch);
    }
  };
  try {
    for (const file of files) await readArrowFile(file, take).catch((error: unknown) => badArrow(file, error));
    await opened[0]?.stage.finish();
  } catch (error) {
    await opened[0]?.stage.close();
    throw error;
  }
  return opened[0]?.stage ?? fail("DH1814", "There are no files to load");
}

function openStage(reader: EngineSession, fields: readonly ArrowField[]): Promise<RowStage> {
  if (reader.openStage === undefined) throw new Error("bug: an engine that reads files has no stage");
  return reader.openStage(fields);
}

function badArrow(file: string, error: unknown): never {
  if (!(error instanceof Error) || error.name === "AbortError") throw error;
  const message = error instanceof DiagnosticError ? error.message : `It cannot be read as Arrow: ${error.message}`;
  throw new QueryError(diagnostic("DH1813", message, { file }), "DH1813");
}

function columnsText(fields: readonly ArrowField[]): string {
  return fields.map(({ name, type }) => `${name} ${typeText(type)}`).join(", ");
}

function isRemote(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name in which nothing is a pattern. */
function exactly(file: string): string {
  return file.replaceAll(/[*?[]/g, "[$&]");
}
