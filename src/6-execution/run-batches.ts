import type { Batch, BatchResults } from "../contracts/batch.ts";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Emit } from "../contracts/events.ts";
import type { Flags } from "../contracts/flags.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { NodeStatus } from "../contracts/run-result.ts";
import { targetPath } from "../4-compilation/run-context.ts";
import { asText } from "../shared/objects.ts";
import { batchLabel, batchWindows, isoMoment, readMoment, type BatchSize } from "./batch-windows.ts";
import { nodeError } from "./node-errors.ts";
import type { RelationCache } from "./relation-cache.ts";
import type { RenderPool } from "./render-pool.ts";

export interface BatchesOptions {
  readonly pool: Pick<RenderPool, "run">;
  readonly cache: Pick<RelationCache, "get">;
  /** Codes of errors that say that two batches were committed at the same time. */
  readonly conflictCodes: readonly string[];
  readonly emit: Emit;
  readonly flags: Flags;
  readonly targetPath: string;
  readonly threads: number;
  /** When the command began, which is "now" for its batches. */
  readonly now: Date;
  /** Where an earlier command left some of the batches undone: those are run, and no others. */
  readonly earlier: BatchResults | null;
  /** True = start nothing new. */
  readonly stopped: () => boolean;
}

export interface BatchesOutcome {
  readonly status: NodeStatus;
  readonly message: string;
  readonly results: BatchResults;
  readonly thread: string;
  /** What went wrong in the first batch that failed. */
  readonly problem: Diagnostic | null;
}

type Ending = "success" | "error" | "skipped";

/**
 * Runs a microbatch model: its first batch, which makes the table where there is none; then the others, side by side if
 * they may; the last one by itself again, because the post-hooks come with it.
 */
export async function runBatches(node: ManifestNode, options: BatchesOptions): Promise<BatchesOutcome> {
  const batches = await batchesOf(node, options);
  const run = new BatchRun(node, options);
  const [first, ...others] = batches;
  if (first === undefined) return run.outcome();
  const isBuilt = (await run.one(first)) === "success";
  const last = others.pop();
  const concurrency = mayRunTogether(node) ? options.threads : 1;
  if (!isBuilt) for (const batch of others) run.skip(batch);
  else await run.all(others, concurrency);
  if (last !== undefined) {
    if (isBuilt) await run.one(last);
    else run.skip(last);
  }
  return run.outcome();
}

/** The config decides; without it, a model that reads its own table takes its batches in order. */
function mayRunTogether({ config, _batched }: ManifestNode): boolean {
  const wanted = config["concurrent_batches"];
  return typeof wanted === "boolean" ? wanted : _batched?.usesThis !== true;
}

async function batchesOf(node: ManifestNode, options: BatchesOptions): Promise<Batch[]> {
  const { config } = node;
  const { flags } = options;
  const size = asText(config["batch_size"]) as BatchSize;
  const existing = await options.cache.get(node.database ?? "", node.schema, node.alias);
  const fullRefresh = typeof config["full_refresh"] === "boolean" ? config["full_refresh"] : flags.full_refresh;
  const incremental = options.earlier !== null || (existing?.type === "table" && !fullRefresh);
  const undone = options.earlier?.failed.map(([start, end]) => ({ start: readMoment(start), end: readMoment(end) }));
  const windows =
    undone ??
    batchWindows({
      size,
      begin: readMoment(asText(config["begin"])),
      lookback: typeof config["lookback"] === "number" ? config["lookback"] : 1,
      incremental,
      ...eventTimeBounds(flags),
      now: options.now.getTime(),
    });
  return windows.map((window, index) => {
    const label = batchLabel(window.start, size);
    const id = label.replaceAll("-", "");
    return { ...window, id, label, index, total: windows.length, incremental: index > 0 || incremental };
  });
}

/** A sample of event time goes before the window that other flags give. */
function eventTimeBounds({ sample, event_time_start: start, event_time_end: end }: Flags): {
  readonly from: number | null;
  readonly to: number | null;
} {
  if (sample !== null && "start" in sample) return { from: readMoment(sample.start), to: readMoment(sample.end) };
  return { from: start === null ? null : readMoment(start), to: end === null ? null : readMoment(end) };
}

class BatchRun {
  private readonly node: ManifestNode;
  private readonly options: BatchesOptions;
  private readonly done: { readonly batch: Batch; readonly ending: Ending }[] = [];
  private thread = "MainThread";
  private problem: Diagnostic | null = null;

