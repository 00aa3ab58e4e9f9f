/** Runs a command from code as the command line does; gives its exit code. */
export { main as runCommandLine } from "../cli/main.ts";
/** Runs a command from code; gives results, and events as they happen. */
export { invoke, type InvokeOptions, type InvokeResult } from "../cli/invoke.ts";
export type { Diagnostic } from "../contracts/diagnostic.ts";
export type { LogLevel, RunEvent } from "../contracts/events.ts";
export type { NodeStatus, RunResult, Timing } from "../contracts/run-result.ts";
