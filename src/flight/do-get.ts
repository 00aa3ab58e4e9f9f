import type { FlightContext } from "./context.ts";
import { readCommand } from "./commands.ts";
import { send, type GetCall } from "./send.ts";
import { batchData, schemaData } from "./messages.ts";
import { unpack } from "./sql/any.ts";
import { sqlDoGet } from "./sql/sql-flight-info.ts";
import { FlightError } from "./status.ts";

/** Sends a query's rows as fast as the client takes them: one batch is on its way, one is being made. */
export async function doGet(ticket: Buffer, call: GetCall, context: FlightContext): Promise<void> {
  const { backend, running, engine } = context;
  const message = unpack(ticket);
  if (message !== null) return sqlDoGet(message, call, context);
  const command = readCommand(ticket);
  const sql = command.kind === "sql" ? command.sql : backend.selectAll(command.table);
  const latency = command.kind === "sql" ? command.latency : null;
  await running.run(call, command.kind === "sql" ? command.queryId : null, async ({ signal, count, note }) => {
    const query = await backend.run({ sql, latency, engine, signal });
    note(`on ${query.decision.engine} (${query.decision.rule})`);
    try {
      await send(call, schemaData(query.stream.fields));
      for await (const batch of query.stream.batches) {
        if (signal.aborted) throw new FlightError("CANCELLED", "The query was cancelled");
        const data = batchData(batch);
        count(batch.length, data.byteLength);
        await send(call, data);
        batch.release?.();
      }
      if (signal.aborted) throw new FlightError("CANCELLED", "The query was cancelled");
    } finally {
      await query.close();
    }
  });
}
