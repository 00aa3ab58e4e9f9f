import type { Emit } from "../contracts/events.ts";
import type { QueryBackend } from "../contracts/query.ts";
import type { RunningCalls } from "./running-calls.ts";
import type { SqlStatements } from "./sql/statements.ts";

/** What every call may use. */
export interface FlightContext {
  readonly backend: QueryBackend;
  readonly running: RunningCalls;
  readonly statements: SqlStatements;
  /** Of this program. */
  readonly version: string;
  readonly emit: Emit;
}
