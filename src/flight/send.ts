import type { ServerHttp2Stream } from "node:http2";
import { Metadata, type ServerWritableStream } from "@grpc/grpc-js";
import { FlightError } from "./status.ts";

/** Parts that are sent one behind the other, as they lie in memory: nobody may write there until they are. */
export interface MessageParts {
  readonly byteLength: number;
  readonly parts: readonly Uint8Array[];
}

export type OutgoingMessage = Buffer | MessageParts;

export type GetCall = ServerWritableStream<Buffer, Buffer>;

/**
 * Done when it is on its way: what is written and not sent would pile up in memory.
 *
 * gRPC's own way copies a message into memory that is new for each, which cost more than all else a batch does on its way
 * out; so a message is put into its frame here. Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function send(call: GetCall, message: OutgoingMessage): Promise<void> {
  return new Promise((done, failed) => {
    if (call.cancelled) {
      failed(new FlightError("CANCELLED", "The client has gone"));
      return;
    }
    // The first message's; later ones send none.
    call.sendMetadata(new Metadata());
    const gone = (): void => failed(new FlightError("CANCELLED", "The client has gone"));
    call.once("cancelled", gone);
    writeFrame(streamOf(call), message, (error) => {
      call.off("cancelled", gone);
      if (error) gone();
      else done();
    });
  });
}

/** What gRPC writes to; it has no name for it outside. */
function streamOf(call: GetCall): ServerHttp2Stream {
  return (call as unknown as { call: { stream: ServerHttp2Stream } }).call.stream;
}

const NOT_COMPRESSED = 0;

function writeFrame(
  stream: ServerHttp2Stream,
  message: OutgoingMessage,
  sent: (error: Error | null | undefined) => void,
): void {
  const head = Buffer.alloc(5);
  head.writeUInt8(NOT_COMPRESSED);
  head.writeUInt32BE(message.byteLength, 1);
  const parts = [head, ...(message instanceof Uint8Array ? [message] : message.parts)];
  stream.cork();
  for (const [index, part] of parts.entries()) stream.write(part, index === parts.length - 1 ? sent : undefined);
  stream.uncork();
}
