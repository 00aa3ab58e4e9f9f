import { fail } from "../contracts/diagnostic.ts";
import type { BatchResults } from "../contracts/batch.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { planRun, type PlannedStep } from "../5-planning/plan-run.ts";
import { runNodes } from "../6-execution/run-nodes.ts";
import { writeRunResultsJson } from "../7-artifacts/write-run-results.ts";
import { runHooks, type HooksRan } from "./hooks.ts";
import { createMissingSchemas } from "./schemas.ts";
import { addSnapshotIds } from "./snapshot-ids.ts";
import { openExecution, type EngineRun, type Execution } from "./execution.ts";
import { printSelected, type CompiledOutput } from "./print-compiled.ts";
import type { CommandResult } from "./result.ts";
import { Copies } from "./routing/copies.ts";
import { isCopy, routedNodes, withTransfers } from "./routing/plan-steps.ts";
import { recordRun, reportRoute } from "./routing/record-run.ts";
import { routeOptions, type RouteOptions } from "./routing/route-options.ts";
import { closeAll, routeProject, type Route } from "./routing/route-project.ts";
import { select } from "./select.ts";
import { report } from "./report.ts";
import { foundText } from "./found-text.ts";
import { openSession, orLeaveManifest, writeManifest, type Session } from "./session.ts";
import { isFailure, reportFailures, reportRun } from "./run-summary.ts";
import { warn } from "./warn.ts";
import type { Invocation } from "../contracts/invocation.ts";

/** What a run-like command works on. */
export interface RunKind {
  readonly types: readonly string[];
  readonly mode: "run" | "compile" | "clone";
  /** `build`: tests hold up what is below them. */
  readonly testsGate: boolean;
  readonly hooks: boolean;
  /** In which form `compile` prints what it was asked for. */
  readonly output?: CompiledOutput;
}

export const RUN_KINDS: Readonly<Record<string, RunKind>> = {
  build: {
    types: ["model", "seed", "snapshot", "test", "unit_test", "exposure", "saved_query", "function"],
    mode: "run",
    testsGate: true,
    hooks: true,
  },
  run: { types: ["model"], mode: "run", testsGate: false, hooks: true },
  test: { types: ["test", "unit_test"], mode: "run", testsGate: false, hooks: true },
  seed: { types: ["seed"], mode: "run", testsGate: false, hooks: true },
  snapshot: { types: ["snapshot"], mode: "run", testsGate: false, hooks: true },
  // What is made does not build on each other: each is read where the state has it.
  clone: { types: ["model", "seed", "snapshot"], mode: "clone", testsGate: false, hooks: false },
  compile: {
    types: ["model", "snapshot", "test", "analysis", "seed", "operation", "function"],
    mode: "compile",
    testsGate: false,
    hooks: false,
  },
};

/** What will run and after what; on several engines with the copies in between. */
export function planSteps(
  session: Session,
  selected: ReadonlySet<string>,
  kind: RunKind,
  route: Route | null,
): PlannedStep[] {
  const steps = planRun({
    manifest: session.manifest,
    nodes: route === null ? session.graph.nodes : routedNodes(route),
    parentsOf: (id) => session.graph.parents(id),
    childrenOf: (id) => session.graph.children(id),
    selected,
    testsGate: kind.testsGate,
  });
  if (kind.mode === "clone") return steps.map((step) => ({ ...step, dependsOn: [] }));
  return route === null || kind.mode === "compile" ? steps : withTransfers(steps, route);
}

/** What an earlier command left undone. */
export interface LeftUndone {
  readonly ids: ReadonlySet<string>;
  readonly batches: ReadonlyMap<string, BatchResults>;
  /** When it began, which stays "now" for batches. */
  readonly startedAt: Date;
}

/** What is to be run again must be in the project as it is now: leaving it out would tell of a success that there was not. */
function stillThere({ graph }: Session, ids: ReadonlySet<string>): ReadonlySet<string> {
  const gone = [...ids].filter((id) => !graph.nodes.has(id));
  if (gone.length > 0)
    fail(
      "DH1629",
      `Couldn't find what failed or was skipped before: ${gone.join(", ")} -- does it exist or is it disabled?`,
      null,
      "Run the earlier command anew instead of `retry`.",
    );
  return ids;
}

export const NOTHING_TO_DO = "Nothing to do. Try checking your model configs and model specification args";

