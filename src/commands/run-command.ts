import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { planRun } from "../5-planning/plan-run.ts";
import { noteSnapshots } from "../6-execution/note-snapshots.ts";
import { runNodes } from "../6-execution/run-nodes.ts";
import { writeRunResultsJson } from "../7-artifacts/write-run-results.ts";
import { runHooks } from "./hooks.ts";
import { createMissingSchemas } from "./schemas.ts";
import { openExecution, type Execution } from "./execution.ts";
import type { CommandResult } from "./result.ts";
import { select } from "./select.ts";
import { foundText, openSession, writeManifest, type Session } from "./session.ts";
import { isFailure, reportFailures, reportRun } from "./run-summary.ts";
import { warn } from "./warn.ts";
import type { Invocation } from "../contracts/invocation.ts";

/** What a run-like command works on. */
export interface RunKind {
  readonly types: readonly string[];
  readonly mode: "run" | "compile";
  /** `build`: tests hold up what is below them. */
  readonly testsGate: boolean;
  readonly hooks: boolean;
}

export const RUN_KINDS: Readonly<Record<string, RunKind>> = {
  build: {
    types: ["model", "seed", "snapshot", "test", "unit_test", "exposure", "saved_query"],
    mode: "run",
    testsGate: true,
    hooks: true,
  },
  run: { types: ["model"], mode: "run", testsGate: false, hooks: true },
  test: { types: ["test", "unit_test"], mode: "run", testsGate: false, hooks: true },
  seed: { types: ["seed"], mode: "run", testsGate: false, hooks: true },
  snapshot: { types: ["snapshot"], mode: "run", testsGate: false, hooks: true },
  compile: {
    types: ["model", "snapshot", "test", "analysis", "seed", "operation"],
    mode: "compile",
    testsGate: false,
    hooks: false,
  },
};

/** build, run, test, seed, snapshot, compile: load → parse → select → plan → execute → write. */
export async function runCommand(invocation: Invocation, kind: RunKind): Promise<CommandResult> {
  const started = Date.now();
  const { emit } = invocation;
  const session = openSession(invocation);
  emit({ kind: "log", level: "info", message: foundText(session) });
  emit({ kind: "log", level: "info", message: "" });
  const selected = select(session, kind.types);
  const steps = planRun({
    manifest: session.manifest,
    nodes: session.graph.nodes,
    parentsOf: (id) => session.graph.parents(id),
    childrenOf: (id) => session.graph.children(id),
    selected,
    testsGate: kind.testsGate,
  });
  if (!steps.some((step) => step.node !== null)) {
    writeManifest(session);
    warn(
      invocation,
      "NothingToDo",
      "DH1612",
      "Nothing to do. Try checking your model configs and model specification args",
    );
    writeResults(session, [], started);
    return { exitCode: 0, results: [] };
  }
  const execution = await openExecution(session, [...selected].sort());
  const stop = cancelOnSignals(execution, invocation);
  try {
    const results = await execute(session, execution, kind, steps, stop);
    writeManifest(session);
    writeResults(session, results, started);
    const failed =
      kind.mode === "run"
        ? reportRun(session, results, (Date.now() - started) / 1000)
        : reportFailures(session, results);
    if (failed && kind.mode !== "run") return { exitCode: 2, results };
    return { exitCode: failed || stop.cancelled() ? 1 : 0, results };
  } finally {
    stop.dispose();
    await execution.close();
  }
}

async function execute(
  session: Session,
  execution: Execution,
  kind: RunKind,
  steps: ReturnType<typeof planRun>,
  stop: Cancellation,
): Promise<RunResult[]> {
  const { manifest, invocation, facts, project } = session;
  const { emit, flags } = invocation;
  const nodes = steps.flatMap((step) => (step.node === null ? [] : [step.node]));
  emit({
    kind: "log",
    level: "info",
    message: `Concurrency: ${String(project.target.threads)} threads (target='${project.target.name}')`,
  });
  emit({ kind: "log", level: "info", message: "" });
  await execution.cache.populate(project.target.database, schemasOf(manifest));
  // Hooks may write to the schemas of the nodes.
  if (kind.hooks && kind.mode === "run")
    await createMissingSchemas(
      session,
      execution,
      nodes.filter((node): node is ManifestNode => "relation_name" in node),
    );
  const results = kind.hooks ? await runHooks(session, execution, "on-run-start", {}) : [];
  const skipAll = flags["skip_nodes_if_on_run_start_fails"] === true && results.some(isFailure);
  const ran = await runNodes({
    steps,
    manifest,
    pool: execution.pool,
    cache: execution.cache,
    conflictCodes: facts.traits.conflictCodes,
    startedAt: invocation.startedAt,
    emit,
    flags,
    targetPath: facts.targetPath,
    threads: flags.single_threaded ? 1 : project.target.threads,
    mode: kind.mode,
    cancelled: () => stop.cancelled(),
    skipAll,
  });
  if (kind.mode === "run" && !stop.cancelled()) await noteSnapshots(execution.engine, execution.cache, manifest, ran);
  results.push(...ran);
  if (kind.hooks && !stop.cancelled())
    results.push(...(await runHooks(session, execution, "on-run-end", { results: skipAll ? [] : ran })));
  return results;
}

/** The schemas that the project's relations live in. */
function schemasOf(manifest: Manifest): string[] {
  const schemas = new Set<string>();
  for (const node of Object.values(manifest.nodes)) if (node.relation_name !== null) schemas.add(node.schema);
  return [...schemas];
}

function writeResults(session: Session, results: readonly RunResult[], started: number): void {
  if (session.invocation.flags.write_json)
    writeRunResultsJson(results, (Date.now() - started) / 1000, session.invocation, session.targetFolder);
}

export interface Cancellation {
  cancelled(): boolean;
  dispose(): void;
}

/** Ctrl-C and SIGTERM stop what runs and start nothing new; a second one ends the process at once. */
export function cancelOnSignals(execution: Execution, { emit }: Invocation): Cancellation {
  let count = 0;
  const onSignal = (): void => {
    count++;
    if (count > 1) process.exit(130);
    emit({
      kind: "log",
      level: "warn",
      message: "Cancelling: running statements are stopped, nothing new is started. Again to leave at once.",
    });
    execution.pool.cancel();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    cancelled: () => count > 0,
    dispose: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
