import { resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { startFlightServer, type FlightOptions } from "../flight/server.ts";
import { announceServer, withdrawServer } from "../shared/served-file.ts";
import { RouterBackend } from "./query/query-backend.ts";
import { QueryService } from "./query/query-service.ts";
import { OK, type CommandResult } from "./result.ts";

/** How long running work may go on after a signal. */
const GRACE_MS = 10_000;
/** What one user may do, unless flags say otherwise. */
const MAX_QUERIES = 100;
const MAX_SECONDS = 3600;
const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Rows on their way are short-lived buffers of megabytes beside a small heap of objects. V8 counts the buffers as growth of
 * that heap and marked all of it once a batch, which was two fifths of what a read cost. It may grow to four times its size
 * first, the most that V8 allows itself elsewhere; the buffers go with the collections of young objects before that.
 */
const GROWTH_PERCENT = 300;

export interface ServeFlags {
  readonly host: string;
  readonly port: string;
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly user: string | null;
  readonly passwordEnv: string | null;
  readonly readOnly: boolean;
  readonly insecure: boolean;
  /** Of each user; null: the default. */
  readonly maxQueries: string | null;
  readonly maxRows: string | null;
  readonly maxBytes: string | null;
  readonly maxSeconds: string | null;
  readonly version: string;
}

/** serve: an Arrow Flight server in front of the target's engines, until a signal comes. */
export async function serveCommand(invocation: Invocation, flags: ServeFlags): Promise<CommandResult> {
  const options = checked(invocation, flags);
  const stopped = new Promise<void>((done) => {
    process.once("SIGINT", () => done()).once("SIGTERM", () => done());
  });
  const service = await QueryService.open(invocation);
  const files = [...service.engines.values()].flatMap(({ file }) => file ?? []);
  try {
    await service.lockDown();
    setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
    const server = await startFlightServer(new RouterBackend(service, flags.readOnly), options);
    const host = flags.host.includes(":") ? `[${flags.host}]` : flags.host;
    for (const file of files)
      announceServer(file, {
        ...{ pid: process.pid, host: flags.host, port: server.port },
        ...{
          certificate: options.tls === null ? null : resolve(options.tls.certificate),
          needsLogin: flags.user !== null,
        },
      });
    invocation.emit({ kind: "print", text: `listening grpc://${host}:${String(server.port)}` });
    await stopped;
    invocation.emit({ kind: "log", level: "info", message: "Stopping: what runs may end" });
    await server.close(GRACE_MS);
    return OK;
  } finally {
    setFlagsFromString("--heap-growing-percent=0");
    for (const file of files) withdrawServer(file);
    await service.close();
  }
}

function checked({ emit, env }: Invocation, flags: ServeFlags): FlightOptions {
  const { host, tlsCert, tlsKey, user, passwordEnv, insecure } = flags;
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) fail("DH0002", `--port: '${flags.port}' is no port`);
  if ((tlsCert === null) !== (tlsKey === null)) fail("DH0002", "--tls-cert and --tls-key belong together");
  if ((user === null) !== (passwordEnv === null)) fail("DH0002", "--user and --password-env belong together");
  const password = env[passwordEnv ?? ""] ?? "";
  if (user !== null && password === "") fail("DH0002", `--password-env: ${passwordEnv ?? ""} is empty or not set`);
  if (!LOOPBACK.has(host) && !insecure && (tlsCert === null || user === null))
    fail(
      "DH1810",
      `--host ${host} would let other machines in without ${user === null ? "a password" : "TLS"}`,
      null,
      "Give --tls-cert, --tls-key, --user and --password-env, or say --insecure.",
    );
  return {
    host,
    port,
    tls: tlsCert === null || tlsKey === null ? null : { certificate: tlsCert, key: tlsKey },
    version: flags.version,
    login: user === null ? null : { user, password },
    limits: {
      queries: limit("--max-queries", flags.maxQueries, MAX_QUERIES),
      rows: limit("--max-rows", flags.maxRows, Infinity),
      bytes: limit("--max-bytes", flags.maxBytes, Infinity),
      seconds: limit("--max-seconds", flags.maxSeconds, MAX_SECONDS),
    },
    emit,
  };
}

function limit(flag: string, given: string | null, usual: number): number {
  const number = given === null ? usual : Number(given);
  if (!(number > 0)) fail("DH0002", `${flag}: '${given ?? ""}' is no number above 0`);
  return number;
}
