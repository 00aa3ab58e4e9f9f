import type { BatchResults } from "../contracts/batch.ts";
import type { JobError, RenderJob } from "../contracts/bridge.ts";
import type { Emit } from "../contracts/events.ts";
import type { Flags } from "../contracts/flags.ts";
import type { Manifest, ManifestNode, UnitTestNode } from "../contracts/manifest.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { runBatches } from "./run-batches.ts";
import { describeNode, finishedText, isNoOp, type RunnableNode } from "./describe-node.ts";
import { emptyResult, nodeResult, timing } from "./node-result.ts";
import type { RelationCache } from "./relation-cache.ts";
import type { RenderPool } from "./render-pool.ts";
import { schedule, type Step, type StepOutcome } from "./schedule.ts";

export interface RunStep extends Step {
  /** Null for what is only passed through: unselected or ephemeral nodes, sources. */
  readonly node: RunnableNode | null;
  /** Rendered only, without a line of its own. */
  readonly silent: boolean;
}

/** The engine of a node, as far as running it goes. */
export interface NodePlace {
  readonly pool: RenderPool;
  readonly cache: RelationCache;
  readonly conflictCodes: readonly string[];
}

/** A node that another engine takes over. */
export interface Takeover {
  readonly node: ManifestNode;
  /** What has to be copied for it first. */
  readonly copies: readonly ManifestNode[];
  /** For the log. */
  readonly notice: string;
}

export interface RunNodesOptions {
  readonly steps: readonly RunStep[];
  readonly manifest: Manifest;
  /** Where a node runs. */
  readonly of: (nodeId: string) => NodePlace;
  /** Told of each node that was built, before what waits for it starts. */
  readonly built?: (nodeId: string) => Promise<void>;
  /** Asked before a step starts: a copy may have become unnecessary while the run went on. */
  readonly isNeeded?: (stepId: string) => Promise<boolean>;
  /** Asked when a copy has failed: did only somebody else stand in the way, who made the same one? */
  readonly copyAgain?: (copyId: string, error: JobError) => boolean;
  /** Asked when a node's engine could not run it; null: it has failed. */
  readonly fallBack?: (nodeId: string, error: JobError) => Promise<Takeover | null>;
  /** What a node's lines say after its name; "" for nothing. */
  readonly noteOf?: (nodeId: string) => string;
  /** When the command began. */
  readonly startedAt: Date;
  readonly emit: Emit;
  readonly flags: Flags;
  readonly targetPath: string;
  readonly threads: number;
  /** `compile` only renders; `clone` makes what an earlier state has. */
  readonly mode: "run" | "compile" | "clone";
  /** `build`: what is left out is itself the reason for what waits for it, also an ephemeral model. */
  readonly skipsFail: boolean;
  /** What batches an earlier command left undone, by model: only those are run. */
  readonly batchesToRetry?: ReadonlyMap<string, BatchResults>;
  readonly cancelled: () => boolean;
  /** Nothing is run: what had to be done before failed. */
  readonly skipAll: boolean;
}

/** Runs the steps of a plan and gives one result a node, in the order they ended. */
export async function runNodes(options: RunNodesOptions): Promise<RunResult[]> {
  const run = new NodeRun(options);
  await schedule({
    steps: options.steps,
    concurrency: options.threads,
    run: (step) => run.step(step),
    skip: (step, because) => run.skip(step, because),
    stopped: () => options.skipAll || options.cancelled() || run.failedFast,
  });
  return run.results;
}

type NodeOutcome = Awaited<ReturnType<RenderPool["run"]>>;

/** How often a copy is made anew where other runs make it at the same time. */
const COPY_ATTEMPTS = 8;

/** dbt's words for what --fail-fast left out. */
const FAIL_FAST = "Skipping due to fail_fast";

class NodeRun {
  readonly results: RunResult[] = [];
  failedFast = false;
  private readonly running = new Set<string>();
  private readonly copies = new Map<string, Promise<NodeOutcome>>();
  /** The ephemeral model that was not made, by what waited for it, itself included. */
  private readonly causes = new Map<string, { readonly id: string; readonly status: "error" | "skipped" }>();
  private readonly options: RunNodesOptions;
  private readonly indexes: Map<string, number>;
  private readonly total: number;
  private started = 0;

  constructor(options: RunNodesOptions) {
    this.options = options;
    const nodes = options.steps.filter((step) => step.node !== null && !step.silent);
    this.total = nodes.length;
    this.indexes = new Map();
  }

