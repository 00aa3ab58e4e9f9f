import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { Client, credentials, Metadata, type ChannelCredentials, type ServiceError } from "@grpc/grpc-js";
import { Message } from "apache-arrow";
import { readSchema } from "../arrow/read-batches.ts";
import type { ArrowBatch, EngineStream } from "../contracts/arrow.ts";
import { decodeFlightData, type FlightData } from "./messages.ts";
import { ENGINE_HEADER } from "./context.ts";
import { bytesOf, decodeFields, encodeFields } from "./protobuf.ts";
import type { Login } from "./auth.ts";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** The one that the server has to show; null: without TLS. */
  readonly certificate: string | null;
}

const same = (bytes: Buffer): Buffer => bytes;
const method = (name: string): string => `/arrow.flight.protocol.FlightService/${name}`;

/** It is the very certificate that the server was given: who signed it and whose name is in it does not matter. */
function trusting(certificate: Buffer): ChannelCredentials {
  const context = createSecureContext({ ca: certificate, allowPartialTrustChain: true });
  return credentials.createFromSecureContext(context, { checkServerIdentity: () => undefined });
}

/** A client of this program's own server: it reads the layout of batches that its own writer makes. */
export class FlightClient {
  private readonly client: Client;
  private readonly metadata = new Metadata();

  constructor({ host, port, certificate }: ServerAddress) {
    const address = `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
    const channel = certificate === null ? credentials.createInsecure() : trusting(readFileSync(certificate));
    this.client = new Client(address, channel, { "grpc.max_receive_message_length": -1 });
  }

  async login({ user, password }: Login): Promise<void> {
    const basic = new Metadata();
    basic.set("authorization", `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`);
    const call = this.client.makeBidiStreamRequest(method("Handshake"), same, same, basic);
    call.resume().end();
    const token = await new Promise<string>((done, failed) => {
      call.on("metadata", (answer: Metadata) => done(String(answer.get("authorization")[0])));
      call.on("error", failed);
    });
    this.metadata.set("authorization", token);
  }

  /** The answer of an action, as JSON. `engine`: that has to run it; null: the server's router chooses. */
  async act(name: string, body: object, engine: string | null): Promise<unknown> {
    const request = encodeFields([
      [1, name],
      [2, JSON.stringify(body)],
    ]);
    for await (const message of this.call("DoAction", request, engine))
      return JSON.parse(bytesOf(decodeFields(message), 1).toString()) as unknown;
    return null;
  }

  /** Rows as they come. */
  async get(ticket: object, engine: string | null, signal: AbortSignal): Promise<EngineStream> {
    const messages = this.call("DoGet", encodeFields([[1, JSON.stringify(ticket)]]), engine, signal);
    const first = await messages.next();
    if (first.done === true) throw new Error("bug: a result without a schema");
    const schema = Message.decode(decodeFlightData(first.value).header);
    if (!schema.isSchema()) throw new Error("bug: a result without a schema");
    const batches = async function* (): AsyncGenerator<ArrowBatch> {
      for await (const message of messages) yield batchOf(decodeFlightData(message));
    };
    const cancel = (): void => void messages.return(undefined);
    return { fields: readSchema(schema.header()), queryId: null, affected: null, batches: batches(), cancel };
  }

  private async *call(
    name: string,
    request: Buffer,
    engine: string | null,
    signal?: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const metadata = this.metadata.clone();
    if (engine !== null) metadata.set(ENGINE_HEADER, engine);
    const call = this.client.makeServerStreamRequest(method(name), same, same, request, metadata);
    const stop = (): void => call.cancel();
    signal?.addEventListener("abort", stop);
    try {
      for await (const message of call) yield message as Buffer;
    } finally {
      signal?.removeEventListener("abort", stop);
      call.cancel();
    }
  }

  close(): void {
    this.client.close();
  }
}

/** What the server says of a failure; null: it is another one. */
export function serverMessage(error: unknown): string | null {
  const { code, details } = error as Partial<ServiceError>;
  return typeof code === "number" && typeof details === "string" ? details : null;
}

function batchOf({ header, body }: FlightData): ArrowBatch {
  const message = Message.decode(header);
  if (!message.isRecordBatch()) throw new Error("bug: a result with something between its batches");
  const { length, nodes, buffers } = message.header();
  return {
    length,
    nodes: nodes.map(({ length: rows, nullCount }) => ({ length: rows, nullCount })),
    buffers: buffers.map(({ offset, length: size }) => body.subarray(offset, offset + size)),
  };
}
