import { readFileSync } from "node:fs";
import {
  Metadata,
  Server,
  ServerCredentials,
  type handleBidiStreamingCall,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import type { Emit } from "../contracts/events.ts";
import type { QueryBackend } from "../contracts/query.ts";
import { doAction, ACTIONS } from "./actions.ts";
import { Authenticator, type Login } from "./auth.ts";
import { engineOf, type FlightContext } from "./context.ts";
import { doGet } from "./do-get.ts";
import { doPut } from "./do-put.ts";
import { flightInfo, listFlights, schemaOf } from "./flight-info.ts";
import { decodeDescriptor, decodeOneField } from "./messages.ts";
import { encodeFields } from "./protobuf.ts";
import { RunningCalls, type UserLimits } from "./running-calls.ts";
import { Sessions } from "./sql/sessions.ts";
import { SqlStatements } from "./sql/statements.ts";
import { FlightError, STATUS, statusName, toStatus } from "./status.ts";

export interface FlightOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  readonly login: Login | null;
  /** Of this program, as clients are told. */
  readonly version: string;
  /** Of each user. */
  readonly limits: UserLimits;
  readonly emit: Emit;
}

export interface FlightServer {
  readonly port: number;
  /** No new calls; those that run may end by themselves for so long, then they are cancelled. */
  close(graceMs: number): Promise<void>;
}

type Unary = ServerUnaryCall<Buffer, Buffer>;
type Streaming = ServerWritableStream<Buffer, Buffer>;
type Duplex = ServerDuplexStream<Buffer, Buffer>;

const MAX_MESSAGE = 64 << 20;
const same = (bytes: Buffer): Buffer => bytes;

/** The methods of Arrow Flight, with their messages as bytes. */
const SERVICE = Object.fromEntries(
  [
    ["Handshake", true, true],
    ["ListFlights", false, true],
    ["GetFlightInfo", false, false],
    ["GetSchema", false, false],
    ["DoGet", false, true],
    ["DoPut", true, true],
    ["DoAction", false, true],
    ["ListActions", false, true],
  ].map(([name, requestStream, responseStream]) => [
    name,
    {
      path: `/arrow.flight.protocol.FlightService/${String(name)}`,
      requestStream,
      responseStream,
      ...{ requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same },
    },
  ]),
) as unknown as ServiceDefinition;

/** Starts an Arrow Flight server in front of the router. */
export async function startFlightServer(backend: QueryBackend, options: FlightOptions): Promise<FlightServer> {
  const server = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE, "grpc.max_send_message_length": -1 });
  const auth = new Authenticator(options.login);
  const running = new RunningCalls(options.limits, options.emit);
  const statements = new SqlStatements(backend);
  const contextOf = contexts({ backend, running, statements, version: options.version, emit: options.emit });
  /** Every call is logged, with who called and what came of it. */
  const answered = async <Call extends Unary | Streaming | Duplex, T>(
    call: Call,
    answer: (call: Call) => Promise<T>,
  ): Promise<T> => {
    try {
      running.begin(call, call.getPath().split("/").at(-1) ?? "", auth.check(authorization(call.metadata)));
      const result = await answer(call);
      running.end(call, "OK");
      return result;
    } catch (error) {
      const known = failure(error, options.emit);
      running.end(call, statusName(known.code));
      throw known;
    }
  };
  const unary =
    (answer: (call: Unary) => Promise<Buffer>) =>
    (call: Unary, done: sendUnaryData<Buffer>): void => {
      answered(call, answer).then((bytes) => done(null, bytes), done);
    };
  const streaming =
    <Call extends Streaming | Duplex>(answer: (call: Call) => Promise<void>) =>
    (call: Call): void => {
      answered(call, answer).then(
        () => call.end(),
        (error: unknown) => call.emit("error", error),
      );
    };
  server.addService(SERVICE, {
    Handshake: handshake(auth, options.emit),
    GetFlightInfo: unary((call) =>
      running.run(call, null, ({ signal }) => flightInfo(decodeDescriptor(call.request), contextOf(call), signal)),
    ),
    GetSchema: unary((call) => schemaOf(decodeDescriptor(call.request), contextOf(call))),
    ListFlights: streaming((call: Streaming) => listFlights(call, contextOf(call))),
    DoGet: streaming((call: Streaming) => doGet(decodeOneField(call.request), call, contextOf(call))),
    DoPut: streaming((call: Duplex) => doPut(call, contextOf(call))),
    DoAction: streaming((call: Streaming) => doAction(call, contextOf(call))),
    ListActions: streaming(listActions),
  });
  const port = await listen(server, options);
  return {
    port,
    close: async (graceMs) => {
      await shutDown(server, running, graceMs);
      await statements.closeAll();
    },
  };
}

/** What each call may use, and what it asks for besides its message. */
function contexts(
  common: Omit<FlightContext, "engine" | "session">,
): (call: { readonly metadata: Metadata }) => FlightContext {
  const sessions = new Sessions();
  return ({ metadata }) => ({ ...common, engine: engineOf(metadata), session: sessions.of(metadata) });
}

function listActions(call: Streaming): Promise<void> {
  for (const [name, help] of Object.entries(ACTIONS))
    call.write(
      encodeFields([
        [1, name],
        [2, help],
      ]),
    );
  return Promise.resolve();
}

function authorization(metadata: Metadata): string | undefined {
  const [value] = metadata.get("authorization");
  return value === undefined ? undefined : value.toString();
}

function handshake(auth: Authenticator, emit: Emit): handleBidiStreamingCall<Buffer, Buffer> {
  return (call) => {
    call.on("data", () => undefined);
    auth.handshake(authorization(call.metadata)).then(
      (token) => {
        const metadata = new Metadata();
        if (token !== null) metadata.set("authorization", `Bearer ${token}`);
        call.sendMetadata(metadata);
        if (token !== null) call.write(encodeFields([[2, token]]));
        call.end(metadata);
      },
      (error: unknown) => call.emit("error", failure(error, emit)),
    );
  };
}

function failure(error: unknown, emit: Emit): Error & { code: number; details: string } {
  const { code, details } = toStatus(error);
  if (code === STATUS.INTERNAL)
    emit({ kind: "log", level: "error", message: error instanceof Error ? (error.stack ?? details) : details });
  return Object.assign(new Error(details), { code, details });
}

function listen(server: Server, { host, port, tls }: FlightOptions): Promise<number> {
  const credentials =
    tls === null
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { cert_chain: readFileSync(tls.certificate), private_key: readFileSync(tls.key) },
        ]);
  const address = host.includes(":") ? `[${host}]` : host;
  return new Promise((done, failed) => {
    server.bindAsync(`${address}:${String(port)}`, credentials, (error, bound) => {
      if (error === null) done(bound);
      else failed(new FlightError("UNAVAILABLE", error.message));
    });
  });
}

async function shutDown(server: Server, running: RunningCalls, graceMs: number): Promise<void> {
  const stopped = new Promise<void>((done) => {
    server.tryShutdown(() => done());
  });
  const patience = setTimeout(() => {
    running.cancelAll();
    server.forceShutdown();
  }, graceMs);
  await stopped;
  clearTimeout(patience);
  await running.ended();
}
