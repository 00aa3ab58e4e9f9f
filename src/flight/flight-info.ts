import type { ServerWritableStream } from "@grpc/grpc-js";
import { schemaFrame } from "../arrow/ipc.ts";
import type { ArrowField } from "../contracts/arrow.ts";
import type { FlightContext } from "./context.ts";
import { readCommand, type FlightCommand } from "./commands.ts";
import { send } from "./send.ts";
import { encodeFlightInfo, encodeSchemaResult, pathDescriptor, type FlightDescriptor } from "./messages.ts";
import { unpack } from "./sql/any.ts";
import { sqlFlightInfo, sqlSchema } from "./sql/sql-flight-info.ts";
import { isPickle } from "./pickle.ts";
import { FlightError } from "./status.ts";
import { xorqUpload } from "./xorq.ts";

/** A path names a table, the parts being those of its name. */
export function commandOf({ command, path }: FlightDescriptor): FlightCommand {
  if (command !== null) return isPickle(command) ? xorqUpload(command) : readCommand(command);
  if (path.length === 0) throw new FlightError("INVALID_ARGUMENT", "The descriptor has neither a command nor a path");
  return { kind: "table", table: path.join("."), target: "auto", mode: "create" };
}

function describe(command: FlightCommand, { backend, engine }: FlightContext): Promise<readonly ArrowField[]> {
  return command.kind === "sql"
    ? backend.describe({ sql: command.sql, latency: command.latency, engine })
    : backend.describe({ sql: backend.selectAll(command.table), latency: null, engine });
}

function ticketOf(command: FlightCommand): Buffer {
  const json =
    command.kind === "table"
      ? { table: command.table }
      : {
          sql: command.sql,
          ...(command.latency === null ? {} : { latency: command.latency }),
          ...(command.queryId === null ? {} : { query_id: command.queryId }),
        };
  return Buffer.from(JSON.stringify(json));
}

export async function flightInfo(
  descriptor: FlightDescriptor,
  context: FlightContext,
  signal: AbortSignal,
): Promise<Buffer> {
  const message = descriptor.command === null ? null : unpack(descriptor.command);
  if (message !== null) return sqlFlightInfo(message, descriptor.bytes, context, signal);
  const command = commandOf(descriptor);
  const fields = await describe(command, context);
  const schema = schemaFrame(fields);
  return encodeFlightInfo({ schema, descriptor: descriptor.bytes, ticket: ticketOf(command), rows: -1, bytes: -1 });
}

export async function schemaOf(descriptor: FlightDescriptor, context: FlightContext): Promise<Buffer> {
  const message = descriptor.command === null ? null : unpack(descriptor.command);
  if (message !== null) return sqlSchema(message, context);
  return encodeSchemaResult(await describe(commandOf(descriptor), context));
}

/** The tables that are there; what was never built has no columns to tell. */
export async function listFlights(call: ServerWritableStream<Buffer, Buffer>, context: FlightContext): Promise<void> {
  for (const { name, unique_id: id, rows, bytes } of context.backend.tables()) {
    const command: FlightCommand = { kind: "table", table: id ?? name, target: "auto", mode: "create" };
    const fields = await describe(command, context).catch(() => null);
    if (fields === null) continue;
    const descriptor = pathDescriptor([name]);
    await send(
      call,
      encodeFlightInfo({
        schema: schemaFrame(fields),
        descriptor,
        ticket: ticketOf(command),
        rows: rows ?? -1,
        bytes: bytes ?? -1,
      }),
    );
  }
}
