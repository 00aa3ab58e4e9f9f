import type { ServerWritableStream } from "@grpc/grpc-js";
import { FlightError } from "./status.ts";

/**
 * What gRPC asks of a message when it puts it into its frame: a Buffer, or what writes itself there. Batches do, because
 * gRPC copies every message: it is the only copy then.
 */
export interface OutgoingMessage {
  readonly byteLength: number;
  copy(frame: Buffer, at: number): void;
}

export type GetCall = ServerWritableStream<Buffer, OutgoingMessage>;

/** Done when it is on its way: what is written and not sent would pile up in memory. */
export function send(call: GetCall, message: OutgoingMessage): Promise<void> {
  return new Promise((done, failed) => {
    if (call.cancelled) {
      failed(new FlightError("CANCELLED", "The client has gone"));
      return;
    }
    const gone = (): void => failed(new FlightError("CANCELLED", "The client has gone"));
    call.once("cancelled", gone);
    call.write(message, (error: Error | null | undefined) => {
      call.off("cancelled", gone);
      if (error) failed(error);
      else done();
    });
  });
}
