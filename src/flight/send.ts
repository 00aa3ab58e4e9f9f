import type { ServerWritableStream } from "@grpc/grpc-js";
import { FlightError } from "./status.ts";

export type GetCall = ServerWritableStream<Buffer, Buffer>;

/** Until it is on its way: what is written and not sent would pile up in memory. */
export function send(call: GetCall, bytes: Buffer): Promise<void> {
  return new Promise((done, failed) => {
    if (call.cancelled) {
      failed(new FlightError("CANCELLED", "The client has gone"));
      return;
    }
    const gone = (): void => failed(new FlightError("CANCELLED", "The client has gone"));
    call.once("cancelled", gone);
    call.write(bytes, (error: Error | null | undefined) => {
      call.off("cancelled", gone);
      if (error) failed(error);
      else done();
    });
  });
}
