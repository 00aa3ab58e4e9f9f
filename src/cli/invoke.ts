import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { runArguments } from "./main.ts";

export interface InvokeOptions {
  /** Called with every event as it happens, of every level; what it throws ends the command. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Write to standard output and error too, as the command line does (default: no). */
  readonly print?: boolean;
}

export interface InvokeResult {
  /** Everything that was asked for went well: the exit code is 0. */
  readonly success: boolean;
  /** 0 ok; 1 a node, test or query failed; 2 the command could not run. */
  readonly exitCode: number;
  /** One a node, in the order they ended; empty for commands that run no nodes. */
  readonly results: readonly RunResult[];
  /** What the command is there to print: the lines of `ls`, the table of `show`. */
  readonly output: readonly string[];
  /** What kept the command from running, each with code, place and hint. */
  readonly diagnostics: readonly Diagnostic[];
  /** The failure behind exit code 2; null where nodes failed and nothing else. */
  readonly exception: Error | null;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one command in this process: `invoke(["build", "--select", "orders+"])`, the counterpart of dbt's `dbtRunner.invoke`.
 * Never rejects for what a user can cause. Calls wait for each other, because a command works in its project's folder
 * (`process.chdir`); for the same reason it cannot be called in a worker thread.
 */
export async function invoke(args: readonly string[], options: InvokeOptions = {}): Promise<InvokeResult> {
  const result = last.then(() => runNow(args, options));
  last = result.catch(() => undefined);
  return result;
}

async function runNow(args: readonly string[], { onEvent, print }: InvokeOptions): Promise<InvokeResult> {
  const output: string[] = [];
  const { exitCode, exception, results, diagnostics } = await runArguments(args, {
    isConsole: print === true,
    onEvent: (event) => {
      if (event.kind === "print") output.push(event.text);
      onEvent?.(event);
    },
  });
  return {
    success: exitCode === 0,
    exitCode,
    results: results ?? [],
    output,
    diagnostics: diagnostics ?? [],
    exception,
  };
}
