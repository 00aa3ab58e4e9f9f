import type { UploadTarget } from "../contracts/query.ts";
import { readUploadMetadata } from "./commands.ts";
import type { FlightContext } from "./context.ts";
import { commandOf } from "./flight-info.ts";
import { Incoming, uploadedBatches, type PutCall } from "./incoming.ts";
import { decodeDescriptor, decodeFlightData, oneField } from "./messages.ts";
import { unpack } from "./sql/any.ts";
import { sqlPut } from "./sql/sql-put.ts";
import { FlightError } from "./status.ts";

/** Takes a table's rows; it is there when all of them are. */
export async function doPut(call: PutCall, context: FlightContext): Promise<void> {
  const messages = new Incoming(call);
  const first = await messages.next();
  if (first === null) throw new FlightError("INVALID_ARGUMENT", "The upload has no first message");
  const opening = decodeFlightData(first);
  const descriptor = decodeDescriptor(opening.descriptor);
  const message = descriptor.command === null ? null : unpack(descriptor.command);
  if (message !== null) return sqlPut(message, call, opening, messages, context);
  const command = commandOf(descriptor);
  if (command.kind !== "table") throw new FlightError("INVALID_ARGUMENT", 'An upload needs {"table": …}');
  let forced: UploadTarget | null = null;
  const noted = (metadata: Buffer): void => {
    if (metadata.length > 0) forced ??= readUploadMetadata(metadata);
  };
  await context.running.run(call, null, async (work) => {
    const { fields, batches } = await uploadedBatches(opening, messages, noted, work);
    const result = await context.backend.upload({
      ...command,
      fields,
      batches,
      forced: () => forced,
      signal: work.signal,
    });
    work.note(`to ${result.table} (${result.target}, ${result.rule})`);
    call.write(oneField(JSON.stringify(result)));
  });
}
