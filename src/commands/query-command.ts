import { text as readAll } from "node:stream/consumers";
import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { printResult, type ResultFormat } from "./query/print-result.ts";
import { queryFailed } from "./query/query-failed.ts";
import type { RunningQuery } from "../contracts/query.ts";
import { QueryService } from "./query/query-service.ts";
import { askServer, serverBehind, type QueryAsker, type ServerLogin } from "./query/query-through-server.ts";
import { OK, type CommandResult } from "./result.ts";
import { decisionText } from "./route-command.ts";

const FORMATS: readonly string[] = ["table", "csv", "json", "arrow"] satisfies ResultFormat[];
/** Of a table only, unless the limit is given. */
const TABLE_ROWS = 1000;

export interface QueryFlags {
  /** `-`: from standard input. */
  readonly sql: string;
  readonly engine: string | null;
  readonly format: string;
  readonly limit: string | null;
  readonly explain: boolean;
  readonly latency: string | null;
  /** For a server that has the database file open. */
  readonly login: ServerLogin;
}

/** query: runs any SQL where it is best run, and prints the rows. */
export async function queryCommand(invocation: Invocation, flags: QueryFlags): Promise<CommandResult> {
  const startedAt = performance.now();
  const { format, limit, latency } = checked(flags);
  const sql = flags.sql === "-" ? await readAll(process.stdin) : flags.sql;
  const service = await openAsker(invocation, flags.login);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const engine = flags.engine === "auto" ? null : flags.engine;
    if (flags.explain) {
      const { decision } = await service.decide({ sql, engine, latency });
      const text = format === "json" ? JSON.stringify(decision) : decisionText(decision);
      invocation.emit({ kind: "print", text });
      return OK;
    }
    return await withQuery(
      await service.run({ sql, engine, latency, signal: abort.signal, isOwn: true }),
      async (query) => {
        const { decision, stream } = query;
        note(invocation, `on ${decision.engine} (${decision.rule}): ${decision.reason}`);
        const options = { format, limit, decision, startedAt, write };
        const { rows, truncated } = await printResult(stream, options);
        const counted = `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`;
        note(invocation, truncated ? `${counted}, and there are more (--limit)` : counted);
      },
    );
  } catch (error) {
    return queryFailed(invocation, error);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await service.close();
  }
}

/** The engines of the target; a server that has its file open is asked instead. */
async function openAsker(invocation: Invocation, login: ServerLogin): Promise<QueryAsker> {
  try {
    return await QueryService.open(invocation);
  } catch (error) {
    const server = serverBehind(error);
    if (server === null) throw error;
    note(invocation, `through the server on port ${String(server.port)} (process ${String(server.pid)})`);
    return askServer(invocation, server, login);
  }
}

function checked(flags: QueryFlags): { format: ResultFormat; limit: number | null; latency: "low" | null } {
  const { format, limit, latency } = flags;
  if (!FORMATS.includes(format)) fail("DH0002", `--format: '${format}' is not one of ${FORMATS.join(", ")}`);
  if (latency !== null && latency !== "low") fail("DH0002", `--latency: '${latency}' is not 'low'`);
  const usual = format === "table" ? TABLE_ROWS : null;
  const count = limit === null ? usual : Number(limit);
  if (count !== null && !Number.isInteger(count)) fail("DH0002", `--limit: '${limit ?? ""}' is not a whole number`);
  return { format: format as ResultFormat, limit: count !== null && count < 0 ? null : count, latency };
}

async function withQuery(query: RunningQuery, use: (query: RunningQuery) => Promise<void>): Promise<CommandResult> {
  try {
    await use(query);
    return OK;
  } finally {
    await query.close();
  }
}

function note({ emit }: Invocation, message: string): void {
  emit({ kind: "log", level: "info", message });
}

function write(data: string | Uint8Array): Promise<void> {
  return new Promise((done, failed) => {
    // A reader that has gone (`| head`) is no failure.
    process.stdout.write(data, (error: (Error & { code?: string }) | null | undefined) => {
      if (error && error.code !== "EPIPE") failed(error);
      else done();
    });
  });
}
