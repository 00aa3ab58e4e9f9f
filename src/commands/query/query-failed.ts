import type { Invocation } from "../../contracts/invocation.ts";
import type { CommandResult } from "../result.ts";
import { QueryError } from "./query-service.ts";

/** How a command ends whose query or upload failed; what else is thrown goes on. */
export function queryFailed({ emit }: Invocation, error: unknown): CommandResult {
  if (!(error instanceof QueryError)) throw error;
  for (const entry of error.diagnostics) emit({ kind: "diagnostic", diagnostic: entry });
  return { exitCode: 1 };
}
