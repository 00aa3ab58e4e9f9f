import type { ArrowField } from "../../contracts/arrow.ts";
import { framed } from "../../arrow/ipc.ts";
import { schemaMetadata } from "../../arrow/schema.ts";
import { readJson, text } from "../commands.ts";
import type { FlightContext } from "../context.ts";
import { batchData, encodeFlightInfo, oneField, schemaData } from "../messages.ts";
import { bytesOf, encodeFields, textOf } from "../protobuf.ts";
import { send, type GetCall, type OutgoingMessage } from "../send.ts";
import { FlightError } from "../status.ts";
import { optionalText, pack, type SqlMessage } from "./any.ts";
import { ownTable, ownTableData } from "./catalog-tables.ts";
import { infoData, infoSchema } from "./sql-info.ts";
import { newQueryId, type Statement } from "./statements.ts";

/** What a ticket says: rows that are kept, a prepared statement, or a text to run. */
interface Ticket {
  readonly stored?: string;
  readonly prepared?: string;
  readonly sql?: string;
  readonly transaction?: string;
  readonly engine?: string;
  readonly catalog?: string;
  readonly schema?: string;
  readonly query_id: string;
}

/** Answers GetFlightInfo. */
export async function sqlFlightInfo(
  message: SqlMessage,
  descriptor: Buffer,
  context: FlightContext,
  signal: AbortSignal,
): Promise<Buffer> {
  const own = ownSchema(message);
  if (own !== null) return encodeFlightInfo({ schema: own, descriptor, ticket: message.bytes, rows: -1, bytes: -1 });
  const statement = statementOf(message, context);
  const { fields, stored } = await context.statements.open(statement, signal);
  const { sql, transaction, engine, current } = statement;
  const wishes = {
    ...(engine !== null && { engine }),
    ...(current !== null && { catalog: current.database, schema: current.schema }),
  };
  const id = { query_id: newQueryId() };
  const prepared = message.name === "CommandPreparedStatementQuery" ? textOf(message.fields, 1) : null;
  const ticket: Ticket =
    stored !== null
      ? { stored, ...id }
      : prepared !== null
        ? { prepared, ...id }
        : { sql, ...(transaction !== null && { transaction }), ...wishes, ...id };
  const packed = pack("TicketStatementQuery", oneField(JSON.stringify(ticket)));
  return encodeFlightInfo({ schema: frame(fields), descriptor, ticket: packed, rows: -1, bytes: -1 });
}

/** Answers GetSchema, and runs nothing. */
export async function sqlSchema(message: SqlMessage, context: FlightContext): Promise<Buffer> {
  const own = ownSchema(message);
  if (own !== null) return oneField(own);
  const { sql, transaction, engine, current } = statementOf(message, context);
  const request = { sql, latency: null, engine, current, transaction: context.statements.transactionOf(transaction) };
  return oneField(frame((await context.backend.inspect(request)).fields));
}

/** Answers DoGet. */
export async function sqlDoGet(message: SqlMessage, call: GetCall, context: FlightContext): Promise<void> {
  const { backend, running, statements } = context;
  const table = ownTable(message.name, message.fields);
  if (message.name === "CommandGetSqlInfo") return sendAll(call, infoData(backend, context.version, message.fields));
  if (table !== null) return sendAll(call, await ownTableData(table, backend.browser, message.fields));
  if (message.name !== "TicketStatementQuery") unknown(message);
  const ticket = readTicket(bytesOf(message.fields, 1));
  if (ticket.stored !== undefined) {
    const { fields, batches } = statements.takeStored(ticket.stored);
    return sendAll(call, [schemaData(fields), ...batches.map(batchData)]);
  }
  const { sql = "", transaction = null, engine = context.engine, catalog, schema } = ticket;
  const current = catalog === undefined || schema === undefined ? null : { database: catalog, schema };
  const statement =
    ticket.prepared === undefined ? { sql, transaction, engine, current, rows: [] } : statements.bound(ticket.prepared);
  await running.run(call, ticket.query_id, async ({ signal, count, note }) => {
    let isFirst = true;
    await statements.each(statement, signal, async ({ stream, decision }) => {
      note(`on ${decision.engine} (${decision.rule})`);
      if (isFirst) await send(call, schemaData(stream.fields));
      isFirst = false;
      for await (const batch of stream.batches) {
        const data = batchData(batch);
        count(batch.length, data.byteLength);
        await send(call, data);
        batch.release?.();
      }
    });
    if (signal.aborted) throw new FlightError("CANCELLED", "The query was cancelled");
  });
}

/** Ends what a ticket of ours stands for; false: it does not run, and nothing waits for it. */
export function cancelTicket(message: SqlMessage, { running, statements }: FlightContext): boolean {
  if (message.name !== "TicketStatementQuery") return false;
  const { query_id: id, stored } = readTicket(bytesOf(message.fields, 1));
  return stored === undefined ? running.cancel(id) : statements.forgetStored(stored);
}

/** What the commands that run something ask for. */
export function statementOf(
  { name, fields }: SqlMessage,
  { statements, engine, session, backend }: FlightContext,
): Statement {
  switch (name) {
    case "CommandStatementQuery":
    case "CommandStatementUpdate": {
      const transaction = optionalText(fields, 2);
      const current = session.current(backend.browser);
      return {
        sql: textOf(fields, 1),
        transaction: transaction === "" ? null : transaction,
        engine,
        current,
        rows: [],
      };
    }
    case "CommandPreparedStatementQuery":
    case "CommandPreparedStatementUpdate":
      return statements.bound(textOf(fields, 1));
    default:
      return unknown({ name });
  }
}

function ownSchema({ name, fields }: SqlMessage): Buffer | null {
  if (name === "CommandGetSqlInfo") return infoSchema();
  const table = ownTable(name, fields);
  return table === null ? null : frame(table.fields);
}

function unknown({ name }: { name: string }): never {
  throw new FlightError("UNIMPLEMENTED", `The command ${name} of Flight SQL is not known here`);
}

function readTicket(bytes: Buffer): Ticket {
  const json = readJson(bytes, "The ticket");
  const id = text(json, "query_id");
  if (id === null) throw new FlightError("INVALID_ARGUMENT", "The ticket is not one of this server");
  const part = (key: Exclude<keyof Ticket, "query_id">): object => {
    const value = text(json, key);
    return value === null ? {} : { [key]: value };
  };
  return {
    query_id: id,
    ...part("stored"),
    ...part("prepared"),
    ...part("sql"),
    ...part("transaction"),
    ...part("engine"),
    ...part("catalog"),
    ...part("schema"),
  };
}

async function sendAll(call: GetCall, messages: readonly OutgoingMessage[]): Promise<void> {
  for (const message of messages) await send(call, message);
}

function frame(fields: readonly ArrowField[]): Buffer {
  return framed(schemaMetadata(fields));
}

/** PutResult of an update. */
export function updateResult(count: number): Buffer {
  return oneField(encodeFields([[1, BigInt(count)]]));
}
