import type { Metadata } from "@grpc/grpc-js";
import type { Emit } from "../contracts/events.ts";
import type { QueryBackend } from "../contracts/query.ts";
import type { RunningCalls } from "./running-calls.ts";
import type { CallSession } from "./sql/sessions.ts";
import type { SqlStatements } from "./sql/statements.ts";

/** What every call may use. */
export interface FlightContext {
  readonly backend: QueryBackend;
  readonly running: RunningCalls;
  readonly statements: SqlStatements;
  /** That the caller wants; null: the router chooses. */
  readonly engine: string | null;
  /** What the caller has set in earlier calls. */
  readonly session: CallSession;
  /** Of this program. */
  readonly version: string;
  readonly emit: Emit;
}

/** A header of any call: the engine that has to run it. Commands and tickets have no field for that. */
export const ENGINE_HEADER = "duckhouse-engine";

export function engineOf(metadata: Metadata): string | null {
  const engine = metadata.get(ENGINE_HEADER)[0]?.toString() ?? "auto";
  return engine === "auto" ? null : engine;
}
