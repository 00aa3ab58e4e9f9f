import type { TypedValue } from "../../contracts/arrow.ts";
import type { UploadMode } from "../../contracts/query.ts";
import type { FlightContext } from "../context.ts";
import { uploadedBatches, type Incoming, type PutCall } from "../incoming.ts";
import { oneField, type FlightData } from "../messages.ts";
import { bytesOf, decodeFields, encodeFields, numberOf, textOf, type Fields } from "../protobuf.ts";
import type { CallWork } from "../running-calls.ts";
import { FlightError } from "../status.ts";
import { optionalText, type SqlMessage } from "./any.ts";
import { statementOf, updateResult } from "./sql-flight-info.ts";

/** Rows of values for one statement; each runs it once. */
const MAX_BOUND_ROWS = 1_000_000;

/** Answers DoPut: updates, values of prepared statements, whole tables. */
export async function sqlPut(
  message: SqlMessage,
  call: PutCall,
  opening: FlightData,
  messages: Incoming,
  context: FlightContext,
): Promise<void> {
  const { statements, running } = context;
  await running.run(call, null, async (work) => {
    const { signal } = work;
    switch (message.name) {
      case "CommandStatementUpdate":
        call.write(updateResult(await statements.update(statementOf(message, context), signal)));
        return;
      case "CommandPreparedStatementQuery":
      case "CommandPreparedStatementUpdate": {
        const handle = textOf(message.fields, 1);
        if (opening.header.length > 0) statements.bind(handle, await boundRows(opening, messages, work));
        if (message.name === "CommandPreparedStatementUpdate")
          call.write(updateResult(await statements.update(statements.bound(handle), signal)));
        else call.write(oneField(encodeFields([[1, handle]])));
        return;
      }
      case "CommandStatementIngest":
        call.write(updateResult(await ingest(message.fields, opening, messages, context, work)));
        return;
      default:
        throw new FlightError("UNIMPLEMENTED", `The command ${message.name} of Flight SQL takes no rows here`);
    }
  });
}

async function boundRows(opening: FlightData, messages: Incoming, work: CallWork): Promise<TypedValue[][]> {
  const { fields, batches } = await uploadedBatches(opening, messages, () => undefined, work);
  const rows: TypedValue[][] = [];
  for await (const { length, columns } of batches) {
    if (rows.length + length > MAX_BOUND_ROWS)
      throw new FlightError("RESOURCE_EXHAUSTED", "So many rows are an upload: use bulk ingestion");
    const cells = columns.map((column) => column.values(0, length));
    for (let row = 0; row < length; row++)
      rows.push(fields.map(({ type }, index) => ({ type, value: cells[index]?.[row] ?? null })));
  }
  return rows;
}

async function ingest(
  fields: Fields,
  opening: FlightData,
  messages: Incoming,
  { backend, statements, session }: FlightContext,
  work: CallWork,
): Promise<number> {
  if (numberOf(fields, 5) !== 0)
    throw new FlightError("UNIMPLEMENTED", "There are no temporary tables here: calls share no session of the engine");
  const { mode, mustExist } = modeOf(decodeFields(bytesOf(fields, 1)));
  const own = session.current(backend.browser);
  const [catalog, schema] = [given(fields, 4) ?? own?.database ?? null, given(fields, 3) ?? own?.schema ?? null];
  const inCatalog = catalog === null ? schema : (schema ?? backend.browser.current().schema);
  const name = [catalog, inCatalog, textOf(fields, 2)].filter((part) => part !== null).map(nameText);
  const upload = await uploadedBatches(opening, messages, () => undefined, work);
  const result = await backend.upload({
    table: name.join("."),
    ...{ mode, mustExist, fields: upload.fields, batches: upload.batches, signal: work.signal },
    target: "auto",
    forced: () => null,
    transaction: statements.transactionOf(optionalText(fields, 6)),
  });
  work.note(`to ${result.table} (${result.target}, ${result.rule})`);
  return result.rows;
}

function given(fields: Fields, number: number): string | null {
  const text = optionalText(fields, number);
  return text === "" ? null : text;
}

/** A part of a name keeps its dots. */
function nameText(part: string): string {
  return /[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part;
}

const CREATE = 1;
const [EXISTS_FAIL, EXISTS_APPEND, EXISTS_REPLACE] = [1, 2, 3];

/** What to do where the table is there, and where it is not; unsaid: it must not be there. */
function modeOf(options: Fields): { mode: UploadMode; mustExist: boolean } {
  const [ifNot, ifExists] = [numberOf(options, 1), numberOf(options, 2)];
  const mustExist = ifNot !== CREATE && ifNot !== 0;
  if (ifExists === EXISTS_APPEND) return { mode: "append", mustExist };
  if (ifExists === EXISTS_REPLACE) return { mode: "replace", mustExist };
  if (mustExist && ifExists === EXISTS_FAIL)
    throw new FlightError("INVALID_ARGUMENT", "A table that must neither exist nor be created cannot be written");
  return { mode: "create", mustExist: false };
}