  async step(step: RunStep): Promise<StepOutcome> {
    const { node } = step;
    if (node === null || (await this.options.isNeeded?.(step.id)) === false) return "done";
    if (isNoOp(node)) return this.noOp(node);
    // Nothing of an ephemeral model is there to clone.
    if (step.silent) return this.options.mode === "clone" ? "done" : this.renderOnly(node);
    const index = this.number(node);
    const description = describeNode(node) + this.note(node);
    if (this.options.mode !== "compile")
      this.options.emit({
        kind: "node-start",
        nodeId: node.unique_id,
        description: `START ${description}`,
        index,
        total: this.total,
      });
    this.running.add(node.unique_id);
    const ended = this.inBatches(node) ? await this.batches(node) : await this.whole(node);
    this.running.delete(node.unique_id);
    const result = this.failedFast && ended.status === "error" ? cutShort(ended) : ended;
    if (result.status === "success") await this.options.built?.(node.unique_id);
    this.finish(node, result);
    return result.status === "success" || result.status === "pass" || result.status === "warn" ? "done" : "failed";
  }

  private inBatches(node: RunnableNode): node is ManifestNode {
    return this.options.mode === "run" && "_batched" in node;
  }

  private async whole(node: RunnableNode): Promise<RunResult> {
    const startedAt = new Date();
    const outcome = await ("_transfer" in node ? this.copied(node) : this.outcomeOf(node));
    const isOver = outcome.ok || this.failedFast;
    const takeover = isOver ? null : ((await this.options.fallBack?.(node.unique_id, outcome.error)) ?? null);
    if (takeover === null) return nodeResult(this.options, node, outcome, startedAt);
    this.options.emit({ kind: "log", level: "warn", message: takeover.notice });
    return this.takenOver(takeover, startedAt);
  }

  /** Runs a node on the engine that takes it over; a copy that fails is the node's failure. */
  private async takenOver({ node, copies }: Takeover, startedAt: Date): Promise<RunResult> {
    for (const copy of copies) {
      if ((await this.options.isNeeded?.(copy.unique_id)) === false) continue;
      const outcome = await this.copied(copy);
      if (!outcome.ok) return nodeResult(this.options, node, outcome, startedAt);
    }
    return nodeResult(this.options, node, await this.outcomeOf(node), startedAt);
  }

  private outcomeOf(node: RunnableNode): Promise<NodeOutcome> {
    return this.options.of(node.unique_id).pool.run(this.job(node), node.unique_id);
  }

  /** A copy is made once in a run, whether its step or nodes that are taken over ask first, or all at the same time. */
  private copied(node: ManifestNode): Promise<NodeOutcome> {
    const place = node.relation_name ?? node.unique_id;
    const outcome = this.copies.get(place) ?? this.copyOnce(node);
    this.copies.set(place, outcome);
    return outcome;
  }

