import type { Metadata } from "@grpc/grpc-js";
import type { FlightContext } from "../context.ts";
import { oneField } from "../messages.ts";
import {
  bytesOf,
  decodeFields,
  encodeFields,
  encodePart,
  numberOf,
  repeated,
  textOf,
  type Fields,
} from "../protobuf.ts";
import { FlightError } from "../status.ts";
import { optionalText, pack, unpack } from "./any.ts";
import type { OptionProblem } from "./sessions.ts";
import { cancelTicket } from "./sql-flight-info.ts";

/** Actions of Flight SQL, and those of Flight that its clients use; their bodies are protobuf. */
export const SQL_ACTIONS = {
  CreatePreparedStatement: "prepares a statement: its columns and parameters",
  ClosePreparedStatement: "forgets a prepared statement",
  BeginTransaction: "statements that are kept or undone together",
  EndTransaction: "commits or rolls back",
  CancelQuery: "ends a query that a FlightInfo stands for",
  CancelFlightInfo: "ends a query that a FlightInfo stands for",
  SetSessionOptions: "sets the catalog and schema that names without them mean",
  GetSessionOptions: "the catalog and schema that names without them mean",
  CloseSession: "ends a client's session",
};

interface Answer {
  readonly body: Buffer | null;
  /** That go before it. */
  readonly headers?: Metadata | null;
}

type Act = (body: Buffer, context: FlightContext) => Promise<Buffer | null | Answer>;

const [COMMIT, ROLLBACK] = [1, 2];
/** Results of a cancel: done, and not possible (any more). */
const [CANCELLED, NOT_CANCELLABLE] = [1, 3];
const [INVALID_NAME, INVALID_VALUE] = [1, 2];
const CLOSED = 1;

const ACTS: Readonly<Record<keyof typeof SQL_ACTIONS, Act>> = {
  CreatePreparedStatement: async (body, { statements, engine, session, backend }) => {
    const request = packed(body, "ActionCreatePreparedStatementRequest");
    const wishes = { engine, current: session.current(backend.browser) };
    const made = await statements.prepare(textOf(request, 1), optionalText(request, 2), wishes);
    const { handle, dataset, parameters } = made;
    return pack(
      "ActionCreatePreparedStatementResult",
      encodeFields([
        [1, handle],
        [2, dataset],
        [3, parameters],
      ]),
    );
  },
  ClosePreparedStatement: (body, { statements }) => {
    statements.close(textOf(packed(body, "ActionClosePreparedStatementRequest"), 1));
    return Promise.resolve(null);
  },
  BeginTransaction: async (_, { statements }) =>
    pack("ActionBeginTransactionResult", oneField(await statements.begin())),
  EndTransaction: async (body, { statements }) => {
    const request = packed(body, "ActionEndTransactionRequest");
    const action = numberOf(request, 2);
    if (action !== COMMIT && action !== ROLLBACK)
      throw new FlightError("INVALID_ARGUMENT", "A transaction ends with commit or rollback");
    await statements.end(textOf(request, 1), action === COMMIT ? "commit" : "rollback");
    return null;
  },
  CancelQuery: (body, context) => {
    const info = bytesOf(packed(body, "ActionCancelQueryRequest"), 1);
    return Promise.resolve(pack("ActionCancelQueryResult", encodeFields([[1, cancelInfo(info, context)]])));
  },
  CancelFlightInfo: (body, context) =>
    Promise.resolve(encodeFields([[1, cancelInfo(bytesOf(decodeFields(body), 1), context)]])),
  SetSessionOptions: async (body, { session, backend }) => {
    const { problems, headers } = await session.set(backend.browser, wantedOptions(decodeFields(body)));
    return { body: Buffer.concat([...problems].map(optionError)), headers };
  },
  GetSessionOptions: (_, { session, backend }) => {
    const { database, schema } = session.current(backend.browser) ?? backend.browser.current();
    const option = (name: string, value: string): Buffer =>
      encodePart(
        1,
        encodeFields([
          [1, name],
          [2, oneField(value)],
        ]),
      );
    return Promise.resolve(Buffer.concat([option("catalog", database), option("schema", schema)]));
  },
  CloseSession: (_, { session }) => {
    session.close();
    return Promise.resolve(encodeFields([[1, CLOSED]]));
  },
};

/** Null: it is none of these. An answer without a body is none. */
export async function sqlAction(name: string, body: Buffer, context: FlightContext): Promise<Answer | null> {
  if (!Object.hasOwn(ACTS, name)) return null;
  const answer = await ACTS[name as keyof typeof ACTS](body, context);
  return answer === null || Buffer.isBuffer(answer) ? { body: answer } : answer;
}

function packed(body: Buffer, name: string): Fields {
  const message = unpack(body);
  // Messages without fields may come as nothing at all.
  if (message?.name !== name) throw new FlightError("INVALID_ARGUMENT", `The action's body is no ${name}`);
  return message.fields;
}

function cancelInfo(info: Buffer, context: FlightContext): number {
  const endpoints = repeated(decodeFields(info), 3);
  const tickets = endpoints.map((endpoint) => bytesOf(decodeFields(bytesOf(decodeFields(endpoint), 1)), 1));
  let isCancelled = false;
  for (const ticket of tickets) {
    const message = unpack(ticket);
    if (message !== null && cancelTicket(message, context)) isCancelled = true;
  }
  return isCancelled ? CANCELLED : NOT_CANCELLABLE;
}

/** By name; null: it is to be unset. */
function wantedOptions(request: Fields): Map<string, string | null> {
  return new Map(
    repeated(request, 1).map((entry) => {
      const option = decodeFields(entry);
      const value = decodeFields(bytesOf(option, 2));
      // A number or a list names nothing.
      return [textOf(option, 1), value.size === 0 ? null : textOf(value, 1)];
    }),
  );
}

function optionError([name, problem]: readonly [string, OptionProblem]): Buffer {
  const error = encodeFields([[1, problem === "name" ? INVALID_NAME : INVALID_VALUE]]);
  return encodePart(
    1,
    encodeFields([
      [1, name],
      [2, error],
    ]),
  );
}
