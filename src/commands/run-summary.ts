import type { ManifestNode, SavedQueryNode } from "../contracts/manifest.ts";
import type { RunnableNode } from "../6-execution/describe-node.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { plural } from "../shared/plural.ts";
import type { Session } from "./session.ts";
import { asText } from "../shared/objects.ts";

/** The end of a run in dbt's words: counts, each problem with its place, the PASS/WARN/ERROR line. True if anything failed. */
export function reportRun(session: Session, results: readonly RunResult[], seconds: number): boolean {
  const { emit } = session.invocation;
  const line = (level: "info" | "warn" | "error", message: string): void => emit({ kind: "log", level, message });
  line("info", "");
  line("info", `Finished running ${countsText(session, results)} in ${durationText(seconds)}.`);
  const errors = results.filter((result) => isFailure(result));
  const partial = results.filter((result) => result.status === "partial success");
  const warnings = results.filter((result) => result.status === "warn");
  line("info", "");
  if (errors.length + partial.length + warnings.length === 0) line("info", "Completed successfully");
  else {
    line(errors.length > 0 ? "error" : "warn", completedText(errors.length, partial.length, warnings.length));
    for (const result of [...errors, ...partial, ...warnings]) reportProblem(session, result);
  }
  const counts = summaryCounts(results);
  line("info", "");
  line("info", `Done. ${counts}`);
  emit({ kind: "run-summary", results, seconds, counts });
  return errors.length + partial.length > 0;
}

export function completedText(errors: number, partial: number, warnings: number): string {
  const partialText = `${String(partial)} partial ${partial === 1 ? "success" : "successes"}`;
  const warningText = `${String(warnings)} ${plural("warning", warnings)}`;
  if (errors === 0 && partial > 0) return `Completed with ${partialText} and ${warningText}`;
  if (errors === 0) return `Completed with ${warningText}:`;
  return `Completed with ${String(errors)} ${plural("error", errors)}, ${partialText}, and ${warningText}:`;
}

/** What was left out for a reason of its own (an ephemeral model that failed) fails the command as the reason would. */
export function isFailure({ status, message }: RunResult): boolean {
  if (status === "skipped") return message !== null;
  return status === "error" || status === "fail" || status === "runtime error";
}

function nodeOf(session: Session, id: string): RunnableNode | undefined {
  const { nodes, functions, unit_tests, exposures, saved_queries } = session.manifest;
  return (
    nodes[id] ?? functions[id] ?? unit_tests[id] ?? exposures[id] ?? (saved_queries[id] as SavedQueryNode | undefined)
  );
}

/** What failed, where there is no summary around it (`compile`). True if anything did. */
export function reportFailures(session: Session, results: readonly RunResult[]): boolean {
  const errors = results.filter((result) => isFailure(result));
  for (const result of errors) reportProblem(session, result);
  return errors.length > 0;
}

function reportProblem(session: Session, result: RunResult): void {
  const { emit } = session.invocation;
  const level = result.status === "warn" ? "warn" : "error";
  emit({ kind: "log", level: "info", message: "" });
  if (result.batch_results !== null) reportBatches(session, result);
  const [problem] = result.diagnostics ?? [];
  if (problem !== undefined) {
    emit({ kind: "diagnostic", diagnostic: problem });
    return;
  }
  const node = nodeOf(session, result.unique_id);
  const what = result.status === "warn" ? "Warning" : "Failure";
  const path = node?.original_file_path ?? "";
  emit({
    kind: "log",
    level,
    message: `${what} in ${node?.resource_type ?? "node"} ${node?.name ?? result.unique_id} (${path})`,
  });
  emit({ kind: "log", level, message: `  ${result.message ?? `Status: ${result.status}`}` });
  const compiled = node !== undefined && "compiled_path" in node ? node.compiled_path : null;
  if (typeof compiled === "string") {
    emit({ kind: "log", level: "info", message: "" });
    emit({ kind: "log", level: "info", message: `  compiled code at ${compiled}` });
  }
  if (node !== undefined && "relation_name" in node && node.resource_type === "test" && node.relation_name !== null) {
    emit({ kind: "log", level: "info", message: "" });
    emit({ kind: "log", level: "info", message: `  See test failures:\n  select * from ${node.relation_name}` });
  }
}

/** Which batches failed: what was wrong with each was told when it ended. */
function reportBatches({ invocation }: Session, { unique_id, message, batch_results }: RunResult): void {
  const starts = (batch_results?.failed ?? []).map(([start]) => start.slice(0, 16));
  const named = starts.length > 5 ? `${starts.slice(0, 5).join(", ")}, …` : starts.join(", ");
  const text = `${message ?? ""} in ${unique_id}; batches that failed or were left out: ${named}`;
  invocation.emit({ kind: "log", level: "error", message: text });
}

function summaryCounts(results: readonly RunResult[]): string {
  const count = (...statuses: string[]): number => results.filter((result) => statuses.includes(result.status)).length;
  const parts: [string, number][] = [
    ["PASS", count("success", "pass")],
    ["WARN", count("warn")],
    ["ERROR", count("error", "fail", "runtime error", "partial success")],
    ["SKIP", count("skipped")],
    ["NO-OP", count("no-op")],
    ["REUSED", 0],
    ["TOTAL", results.length],
  ];
  return parts.map(([name, number]) => `${name}=${String(number)}`).join(" ");
}

const NAMES: Readonly<Record<string, string>> = {
  test: "data test",
  unit_test: "unit test",
  operation: "project hook",
  analysis: "analysis",
};

/** `3 seeds, 2 table models, 20 data tests, 3 view models` */
function countsText(session: Session, results: readonly RunResult[]): string {
  const counts = new Map<string, number>();
  for (const result of results) {
    const node = nodeOf(session, result.unique_id);
    // Copies between engines are no nodes of the manifest.
    const type = node?.resource_type ?? "transfer";
    const name = type === "model" ? `${asText((node as ManifestNode).config["materialized"])} model` : type;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  // In the order of dbt's own names for the kinds, where a data test is a `test`.
  const parts = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, number]) => `${String(number)} ${plural(NAMES[name] ?? name, number)}`);
  return parts.length === 0 ? "0 nodes" : parts.join(", ");
}

function durationText(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${String(hours)} hours ${String(minutes)} minutes and ${(seconds % 60).toFixed(2)} seconds (${seconds.toFixed(2)}s)`;
}