  private async copyOnce(node: ManifestNode): Promise<NodeOutcome> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.outcomeOf(node);
      if (outcome.ok || this.failedFast || this.options.cancelled() || attempt >= COPY_ATTEMPTS) return outcome;
      if (this.options.copyAgain?.(node.unique_id, outcome.error) !== true) return outcome;
    }
  }

  /** The model has no text of its own then: each batch has one. */
  private async batches(node: ManifestNode): Promise<RunResult> {
    const startedAt = new Date();
    const stopped = (): boolean => this.options.cancelled() || this.failedFast;
    const outcome = await runBatches(node, {
      ...this.options,
      ...this.options.of(node.unique_id),
      now: this.options.startedAt,
      earlier: this.options.batchesToRetry?.get(node.unique_id) ?? null,
      stopped,
    });
    const { status, message, results, thread, problem } = outcome;
    const endedAt = new Date();
    return {
      ...emptyResult(node),
      status,
      message,
      failures: 0,
      batch_results: results,
      thread_id: thread,
      timing: timing(startedAt, startedAt, endedAt, true),
      execution_time: (endedAt.getTime() - startedAt.getTime()) / 1000,
      ...(problem === null ? {} : { diagnostics: [problem] }),
    };
  }

  /** An ephemeral model: its text is written. A failure is no result of a run: what waits for it is left out with the reason. */
  private async renderOnly(node: RunnableNode): Promise<StepOutcome> {
    const { pool } = this.options.of(node.unique_id);
    const outcome = await pool.run({ kind: "compile", node: node as ManifestNode }, node.unique_id);
    const result = nodeResult(this.options, node, outcome, new Date());
    const { mode, flags } = this.options;
    if (result.status === "success") {
      // Who compiles an ephemeral model by name asks for its text; the docs' own compilation has no results of them.
      if (mode === "compile" && flags.select.length > 0 && flags.which !== "generate") this.results.push(result);
      return "done";
    }
    if (mode === "compile") this.finish(node, result);
    else {
      this.causes.set(node.unique_id, { id: node.unique_id, status: "error" });
      for (const problem of result.diagnostics ?? []) this.options.emit({ kind: "diagnostic", diagnostic: problem });
    }
    return "failed";
  }

  /** Exposures and saved queries are reached, not built. */
  private noOp(node: RunnableNode): StepOutcome {
    const now = new Date();
    const result = { ...emptyResult(node), timing: timing(now, now, now, true) };
    this.finish(node, { ...result, status: "no-op", message: "NO-OP", failures: 0 });
    return "done";
  }

  private note(node: RunnableNode): string {
    return this.options.noteOf?.(node.unique_id) ?? "";
  }

  private number(node: RunnableNode): number {
    const known = this.indexes.get(node.unique_id);
    if (known !== undefined) return known;
    this.indexes.set(node.unique_id, ++this.started);
    return this.started;
  }

  private job(node: RunnableNode): RenderJob {
    if (node.resource_type === "unit_test") {
      const unitTest = node as UnitTestNode;
      const model = this.options.manifest.nodes[unitTest.depends_on.nodes[0] ?? ""];
      if (model === undefined) throw new Error(`bug: unit test ${unitTest.unique_id} has no model`);
      return { kind: "unit-test", unitTest, model };
    }
    return { kind: this.options.mode, node: node as ManifestNode };
  }

  private finish(node: RunnableNode, result: RunResult): void {
    this.results.push(result);
    const bad = ["error", "fail", "runtime error", "partial success"].includes(result.status);
    if (bad && this.options.flags.fail_fast && !this.failedFast) this.failFast();
    if (this.options.mode === "compile" && !bad) return;
    this.options.emit({
      kind: "node-finish",
      nodeId: node.unique_id,
      description: finishedText(node, result.status, result.failures) + this.note(node),
      status: result.status,
      label: label(result),
      index: this.number(node),
      total: this.total,
      seconds: result.execution_time,
    });
  }

  /** Nothing new is started, and what runs is ended. */
  private failFast(): void {
    this.failedFast = true;
    for (const pool of new Set([...this.running].map((id) => this.options.of(id).pool))) pool.interrupt();
  }

  skip(step: RunStep, because: string | null): void {
    const { node, id } = step;
    const cause = this.causes.get(because ?? "");
    const passesOn = !this.options.skipsFail || step.silent;
    if (cause !== undefined && passesOn) this.causes.set(id, cause);
    if (node !== null && step.silent && this.options.skipsFail) this.causes.set(id, { id, status: "skipped" });
    if (node === null || step.silent) return;
    const result = emptyResult(node);
    if (this.failedFast) result.message = FAIL_FAST;
    if (cause !== undefined)
      result.message = `Compilation Error in ${id}, caused by compilation error in referenced ephemeral model ${cause.id}`;
    this.results.push(result);
    const reason = cause === undefined ? "" : ` due to ephemeral model status '${cause.status}'`;
    this.options.emit({
      kind: "node-finish",
      nodeId: id,
      description: finishedText(node, "skipped", null) + reason,
      status: "skipped",
      label: cause === undefined ? "SKIP" : "ERROR SKIP",
      index: this.number(node),
      total: this.total,
      seconds: 0,
    });
  }
}

/** The result of what was ended because something else had failed. */
function cutShort(result: RunResult): RunResult {
  const nothing = { timing: [], thread_id: "MainThread", execution_time: 0, diagnostics: [] };
  return { ...result, ...nothing, status: "skipped", message: FAIL_FAST };
}

/** What stands between the brackets: `OK`, `INSERT 99`, `FAIL 2`. */
function label(result: RunResult): string {
  switch (result.status) {
    case "success":
    case "partial success":
      return result.message ?? "OK";
    case "no-op":
      return "NO-OP";
    case "fail":
    case "warn":
      return `${result.status.toUpperCase()} ${String(result.failures ?? 0)}`;
    default:
      return result.status.toUpperCase();
  }
}
