import { resolve } from "node:path";
import { deprecated } from "../contracts/deprecations.ts";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import { isJsonObject, type Json } from "../contracts/json.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { SourceNode } from "../contracts/manifest.ts";
import type { FreshnessResult } from "../contracts/run-result.ts";
import { writeSourcesJson } from "../7-artifacts/write-run-results.ts";
import { nodeError } from "../6-execution/node-errors.ts";
import { schedule } from "../6-execution/schedule.ts";
import type { Execution } from "./execution.ts";
import { hasHooks, runHooks, type HooksRan } from "./hooks.ts";
import { report } from "./report.ts";
import { reportFailures } from "./run-summary.ts";
import type { CommandResult } from "./result.ts";
import { openRouted } from "./routing/open-routed.ts";
import { select } from "./select.ts";
import { foundText } from "./found-text.ts";
import { openSession, writeManifest, type Session } from "./session.ts";
import { warn } from "./warn.ts";
import { asText } from "../shared/objects.ts";

/** source freshness: how old the newest row of each source is, against its thresholds. */
export async function freshnessCommand(invocation: Invocation, output: string | null): Promise<CommandResult> {
  const started = Date.now();
  const session = openSession(invocation);
  writeManifest(session);
  const { emit, flags } = invocation;
  if (output !== null) {
    const message = `the results go to ${output}`;
    const hint = "Leave --output out: dbt reads target/sources.json.";
    report(invocation, [deprecated("CustomOutputPathInSourceFreshnessDeprecation", message, null, hint)]);
  }
  emit({ kind: "log", level: "info", message: foundText(session.manifest) });
  emit({ kind: "log", level: "info", message: "" });
  const sources = [...select(session, ["source"])]
    .sort()
    .flatMap((id) => session.manifest.sources[id] ?? [])
    .filter(hasFreshness);
  if (sources.length === 0) {
    warn(invocation, "NothingToDo", "DH1612", "Nothing to do. Try checking your source configs and the selection.");
    return { exitCode: 0 };
  }
  const { execution } = await openRouted(
    session,
    sources.map((source) => source.unique_id),
  );
  const hooks = async (kind: "on-run-start" | "on-run-end"): Promise<HooksRan> => {
    if (flags["source_freshness_run_project_hooks"] !== false) return runHooks(session, execution, kind, {});
    if (hasHooks(session, kind)) report(invocation, [hooksNotRun(kind)]);
    return { results: [], isBroken: false };
  };
  try {
    const start = await hooks("on-run-start");
    const results = start.isBroken ? [] : await measureAll(session, execution, sources);
    const end = start.isBroken ? { results: [], isBroken: false } : await hooks("on-run-end");
    const failed = reportFailures(session, [...start.results, ...end.results]);
    if (start.isBroken) return { exitCode: 2 };
    writeSourcesJson(
      results,
      (Date.now() - started) / 1000,
      invocation,
      output === null ? resolve(session.targetFolder, "sources.json") : resolve(output),
    );
    emit({ kind: "log", level: "info", message: "Done." });
    const isStale = results.some((result) => result.status === "error" || result.status === "runtime error");
    return { exitCode: end.isBroken ? 2 : failed || isStale ? 1 : 0 };
  } finally {
    await execution.close();
  }
}

function hooksNotRun(kind: string): Diagnostic {
  const hint = "dbt will run them: remove source_freshness_run_project_hooks from the project's flags.";
  return deprecated("SourceFreshnessProjectHooksNotRun", `the project's ${kind} hooks are not run`, null, hint);
}

function hasFreshness(source: SourceNode): boolean {
  const { freshness } = source;
  if (!isJsonObject(freshness)) return false;
  const hasAny = ["warn_after", "error_after"].some(
    (key) => isJsonObject(freshness[key]) && freshness[key]["count"] !== null,
  );
  return hasAny || source.loaded_at_field !== null || source.loaded_at_query !== null;
}

async function measureAll(
  session: Session,
  execution: Execution,
  sources: readonly SourceNode[],
): Promise<FreshnessResult[]> {
  const results: FreshnessResult[] = [];
  let index = 0;
  await schedule({
    steps: sources.map((source) => ({ id: source.unique_id, dependsOn: [], source })),
    concurrency: session.project.target.threads,
    stopped: () => false,
    skip: () => undefined,
    run: async ({ source }) => {
      results.push(await measure(session, execution, source, ++index, sources.length));
      return "done";
    },
  });
  return results;
}

async function measure(
  session: Session,
  execution: Execution,
  source: SourceNode,
  index: number,
  total: number,
): Promise<FreshnessResult> {
  const { emit } = session.invocation;
  const name = `${source.source_name}.${source.name}`;
  const startedAt = new Date();
  emit({ kind: "node-start", nodeId: source.unique_id, description: `START freshness of ${name}`, index, total });
  const { pool, side } = execution.of(source.unique_id);
  const own = side.manifest.sources[source.unique_id] ?? source;
  const outcome = await pool.run({ kind: "freshness", source: own }, source.unique_id);
  const endedAt = new Date();
  const base = {
    unique_id: source.unique_id,
    timing: [
      { name: "compile" as const, started_at: startedAt.toISOString(), completed_at: startedAt.toISOString() },
      { name: "execute" as const, started_at: startedAt.toISOString(), completed_at: endedAt.toISOString() },
    ],
    thread_id: outcome.thread,
    execution_time: (endedAt.getTime() - startedAt.getTime()) / 1000,
  };
  const finish = (status: FreshnessResult["status"]): void => {
    const label = status === "runtime error" ? "ERROR" : status === "error" ? "ERROR STALE" : status.toUpperCase();
    const shown = status === "pass" ? "pass" : status === "warn" ? "warn" : "error";
    emit({
      kind: "node-finish",
      nodeId: source.unique_id,
      description: `${status === "runtime error" ? "ERROR" : label === "ERROR STALE" ? "ERROR STALE" : label} freshness of ${name}`,
      status: shown,
      label,
      index,
      total,
      seconds: base.execution_time,
    });
  };
  if (!outcome.ok || outcome.result.freshness === undefined) {
    finish("runtime error");
    const message = outcome.ok
      ? "no answer"
      : nodeError(outcome.error, { ...source, resource_type: "source" } as never, null).message;
    emit({ kind: "log", level: "error", message });
    return { ...base, status: "runtime error", error: message };
  }
  const { maxLoadedAt, snapshottedAt, ageSeconds, response } = outcome.result.freshness;
  const status = statusOf(source.freshness, ageSeconds ?? 0);
  finish(status);
  return {
    ...base,
    max_loaded_at: maxLoadedAt ?? "",
    snapshotted_at: snapshottedAt ?? "",
    max_loaded_at_time_ago_in_s: ageSeconds ?? 0,
    status,
    criteria: source.freshness,
    adapter_response: response ?? {},
  };
}

const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

function statusOf(freshness: Json, age: number): "pass" | "warn" | "error" {
  const exceeded = (key: string): boolean => {
    const threshold = isJsonObject(freshness) ? freshness[key] : null;
    if (!isJsonObject(threshold) || typeof threshold["count"] !== "number") return false;
    return age > threshold["count"] * (SECONDS[asText(threshold["period"])] ?? 0);
  };
  return exceeded("error_after") ? "error" : exceeded("warn_after") ? "warn" : "pass";
}
