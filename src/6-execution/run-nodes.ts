import type { BatchResults } from "../contracts/batch.ts";
import type { CompiledNode, CompiledText, JobError, JobResult, RenderJob } from "../contracts/bridge.ts";
import type { Emit } from "../contracts/events.ts";
import type { Flags } from "../contracts/flags.ts";
import type { Manifest, ManifestNode, UnitTestNode } from "../contracts/manifest.ts";
import type { NodeStatus, RunResult, Timing } from "../contracts/run-result.ts";
import { treatmentOf } from "../contracts/warnings.ts";
import { putForeignKeys } from "../4-compilation/foreign-keys.ts";
import { targetPath } from "../4-compilation/run-context.ts";
import { runBatches } from "./run-batches.ts";
import { describeNode, finishedText, isNoOp, type RunnableNode } from "./describe-node.ts";
import { nodeError } from "./node-errors.ts";
import type { RelationCache } from "./relation-cache.ts";
import type { JobOutcome, RenderPool } from "./render-pool.ts";
import { pseudoPath } from "./run-unit-test.ts";
import { schedule, type Step, type StepOutcome } from "./schedule.ts";
import { asText } from "../shared/objects.ts";

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

/** dbt's words for what --fail-fast left out. */
const FAIL_FAST = "Skipping due to fail_fast";