/** build, run, test, seed, snapshot, compile, clone: load → parse → select → plan → execute → write. */
export async function runCommand(
  invocation: Invocation,
  kind: RunKind,
  undone: LeftUndone | null = null,
  opened = openSession(invocation),
): Promise<CommandResult> {
  const started = Date.now();
  const { emit } = invocation;
  emit({ kind: "log", level: "info", message: foundText(opened.manifest) });
  emit({ kind: "log", level: "info", message: "" });
  const selected = orLeaveManifest(opened, () =>
    undone === null ? select(opened, kind.types) : stillThere(opened, undone.ids),
  );
  const route = opened.hybrid === null ? null : await routeProject(opened, (id) => selected.has(id));
  const session = route?.session ?? opened;
  const steps = planSteps(session, selected, kind, route);
  const refusals = route?.plan.refusals ?? [];
  const isEmpty = !steps.some((step) => step.node !== null);
  if (route !== null && (isEmpty || refusals.length > 0)) await closeAll(route.engines);
  report(invocation, refusals);
  if (isEmpty) {
    writeManifest(session);
    warn(invocation, "NothingToDo", "DH1612", NOTHING_TO_DO);
    writeResults(session, [], started);
    return { exitCode: 0, results: [] };
  }
  const execution = await openExecution(session, [...selected].sort(), route?.engines, route?.placing);
  const stop = cancelOnSignals(execution, invocation);
  const copies = route === null ? null : new Copies(route);
  try {
    const options = route === null || copies === null ? {} : routeOptions(route, execution, copies);
    const { results, isBroken } = await execute(session, execution, { kind, steps, stop, route, options, undone });
    if (route !== null && copies !== null && kind.mode === "run") {
      recordRun(route, results);
      reportRoute(route, results, copies);
      if (!stop.cancelled()) await copies.sweep();
    }
    writeManifest(session);
    // As in dbt, what could not be compiled leaves the results of the last run, which `retry` reads.
    if (kind.mode !== "compile" || !results.some(isFailure)) writeResults(session, results, started);
    const failed =
      kind.mode !== "compile"
        ? reportRun(session, results, (Date.now() - started) / 1000)
        : reportFailures(session, results);
    if (kind.mode === "compile") printSelected(session, results, kind.output ?? "text");
    if (isBroken || (failed && kind.mode === "compile")) return { exitCode: 2, results };
    return { exitCode: failed || stop.cancelled() ? 1 : 0, results };
  } finally {
    stop.dispose();
    await execution.close();
  }
}

interface Executing {
  readonly kind: RunKind;
  readonly steps: readonly PlannedStep[];
  readonly stop: Cancellation;
  readonly route: Route | null;
  readonly options: Partial<RouteOptions>;
  readonly undone: LeftUndone | null;
}

async function execute(
  session: Session,
  execution: Execution,
  { kind, steps, stop, route, options, undone }: Executing,
): Promise<HooksRan> {
  const { manifest, invocation, facts, project } = session;
  const { emit, flags } = invocation;
  const nodes = steps.flatMap((step) => (step.node === null ? [] : [step.node]));
  emit({
    kind: "log",
    level: "info",
    message: `Concurrency: ${String(project.target.threads)} threads (target='${project.target.name}')`,
  });
  emit({ kind: "log", level: "info", message: "" });
  // What does not answer fails the nodes that need it, and not the run.
  const answers = (run: EngineRun): boolean => route?.measures.silent.has(run.engine.adapterType) !== true;
  for (const [database, schemas, run] of schemasOf(manifest, execution))
    if (answers(run)) await run.cache.populate(database, schemas);
  // Hooks may write to the schemas of the nodes.
  if (kind.mode !== "compile")
    await createMissingSchemas(
      execution,
      nodes.filter((node): node is ManifestNode => "relation_name" in node && answers(execution.of(node.unique_id))),
    );
  const hooks = async (when: "on-run-start" | "on-run-end", ran: readonly RunResult[]): Promise<HooksRan> =>
    kind.hooks ? await runHooks(session, execution, when, { results: ran }) : { results: [], isBroken: false };
  const start = await hooks("on-run-start", []);
  const mayStop = flags["skip_nodes_if_on_run_start_fails"] === true || start.isBroken;
  const skipAll = mayStop && start.results.some(isFailure);
  const ran = await runNodes({
    steps,
    manifest,
    of: (id) => {
      const { pool, cache, side } = execution.of(id);
      return { pool, cache, conflictCodes: side.facts.traits.conflictCodes };
    },
    ...options,
    startedAt: undone?.startedAt ?? invocation.startedAt,
    ...(undone === null ? {} : { batchesToRetry: undone.batches }),
    emit,
    flags,
    targetPath: facts.targetPath,
    threads: flags.single_threaded ? 1 : project.target.threads,
    mode: kind.mode,
    skipsFail: kind.testsGate,
    cancelled: () => stop.cancelled(),
    skipAll,
  });
  if (kind.mode === "run" && !stop.cancelled()) await addSnapshotIds(session, execution, ran);
  const isOver = start.isBroken || stop.cancelled();
  const end = isOver ? { results: [], isBroken: false } : await hooks("on-run-end", skipAll ? [] : ran);
  return { results: [...start.results, ...ran, ...end.results], isBroken: start.isBroken || end.isBroken };
}

/** The schemas that the project's relations live in, by the engine that writes them; one query an engine. */
function schemasOf(manifest: Manifest, execution: Execution): [string, string[], EngineRun][] {
  const found = new Map<EngineRun, Set<string>>();
  for (const node of Object.values(manifest.nodes)) {
    const run = execution.of(node.unique_id);
    // Other databases are read when somebody asks for them.
    if (node.relation_name === null || node.database !== run.side.project.target.database) continue;
    found.set(run, (found.get(run) ?? new Set<string>()).add(node.schema));
  }
  return [...found].map(([run, schemas]) => [run.side.project.target.database, [...schemas], run]);
}

function writeResults(session: Session, all: readonly RunResult[], started: number): void {
  // Copies between engines are no nodes of the project: other readers of the artifact would not know them.
  const results = all.filter((result) => !isCopy(result.unique_id));
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
    for (const run of execution.runs.values()) run.pool.cancel();
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
