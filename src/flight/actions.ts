import type { ServerWritableStream } from "@grpc/grpc-js";
import { typeText } from "../arrow/cell-text.ts";
import type { FlightContext } from "./context.ts";
import { readJson, text } from "./commands.ts";
import { send } from "./send.ts";
import { sqlAction, SQL_ACTIONS } from "./sql/sql-actions.ts";
import { oneField } from "./messages.ts";
import { bytesOf, decodeFields, textOf } from "./protobuf.ts";
import { isPickle, writePickle } from "./pickle.ts";
import { FlightError } from "./status.ts";
import { xorqAnswer } from "./xorq.ts";

/** What `do_action` knows; bodies and answers are JSON. */
export const ACTIONS = {
  healthcheck: "is the server there",
  route: 'where {"sql": …} would run, and why',
  list_tables: "every table that is known, where it is and how much it holds",
  table_info: 'the columns of {"table": …}',
  drop_table: 'drops {"table": …}',
  cancel: 'ends the query {"query_id": …}, the id that came with its ticket',
  ...SQL_ACTIONS,
};

type Act = (body: Record<string, unknown>, context: FlightContext) => Promise<unknown>;

const ACTS: Readonly<Record<Exclude<keyof typeof ACTIONS, keyof typeof SQL_ACTIONS>, Act>> = {
  healthcheck: () => Promise.resolve({ status: "ok" }),
  route: (body, { backend, engine }) => {
    const latency = text(body, "latency");
    return backend.decide({ sql: required(body, "sql"), latency: latency === "low" ? latency : null, engine });
  },
  list_tables: (_, { backend }) => Promise.resolve(backend.tables()),
  table_info: async (body, { backend }) => {
    const table = required(body, "table");
    const fields = await backend.describe({ sql: backend.selectAll(table), latency: null, engine: null });
    const known = backend.tables().find(({ name, unique_id: id }) => [name, id].includes(table));
    const columns = fields.map(({ name, type }) => ({ name, type: typeText(type) }));
    return { ...(known ?? { name: table }), columns };
  },
  drop_table: async (body, { backend }) => {
    const table = required(body, "table");
    await backend.dropTable(table);
    return { dropped: table };
  },
  cancel: (body, { running }) => {
    const id = required(body, "query_id");
    if (!running.cancel(id)) throw new FlightError("NOT_FOUND", `No query ${id} runs`);
    return Promise.resolve({ cancelled: id });
  },
};

export async function doAction(call: ServerWritableStream<Buffer, Buffer>, context: FlightContext): Promise<void> {
  const action = decodeFields(call.request);
  const name = textOf(action, 1);
  const bytes = bytesOf(action, 2);
  const answered = await sqlAction(name, bytes, context);
  if (answered !== null) {
    const { body, headers = null } = answered;
    if (headers !== null) call.sendMetadata(headers);
    if (body !== null) await send(call, oneField(body));
    return;
  }
  if (!Object.hasOwn(ACTS, name))
    throw new FlightError("UNIMPLEMENTED", `There is no action ${name}; there are ${Object.keys(ACTIONS).join(", ")}`);
  const act = ACTS[name as keyof typeof ACTS];
  if (isPickle(bytes)) {
    await send(call, oneField(writePickle(await xorqAnswer(name, bytes, (body) => act(body, context)))));
    return;
  }
  const body = bytes.length === 0 ? {} : readJson(bytes, "The action's body");
  await send(call, oneField(JSON.stringify(await act(body, context))));
}

function required(body: Record<string, unknown>, key: string): string {
  const value = text(body, key);
  if (value === null || value === "") throw new FlightError("INVALID_ARGUMENT", `The action needs {"${key}": …}`);
  return value;
}
