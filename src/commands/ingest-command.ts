import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { UploadMode, UploadTarget } from "../contracts/query.ts";
import { openEngines } from "./execution.ts";
import { ingestFiles, type FileFormat } from "./query/ingest-files.ts";
import { asQueryError } from "./query/query-service.ts";
import { queryFailed } from "./query/query-failed.ts";
import { OK, type CommandResult } from "./result.ts";
import { closeAll } from "./routing/route-project.ts";
import { plural } from "../shared/plural.ts";
import { openSession } from "./session.ts";

const MODES: readonly string[] = ["create", "append", "replace"] satisfies UploadMode[];
const FORMATS: readonly string[] = ["csv", "parquet", "json", "arrow"] satisfies FileFormat[];
const ENGINES: Readonly<Record<string, UploadTarget>> = { auto: "auto", duckdb: "duckdb", trino: "iceberg" };

export interface IngestFlags {
  /** Files, folders and patterns. */
  readonly paths: readonly string[];
  /** Where relative paths begin. */
  readonly folder: string;
  readonly table: string | null;
  readonly mode: string;
  readonly engine: string;
  readonly format: string | null;
  readonly output: "text" | "json";
}

/** ingest: takes the rows of files into one table, where their number sends it; the table is there when all of them are. */
export async function ingestCommand(invocation: Invocation, flags: IngestFlags): Promise<CommandResult> {
  const startedAt = performance.now();
  const { table, mode, target, format } = checked(flags);
  const { paths, folder } = flags;
  const session = openSession(invocation);
  const engines = await openEngines(session);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const terms = { table, mode, target, forced: () => null, signal: abort.signal };
    const result = await ingestFiles(session, engines, { paths, format, folder }, terms).catch(asQueryError);
    const duration = Math.round(performance.now() - startedAt);
    const json = { schema_version: 1, mode, ...result, duration_ms: duration };
    const where = `${result.table} on ${result.target} (${result.rule}: ${result.reason})`;
    const counted = `${result.rows.toLocaleString("en")} ${plural("row", result.rows)}`;
    const line = `${counted} of ${String(result.files)} ${plural("file", result.files)} into ${where}`;
    invocation.emit({ kind: "print", text: flags.output === "json" ? JSON.stringify(json) : line });
    return OK;
  } catch (error) {
    return queryFailed(invocation, error);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await closeAll(engines);
  }
}

function checked({ table, mode, engine, format }: IngestFlags): {
  table: string;
  mode: UploadMode;
  target: UploadTarget;
  format: FileFormat | null;
} {
  if (table === null || table === "") fail("DH0002", "--table is missing: it names the table that the rows go into");
  if (!MODES.includes(mode)) fail("DH0002", `--mode: '${mode}' is not one of ${MODES.join(", ")}`);
  const target = ENGINES[engine];
  if (target === undefined) fail("DH0002", `--engine: '${engine}' is not one of ${Object.keys(ENGINES).join(", ")}`);
  if (format !== null && !FORMATS.includes(format))
    fail("DH0002", `--format: '${format}' is not one of ${FORMATS.join(", ")}`);
  return { table, mode: mode as UploadMode, target, format: format as FileFormat | null };
}
