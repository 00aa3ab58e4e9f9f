import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { RunResult } from "../contracts/run-result.ts";

/** What a command gives back: dbt's exit code (0 ok, 1 something of a run failed, 2 the command failed) and its results. */
export interface CommandResult {
  readonly exitCode: 0 | 1 | 2;
  readonly results?: readonly RunResult[];
  readonly diagnostics?: readonly Diagnostic[];
}

export const OK: CommandResult = { exitCode: 0 };
