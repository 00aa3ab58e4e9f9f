import { Client, credentials, Metadata, type ClientDuplexStream } from "@grpc/grpc-js";
import { RecordBatchStreamWriter, tableFromIPC, type Table } from "apache-arrow";
import { END_OF_STREAM, framed } from "../../src/arrow/ipc.ts";
import { decodeFlightData } from "../../src/flight/messages.ts";
import { bytesOf, decodeFields, encodeFields } from "../../src/flight/protobuf.ts";
import { streamMessages } from "./arrow-stream.ts";

const same = (bytes: Buffer): Buffer => bytes;
const method = (name: string): string => `/arrow.flight.protocol.FlightService/${name}`;

/** A Flight client of the tests' own: the wire and nothing else. */
export class FlightClient {
  readonly metadata = new Metadata();
  private readonly client: Client;

  constructor(port: number) {
    this.client = new Client(`127.0.0.1:${String(port)}`, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
  }

  close(): void {
    this.client.close();
  }

  unary(name: string, request: Buffer): Promise<Buffer> {
    return new Promise((done, failed) => {
      this.client.makeUnaryRequest(method(name), same, same, request, this.metadata, (error, answer) => {
        if (error === null && answer !== undefined) done(answer);
        else failed(error ?? new Error("no answer"));
      });
    });
  }

  async stream(name: string, request: Buffer, deadline?: number): Promise<Buffer[]> {
    const options = deadline === undefined ? {} : { deadline: Date.now() + deadline };
    const call = this.client.makeServerStreamRequest(method(name), same, same, request, this.metadata, options);
    const messages: Buffer[] = [];
    for await (const message of call) messages.push(message as Buffer);
    return messages;
  }

  async get(ticket: object | string, deadline?: number): Promise<Table> {
    const bytes = typeof ticket === "string" ? ticket : JSON.stringify(ticket);
    const messages = await this.stream("DoGet", encodeFields([[1, bytes]]), deadline);
    return toTable(messages);
  }

  /** The answer as JSON; the first message of a call is the schema, the others are batches. */
  async put(command: object, table: Table, metadata: object | null = null): Promise<Record<string, unknown>> {
    const call = this.duplex("DoPut");
    const descriptor = encodeFields([
      [1, 2],
      [2, JSON.stringify(command)],
    ]);
    streamMessages(Buffer.from(RecordBatchStreamWriter.writeAll(table).toUint8Array(true))).forEach(
      ({ header, body }, index) => {
        const app = index === 1 && metadata !== null ? JSON.stringify(metadata) : undefined;
        call.write(
          encodeFields([
            [1, index === 0 ? descriptor : undefined],
            [2, header],
            [3, app],
            [1000, body],
          ]),
        );
      },
    );
    call.end();
    return (await jsonAnswers(call))[0] as Record<string, unknown>;
  }

  duplex(name: string): ClientDuplexStream<Buffer, Buffer> {
    return this.client.makeBidiStreamRequest(method(name), same, same, this.metadata);
  }

  /** How a call ends to which these messages are sent, whatever its method takes. */
  outcome(name: string, messages: readonly Buffer[], deadline: number): Promise<{ code: number; details: string }> {
    const options = { deadline: Date.now() + deadline };
    const call = this.client.makeBidiStreamRequest(method(name), same, same, this.metadata, options);
    return new Promise((done) => {
      call.on("status", done);
      call.on("error", () => undefined);
      call.resume();
      for (const message of messages) call.write(message, () => undefined);
      call.end();
    });
  }

  async act(type: string, body: object | null = null): Promise<unknown> {
    const request = encodeFields([
      [1, type],
      [2, body === null ? undefined : JSON.stringify(body)],
    ]);
    const [answer] = await this.stream("DoAction", request);
    return JSON.parse(bytesOf(decodeFields(answer ?? Buffer.alloc(0)), 1).toString()) as unknown;
  }

  /** Basic → Bearer; later calls carry the token. */
  async login(user: string, password: string): Promise<void> {
    const metadata = new Metadata();
    metadata.set("authorization", `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`);
    const call = this.client.makeBidiStreamRequest(method("Handshake"), same, same, metadata);
    const token = new Promise<string>((done, failed) => {
      call.on("metadata", (answer) => done(String(answer.get("authorization")[0])));
      call.on("error", failed);
    });
    call.on("data", () => undefined);
    call.end();
    this.metadata.set("authorization", await token);
  }
}

export function toTable(messages: readonly Buffer[]): Table {
  const parts = messages.map(decodeFlightData).flatMap(({ header, body }) => [framed(header), body]);
  return tableFromIPC(Buffer.concat([...parts, END_OF_STREAM]));
}

async function jsonAnswers(call: ClientDuplexStream<Buffer, Buffer>): Promise<unknown[]> {
  const answers: unknown[] = [];
  for await (const message of call)
    answers.push(JSON.parse(bytesOf(decodeFields(message as Buffer), 1).toString()) as unknown);
  return answers;
}
