import { resolve } from "node:path";
import type { Invocation } from "../contracts/invocation.ts";
import { readRoutingLog, resetRoutingLog, type RoutedRun } from "../7-artifacts/routing-log.ts";
import { resetHistory } from "../registry/run-history.ts";
import { table } from "./plan-command.ts";
import { OK, type CommandResult } from "./result.ts";
import { routingLogPath } from "./routing/record-run.ts";
import { projectRoot } from "./session.ts";

export interface RoutingLogOptions {
  readonly output: "text" | "json";
  /** Only the last run. */
  readonly last: boolean;
  readonly node: string | null;
  readonly engine: string | null;
  /** Forgets everything. */
  readonly reset: boolean;
}

/** routing-log: what ran where and why, from the log in the target folder. */
export function routingLogCommand(invocation: Invocation, options: RoutingLogOptions): Promise<CommandResult> {
  const folder = resolve(projectRoot(invocation), invocation.flags.target_path ?? "target");
  const path = routingLogPath(folder);
  if (options.reset) {
    resetRoutingLog(path);
    resetHistory(projectRoot(invocation));
    const message = "The routing log is empty now, and what adaptive has learned is forgotten.";
    invocation.emit({ kind: "log", level: "info", message });
    return Promise.resolve(OK);
  }
  const runs = chosen(readRoutingLog(path), options);
  invocation.emit({ kind: "print", text: options.output === "json" ? JSON.stringify(runs) : logText(runs) });
  return Promise.resolve(OK);
}

function chosen(runs: readonly RoutedRun[], { last, node, engine }: RoutingLogOptions): RoutedRun[] {
  const lastRun = runs.at(-1)?.run_id;
  return runs.filter(
    (run) =>
      (!last || run.run_id === lastRun) &&
      (node === null || run.node === node || run.node.split(".").at(-1) === node) &&
      (engine === null || run.engine === engine),
  );
}

/** A query's text as the name of it. */
function shortened(sql: string): string {
  const text = sql.replaceAll(/\s+/g, " ").trim();
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function logText(runs: readonly RoutedRun[]): string {
  if (runs.length === 0) return "The routing log is empty: runs and queries on a target with several engines write it.";
  const rows = runs.map((run) => [
    run.invoked_at.slice(0, 19),
    run.sql === undefined ? run.node.split(".").slice(2).join(".") || "a query" : shortened(run.sql),
    run.engine,
    run.status,
    `${(run.duration_ms / 1000).toFixed(2)}s`,
    run.rule,
    run.reason,
  ]);
  return table(["run", "node", "engine", "status", "time", "rule", "why"], rows).join("\n");
}
