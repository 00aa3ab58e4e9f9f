import type { ServerWritableStream } from "@grpc/grpc-js";
import type { FlightContext } from "./context.ts";
import { readCommand } from "./commands.ts";
import { batchData, schemaData } from "./messages.ts";
import { FlightError } from "./status.ts";

type Call = ServerWritableStream<Buffer, Buffer>;

/** Sends a query's rows as fast as the client takes them: one batch is on its way, one is being made. */
export async function doGet(ticket: Buffer, call: Call, { backend, running, emit }: FlightContext): Promise<void> {
  const command = readCommand(ticket);
  const sql = command.kind === "sql" ? command.sql : backend.selectAll(command.table);
  const latency = command.kind === "sql" ? command.latency : null;
  await running.run(call, command.kind === "sql" ? command.queryId : null, async (signal) => {
    const query = await backend.run({ sql, latency, signal });
    const { engine, rule } = query.decision;
    let rows = 0;
    try {
      await send(call, schemaData(query.stream.fields));
      for await (const batch of query.stream.batches) {
        if (signal.aborted) throw new FlightError("CANCELLED", "The query was cancelled");
        await send(call, batchData(batch));
        rows += batch.length;
      }
      if (signal.aborted) throw new FlightError("CANCELLED", "The query was cancelled");
    } finally {
      await query.close();
      emit({ kind: "log", level: "info", message: `do_get on ${engine} (${rule}): ${String(rows)} rows` });
    }
  });
}

/** Until it is on its way: what is written and not sent would pile up in memory. */
export function send(call: Call, bytes: Buffer): Promise<void> {
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
