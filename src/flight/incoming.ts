import { RecordBatchReader, type RecordBatch } from "apache-arrow";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { readCompressed, refuseExplosive } from "../arrow/compressed-batches.ts";
import { END_OF_STREAM, framed } from "../arrow/ipc.ts";
import type { ArrivedBatch, ArrowField } from "../contracts/arrow.ts";
import { DiagnosticError } from "../contracts/diagnostic.ts";
import { decodeFlightData, type FlightData } from "./messages.ts";
import { readBatch, readSchema } from "../arrow/read-batches.ts";
import { verifyMessage } from "../arrow/verify-message.ts";
import type { CallWork } from "./running-calls.ts";
import { FlightError } from "./status.ts";

export type PutCall = ServerDuplexStream<Buffer, Buffer>;

export interface UploadedBatches {
  readonly fields: readonly ArrowField[];
  readonly batches: AsyncIterable<ArrivedBatch>;
}

/** The rows that a client sends, from its first message on. `noted` hears what comes beside them. */
export async function uploadedBatches(
  opening: FlightData,
  messages: Incoming,
  noted: (metadata: Buffer) => void,
  work: CallWork,
): Promise<UploadedBatches> {
  readCompressed();
  try {
    const reader = await RecordBatchReader.from(ipcStream(opening, messages, noted, work)).then((open) => open.open());
    return { fields: readSchema(reader.schema), batches: batchesOf(reader, work) };
  } catch (error) {
    return refuseUnreadable(error);
  }
}

function refuseUnreadable(error: unknown): never {
  const isClear = [FlightError, DiagnosticError, RangeError].some((kind) => error instanceof kind);
  if (isClear || "code" in (error as object)) throw error;
  throw new FlightError("INVALID_ARGUMENT", `What was sent cannot be read: ${(error as Error).message}`);
}

async function* batchesOf(
  batches: AsyncIterable<RecordBatch>,
  { signal, count }: CallWork,
): AsyncGenerator<ArrivedBatch> {
  try {
    for await (const batch of batches) {
      if (signal.aborted) throw new FlightError("CANCELLED", "The upload was cancelled");
      count(batch.numRows, 0);
      yield readBatch(batch);
    }
  } catch (error) {
    refuseUnreadable(error);
  }
  if (signal.aborted) throw new FlightError("CANCELLED", "The upload was cancelled");
}

/** The messages as one Arrow stream. */
async function* ipcStream(
  first: FlightData,
  messages: Incoming,
  noted: (metadata: Buffer) => void,
  { count }: CallWork,
): AsyncGenerator<Uint8Array> {
  for (let data: FlightData | null = first; data !== null;) {
    noted(data.appMetadata);
    count(0, data.body.length);
    // Copied: its metadata has to lie at a multiple of 8, which a part of a message need not do.
    if (data.header.length > 0) {
      const message = verifyMessage(data.header, data.body);
      refuseExplosive(message, data.body);
      const body = data.body.subarray(0, message.bodyLength);
      yield Buffer.concat([framed(data.header), body, padding(body.length)]);
    }
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
export class Incoming {
  private readonly call: PutCall;
  private readonly queue: Buffer[] = [];
  private wake: (() => void) | null = null;
  private isOver = false;
  private failure: Error | null = null;

  constructor(call: PutCall) {
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