class NodeRun {
  readonly results: RunResult[] = [];
  failedFast = false;
  private readonly running = new Set<string>();
  /** The ephemeral model that failed, by what waited for it, itself included. */
  private readonly causes = new Map<string, string>();
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
    if (step.silent) return this.renderOnly(node);
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
    const outcome = await this.options.of(node.unique_id).pool.run(this.job(node), node.unique_id);
    const isOver = outcome.ok || this.failedFast;
    const takeover = isOver ? null : ((await this.options.fallBack?.(node.unique_id, outcome.error)) ?? null);
    if (takeover === null) return this.result(node, outcome, startedAt);
    this.options.emit({ kind: "log", level: "warn", message: takeover.notice });
    return this.takenOver(takeover, startedAt);
  }

  /** Runs a node on the engine that takes it over; a copy that fails is the node's failure. */
  private async takenOver({ node, copies }: Takeover, startedAt: Date): Promise<RunResult> {
    for (const copy of [...copies, node]) {
      const outcome = await this.options.of(copy.unique_id).pool.run(this.job(copy), copy.unique_id);
      if (copy === node || !outcome.ok) return this.result(node, outcome, startedAt);
    }
    throw new Error("bug: nothing was taken over");
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
    const result = this.result(node, outcome, new Date());
    if (result.status === "success") return "done";
    if (this.options.mode === "compile") this.finish(node, result);
    else {
      this.causes.set(node.unique_id, node.unique_id);
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

  private result(node: RunnableNode, outcome: JobOutcome & { thread: string }, startedAt: Date): RunResult {
    const endedAt = new Date();
    const compiledAt =
      outcome.ok && outcome.result.compiledAt !== undefined ? new Date(outcome.result.compiledAt) : endedAt;
    const compiled = outcome.ok ? (outcome.result.compiled ?? null) : outcome.error.compiled;
    const compiledPath = compiled === null ? null : compiledPathOf(node, compiled.code, this.options.targetPath);
    const executed = outcome.ok || compiled !== null || node.resource_type === "unit_test";
    if (compiled !== null) this.keepCompiled(node, compiled);
    const base = {
      unique_id: node.unique_id,
      timing: timing(startedAt, compiledAt, endedAt, executed),
      thread_id: outcome.thread,
      execution_time: (endedAt.getTime() - startedAt.getTime()) / 1000,
      ...compiledFields(node, compiled?.code ?? null, outcome.ok),
      relation_name: "relation_name" in node && node.resource_type !== "seed" ? node.relation_name : null,
      batch_results: null,
    };
    const buildPath = outcome.ok ? outcome.result.buildPath : outcome.error.buildPath;
    if (typeof buildPath === "string" && "build_path" in node) node.build_path = buildPath;
    if (outcome.ok) return { ...base, ...this.success(node, outcome.result) };
    const { message, diagnostic } = nodeError(outcome.error, node, compiledPath);
    return { ...base, status: "error", adapter_response: {}, message, failures: null, diagnostics: [diagnostic] };
  }

  /** Ephemeral models have no job of their own where only what uses them was selected. */
  private keepCompiled(node: RunnableNode, { ephemerals = {}, ...text }: CompiledNode): void {
    const { targetPath: target, manifest } = this.options;
    keepText(node, text, compiledPathOf(node, text.code, target));
    if (node.resource_type === "model" && text.foreignKeys !== undefined) putForeignKeys(node, text.foreignKeys);
    for (const [id, own] of Object.entries(ephemerals)) {
      const ephemeral = manifest.nodes[id];
      if (ephemeral !== undefined) keepText(ephemeral, own, compiledPathOf(ephemeral, own.code, target));
    }
  }

  private success(
    node: RunnableNode,
    result: JobResult,
  ): Pick<RunResult, "status" | "adapter_response" | "message" | "failures"> {
    const response = result.response ?? { _message: "OK" };
    if (result.test !== undefined) {
      const { status, message } = testStatus(node as ManifestNode, result.test, this.options.flags);
      // A test that passes has no failures, also where some rows were within its thresholds.
      const failures = status === "pass" ? 0 : result.test.failures;
      return { status, message, failures, adapter_response: response };
    }
    if (result.unitTest !== undefined) {
      const { equal, diff, differences } = result.unitTest;
      if (equal) return { status: "pass", message: null, failures: 0, adapter_response: response };
      return {
        status: "fail",
        message: `\n\nactual differs from expected:\n\n${diff}\n`,
        failures: Math.max(1, differences),
        adapter_response: response,
      };
    }
    if (this.options.mode === "compile")
      return { status: "success", message: null, failures: null, adapter_response: {} };
    return { status: "success", message: response._message, failures: null, adapter_response: response };
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
    if (cause !== undefined) this.causes.set(id, cause);
    if (node === null || step.silent) return;
    const result = emptyResult(node);
    if (this.failedFast) result.message = FAIL_FAST;
    if (cause !== undefined)
      result.message = `Compilation Error in ${id}, caused by compilation error in referenced ephemeral model ${cause}`;
    this.results.push(result);
    const reason = cause === undefined ? "" : " due to ephemeral model status 'error'";
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

/** The result of what did not run. */
function emptyResult(node: RunnableNode): RunResult {
  return {
    unique_id: node.unique_id,
    status: "skipped",
    timing: [],
    thread_id: "MainThread",
    execution_time: 0,
    adapter_response: {},
    message: null,
    failures: null,
    ...compiledFields(node, null, false),
    relation_name: "relation_name" in node ? node.relation_name : null,
    batch_results: null,
  };
}

/** Seeds have no text to compile; a unit test that could not run is told of without its text. */
function compiledFields(
  node: RunnableNode,
  code: string | null,
  ok: boolean,
): Pick<RunResult, "compiled" | "compiled_code"> {
  const hasText = node.resource_type === "unit_test" ? ok : node.resource_type !== "seed" && !isNoOp(node);
  return hasText ? { compiled: code !== null, compiled_code: code } : { compiled: null, compiled_code: null };
}

/** What fails while its text is rendered never comes to the second phase. */
function timing(startedAt: Date, compiledAt: Date, endedAt: Date, executed: boolean): Timing[] {
  const compile = { started_at: startedAt.toISOString(), completed_at: compiledAt.toISOString() };
  const execute = { started_at: compiledAt.toISOString(), completed_at: endedAt.toISOString() };
  return [{ name: "compile", ...compile }, ...(executed ? [{ name: "execute" as const, ...execute }] : [])];
}

/** target/compiled/…, where the node's text was written; null for no text, which dbt writes no file for. */
function compiledPathOf(node: RunnableNode, code: string, target: string): string | null {
  if (code === "") return null;
  const path = node.resource_type === "unit_test" ? pseudoPath(node) : node.path;
  return targetPath({ ...node, path }, "compiled", target);
}

function keepText(node: RunnableNode, { code, ctes, macros = [] }: CompiledText, path: string | null): void {
  if (!("raw_code" in node) || node.resource_type === "seed") return;
  const own = node;
  own.compiled = true;
  own.compiled_code = code;
  own.extra_ctes = [...ctes];
  own.extra_ctes_injected = true;
  own.compiled_path = path;
  own.depends_on.macros = [...new Set([...own.depends_on.macros, ...macros])];
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

/** Severity and thresholds. Source: https://docs.getdbt.com/reference/resource-configs/severity */
function testStatus(
  node: ManifestNode,
  test: { failures: number; shouldWarn: boolean; shouldError: boolean },
  flags: Flags,
): { status: NodeStatus; message: string | null } {
  const count = `Got ${String(test.failures)} result${test.failures === 1 ? "" : "s"}`;
  const severity = asText(node.config["severity"]).toUpperCase();
  const failIf = (key: string): string => asText(node.config[key]);
  if (severity === "ERROR" && test.shouldError)
    return { status: "fail", message: `${count}, configured to fail if ${failIf("error_if")}` };
  if (!test.shouldWarn) return { status: "pass", message: null };
  if (treatmentOf("LogTestResult", flags) === "error")
    return { status: "fail", message: `${count}, configured to fail if ${failIf("warn_if")}` };
  return { status: "warn", message: `${count}, configured to warn if ${failIf("warn_if")}` };
}