  constructor(node: ManifestNode, options: BatchesOptions) {
    this.node = node;
    this.options = options;
  }

  /**
   * Tables whose commits look at whole files, as Iceberg's do, refuse some of what is written side by side, though no
   * two batches share a row. A batch that lost is run again when it has the table to itself: it replaces its window
   * whole, so that nothing is written twice.
   */
  async all(batches: readonly Batch[], concurrency: number): Promise<void> {
    const waiting = batches.values();
    const lost: Batch[] = [];
    const lane = async (): Promise<void> => {
      for (const batch of waiting) await this.one(batch, concurrency > 1 ? () => lost.push(batch) : null);
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, batches.length) }, lane));
    for (const batch of lost.sort((a, b) => a.index - b.index)) await this.one(batch);
  }

  /** A batch that cannot be started any more counts as failed, without a line. `onLost`: takes one that may be run again. */
  async one(batch: Batch, onLost: (() => void) | null = null): Promise<Ending> {
    const { node, options } = this;
    if (options.stopped() || (options.flags.fail_fast && this.problem !== null)) {
      this.done.push({ batch, ending: "skipped" });
      return "skipped";
    }
    let startedAt = Date.now();
    const job = { kind: "run", node: withOwnHooks(node, batch), batch } as const;
    const outcome = await options.pool.run(job, node.unique_id, () => {
      startedAt = Date.now();
      options.emit({ kind: "batch-start", ...this.line(batch, "START") });
    });
    this.thread = outcome.thread;
    if (onLost !== null && !outcome.ok && options.conflictCodes.includes(outcome.error.engine?.code ?? "")) {
      const place = `Batch ${String(batch.index + 1)} of ${String(batch.total)}`;
      const message = `${place} was refused because another one was written at the same time; it will be run again by itself`;
      options.emit({ kind: "log", level: "info", message, nodeId: node.unique_id });
      onLost();
      return "error";
    }
    const ending = outcome.ok ? "success" : "error";
    const label = outcome.ok ? (outcome.result.response?._message ?? "OK") : "ERROR";
    this.finish(batch, ending, label, (Date.now() - startedAt) / 1000);
    if (!outcome.ok) {
      const compiledPath =
        outcome.error.compiled === null ? null : targetPath(node, "compiled", options.targetPath, batch);
      const { diagnostic } = nodeError(outcome.error, node, compiledPath);
      options.emit({ kind: "diagnostic", diagnostic });
      this.problem ??= diagnostic;
    }
    return ending;
  }

  skip(batch: Batch): void {
    this.finish(batch, "skipped", "SKIPPED", 0);
  }

  private line(batch: Batch, what: string): { nodeId: string; description: string; index: number; total: number } {
    const { unique_id, schema, alias } = this.node;
    const description = `${what} batch ${batch.label} of ${schema}.${alias}`;
    return { nodeId: unique_id, description, index: batch.index + 1, total: batch.total };
  }

  private finish(batch: Batch, ending: Ending, label: string, seconds: number): void {
    this.done.push({ batch, ending });
    const what = { success: "OK created", error: "ERROR creating", skipped: "SKIP" }[ending];
    this.options.emit({ kind: "batch-finish", ...this.line(batch, what), status: ending, label, seconds });
  }

  outcome(): BatchesOutcome {
    const ordered = [...this.done].sort((a, b) => a.batch.index - b.batch.index);
    const pairs = (wanted: boolean): [string, string][] =>
      ordered
        .filter(({ ending }) => (ending === "success") === wanted)
        .map(({ batch }) => [isoMoment(batch.start), isoMoment(batch.end)]);
    const before = this.options.earlier?.successful ?? [];
    const results = { successful: [...pairs(true), ...before], failed: pairs(false) };
    const [good, bad] = [results.successful.length, results.failed.length];
    const { thread, problem } = this;
    if (bad === 0) return { status: "success", message: "SUCCESS", results, thread, problem };
    if (good === 0) return { status: "error", message: "ERROR", results, thread, problem };
    const message = `PARTIAL SUCCESS (${String(good)}/${String(good + bad)})`;
    return { status: "partial success", message, results, thread, problem };
  }
}

/** Pre-hooks come with the first batch, post-hooks with the last one. */
function withOwnHooks(node: ManifestNode, { index, total }: Batch): ManifestNode {
  const config = { ...node.config };
  if (index > 0) config["pre-hook"] = [];
  if (index < total - 1) config["post-hook"] = [];
  return { ...node, config };
}
