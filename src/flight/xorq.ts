import { readCommand, type FlightCommand } from "./commands.ts";
import { readPickle, type Plain } from "./pickle.ts";
import { FlightError } from "./status.ts";

/** What xorq's own client asks: its messages are pickles. Source: xorq 0.4.9, flight/client.py and flight/action.py. */

function named(value: Plain | undefined): Record<string, Plain> {
  return value instanceof Map ? (Object.fromEntries(value) as Record<string, Plain>) : {};
}

/** `upload_table`, which makes a table or replaces it. */
export function xorqUpload(bytes: Buffer): FlightCommand {
  const { table_name: table, kwargs } = named(readPickle(bytes));
  if (typeof table !== "string")
    throw new FlightError(
      "INVALID_ARGUMENT",
      "Of pickled commands only an upload_table is understood: query by Flight SQL",
    );
  return readCommand(Buffer.from(JSON.stringify({ mode: "replace", ...named(kwargs), table })));
}

const UNDERSTOOD = new Set(["healthcheck", "list_tables", "table_info"]);

/** An action's answer in the form that xorq's client expects: None, names, or the names and types of columns. */
export async function xorqAnswer(
  name: string,
  bytes: Buffer,
  act: (body: Record<string, unknown>) => Promise<unknown>,
): Promise<unknown> {
  if (!UNDERSTOOD.has(name)) throw new FlightError("INVALID_ARGUMENT", `The action ${name} takes JSON here, no pickle`);
  const { table_name: table } = named(readPickle(bytes));
  const answer = await act(table === undefined ? {} : { table });
  if (name === "healthcheck") return null;
  if (name === "list_tables") return (answer as { name: string }[]).map((known) => known.name);
  const { columns } = answer as { columns: { name: string; type: string }[] };
  return Object.fromEntries(columns.map((column) => [column.name, column.type]));
}
