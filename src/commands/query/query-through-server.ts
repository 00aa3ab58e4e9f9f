import { diagnostic, DiagnosticError, fail } from "../../contracts/diagnostic.ts";
import type { Invocation } from "../../contracts/invocation.ts";
import type { RunningQuery } from "../../contracts/query.ts";
import type { Decision } from "../../contracts/routing.ts";
import { serverOf, type FileServer } from "../../shared/served-file.ts";
import { QueryError, type RunOptions } from "./query-service.ts";

export interface ServerLogin {
  readonly user: string | null;
  readonly passwordEnv: string | null;
}

/** What answers queries: the router over engines of its own, or a server that has them open. */
export interface QueryAsker {
  decide(options: Omit<RunOptions, "signal">): Promise<{ readonly decision: Decision }>;
  run(options: RunOptions): Promise<RunningQuery>;
  close(): Promise<void>;
}

/** The server that has the file which an engine could not open; null: it is another failure. */
export function serverBehind(error: unknown): FileServer | null {
  if (!(error instanceof DiagnosticError)) return null;
  const served = error.diagnostics.find(({ code }) => code === "DH2005");
  return served?.file === undefined || served.file === null ? null : serverOf(served.file);
}

/** The router of a server that runs. */
export async function askServer(
  { env }: Invocation,
  server: FileServer,
  { user, passwordEnv }: ServerLogin,
): Promise<QueryAsker> {
  const { FlightClient, serverMessage } = await import("../../flight/client.ts");
  const client = new FlightClient(server);
  const explain = (error: unknown): never => {
    const message = serverMessage(error);
    if (message === null) throw error;
    throw new QueryError(diagnostic("DH1804", message), "SERVER");
  };
  if (server.needsLogin) {
    const password = env[passwordEnv ?? ""] ?? "";
    if (user === null || password === "")
      fail("DH1816", "The server that has the database file asks for a login", null, "Give --user and --password-env.");
    await client.login({ user, password }).catch(explain);
  }
  const decide: QueryAsker["decide"] = async ({ sql, engine, latency }) => {
    const decision = await client.act("route", { sql, latency }, engine).catch(explain);
    return { decision: decision as Decision };
  };
  return {
    decide,
    run: async (options) => {
      const { sql, latency, engine, signal = new AbortController().signal } = options;
      const { decision } = await decide(options);
      const ticket = latency === null ? { sql } : { sql, latency };
      const stream = await client.get(ticket, engine, signal).catch(explain);
      const batches = async function* (): typeof stream.batches extends AsyncIterable<infer Batch>
        ? AsyncGenerator<Batch>
        : never {
        try {
          yield* stream.batches;
        } catch (error) {
          explain(error);
        }
      };
      const close = (): Promise<void> => {
        stream.cancel();
        return Promise.resolve();
      };
      return { decision, stream: { ...stream, batches: batches() }, close };
    },
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}
