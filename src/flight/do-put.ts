import { RecordBatchReader, type RecordBatch } from "apache-arrow";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { END_OF_STREAM, framed } from "../arrow/ipc.ts";
import type { UploadTarget } from "../contracts/query.ts";
import { readUploadMetadata } from "./commands.ts";
import type { FlightContext } from "./context.ts";
import { commandOf } from "./flight-info.ts";
import { decodeDescriptor, decodeFlightData, oneField, type FlightData } from "./messages.ts";
import { readBatch, readSchema } from "./read-batches.ts";
import { FlightError } from "./status.ts";

type Call = ServerDuplexStream<Buffer, Buffer>;

/** Takes a table's rows; it is there when all of them are. */
export async function doPut(call: Call, context: FlightContext): Promise<void> {
  const messages = new Incoming(call);
  const first = await messages.next();
  if (first === null) throw new FlightError("INVALID_ARGUMENT", "The upload has no first message");
  const opening = decodeFlightData(first);
  const command = commandOf(decodeDescriptor(opening.descriptor));
  if (command.kind !== "table") throw new FlightError("INVALID_ARGUMENT", 'An upload needs {"table": …}');
  let forced: UploadTarget | null = null;
  const noted = (metadata: Buffer): void => {
    if (metadata.length > 0) forced ??= readUploadMetadata(metadata);
  };
  await context.running.run(call, null, async (signal) => {
    const reader = await RecordBatchReader.from(ipcStream(opening, messages, noted)).then((open) => open.open());
    const result = await context.backend.upload({
      ...command,
      fields: readSchema(reader.schema),
      batches: batchesOf(reader, signal),
      forced: () => forced,
      signal,
    });
    const text = `do_put of ${String(result.rows)} rows to ${result.table} (${result.target}, ${result.rule})`;
    context.emit({ kind: "log", level: "info", message: text });
    call.write(oneField(JSON.stringify(result)));
  });
}

async function* batchesOf(
  batches: AsyncIterable<RecordBatch>,
  signal: AbortSignal,
): AsyncGenerator<{ length: number; columns: unknown[][] }> {
  try {
    for await (const batch of batches) {
      if (signal.aborted) throw new FlightError("CANCELLED", "The upload was cancelled");
      yield readBatch(batch);
    }
  } catch (error) {
    if (error instanceof FlightError || error instanceof RangeError || "code" in (error as object)) throw error;
    throw new FlightError("INVALID_ARGUMENT", `A batch cannot be read: ${(error as Error).message}`);
  }
  if (signal.aborted) throw new FlightError("CANCELLED", "The upload was cancelled");
}

/** The messages as one Arrow stream. */
async function* ipcStream(
  first: FlightData,
  messages: Incoming,
  noted: (metadata: Buffer) => void,
): AsyncGenerator<Uint8Array> {
  for (let data: FlightData | null = first; data !== null;) {
    noted(data.appMetadata);
    // Copied: its metadata has to lie at a multiple of 8, which a part of a message need not do.
    if (data.header.length > 0) yield Buffer.concat([framed(data.header), data.body, padding(data.body.length)]);
    const next: Buffer | null = await messages.next();
    data = next === null ? null : decodeFlightData(next);
  }
  yield END_OF_STREAM;
}

function padding(length: number): Buffer {
  return Buffer.alloc((8 - (length % 8)) % 8);
}

/**
 * One message at a time, so that a client is held back. Not `for await`: that would destroy the call at its end, before
 * the answer is written.
 */
class Incoming {
  private readonly call: Call;
  private readonly queue: Buffer[] = [];
  private wake: (() => void) | null = null;
  private isOver = false;
  private failure: Error | null = null;

  constructor(call: Call) {
    this.call = call;
    call.on("data", (message: Buffer) => {
      this.queue.push(message);
      if (this.queue.length >= 2) call.pause();
      this.wake?.();
    });
    call.on("end", () => {
      this.isOver = true;
      this.wake?.();
    });
    call.on("error", (error: Error) => this.fail(error));
    call.on("cancelled", () => this.fail(new FlightError("CANCELLED", "The client has gone")));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }

  /** Null: the client has sent everything. */
  async next(): Promise<Buffer | null> {
    while (this.queue.length === 0 && !this.isOver && this.failure === null)
      await new Promise<void>((done) => (this.wake = done));
    if (this.failure !== null) throw this.failure;
    const message = this.queue.shift() ?? null;
    if (this.queue.length < 2) this.call.resume();
    return message;
  }
}
