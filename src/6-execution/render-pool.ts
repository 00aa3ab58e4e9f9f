import { Worker } from "node:worker_threads";
import type { JobError, JobResult, OwnFailure, RenderJob, WorkerSetup } from "../contracts/bridge.ts";
import type { EngineSession } from "../contracts/engine.ts";
import type { JsonObject } from "../contracts/json.ts";
import { mergeNotes } from "../4-compilation/graph-notes.ts";
import { errorMessage } from "../shared/objects.ts";
import { BridgeServer, type BridgeServices } from "./bridge-server.ts";
import { ANSWERED, CANCELLED, type EngineFailure, type FromWorker, type ToWorker } from "./worker-protocol.ts";

export type JobOutcome =
  { readonly ok: true; readonly result: JobResult } | { readonly ok: false; readonly error: JobError };

export interface RenderPoolOptions {
  /** The file a worker thread starts with. */
  readonly workerUrl: URL;
  readonly setup: Omit<WorkerSetup, "threadName">;
  readonly engine: EngineSession;
  readonly services: BridgeServices;
  readonly size: number;
}

/** Render workers, one per dbt thread, started when there is work for them. */
export class RenderPool {
  private readonly options: RenderPoolOptions;
  private readonly workers: PooledWorker[] = [];
  private readonly idle: PooledWorker[] = [];
  private readonly waiting: ((worker: PooledWorker) => void)[] = [];
  private readonly notes = new SharedNotes();
  private cancelled = false;

  constructor(options: RenderPoolOptions) {
    this.options = options;
  }

  /** Runs a job on a free worker; resolves with its outcome, never rejects for what the job did. */
  async run(
    job: RenderJob,
    nodeId: string | null,
    onStart: () => void = () => undefined,
  ): Promise<JobOutcome & { thread: string }> {
    const worker = await this.acquire();
    onStart();
    try {
      const outcome = await worker.run(job, nodeId);
      return { ...outcome, thread: worker.name };
    } finally {
      this.release(worker);
    }
  }

  private async acquire(): Promise<PooledWorker> {
    for (let free = this.idle.pop(); free !== undefined; free = this.idle.pop()) if (free.usable) return free;
    const running = this.workers.filter((worker) => worker.usable).length;
    if (running < this.options.size) return this.start();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private async start(): Promise<PooledWorker> {
    const name = `Thread-${String(this.workers.length + 1)}`;
    const { engine, services } = this.options;
    const worker = new PooledWorker(
      name,
      this.options,
      this.notes,
      engine.connect(name).then((connection) => new BridgeServer(services, connection)),
    );
    this.workers.push(worker);
    if (this.cancelled) worker.cancel();
    return Promise.resolve(worker);
  }

  private release(worker: PooledWorker): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(worker);
    else if (worker.usable) next(worker);
    else void this.start().then(next);
  }

  /** Stops running statements; jobs end with a cancel error. */
  cancel(): void {
    this.cancelled = true;
    for (const worker of this.workers) worker.cancel();
  }

  /** Stops what runs now. Its workers are not used again; later jobs get others. */
  interrupt(): void {
    for (const worker of this.workers) if (worker.busy) worker.cancel();
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }
}

/** What jobs wrote into the graph, for the workers that did not do those jobs. */
class SharedNotes {
  private notes: JsonObject | null = null;
  private version = 0;
  private readonly seen = new Map<PooledWorker, number>();

  take(notes: JsonObject | null): void {
    if (notes === null) return;
    this.notes = mergeNotes(this.notes ?? {}, notes);
    this.version++;
  }

  /** The notes, if there are any that this worker has not seen. */
  for(worker: PooledWorker): JsonObject | null {
    if ((this.seen.get(worker) ?? 0) === this.version) return null;
    this.seen.set(worker, this.version);
    return this.notes;
  }
}

/** A thread without work ends at once. */
const PATIENCE_MS = 2000;

class PooledWorker {
  readonly name: string;
  busy = false;
  private alive = true;
  private readonly notes: SharedNotes;
  private readonly worker: Worker;
  private readonly flags: Int32Array;
  private readonly server: Promise<BridgeServer>;
  private finish: ((outcome: JobOutcome) => void) | null = null;

  constructor(name: string, options: RenderPoolOptions, notes: SharedNotes, server: Promise<BridgeServer>) {
    this.name = name;
    this.notes = notes;
    this.server = server;
    const buffer = new SharedArrayBuffer(8);
    this.flags = new Int32Array(buffer);
    const setup: WorkerSetup = { ...options.setup, threadName: name };
    this.worker = new Worker(options.workerUrl, {
      workerData: { setup, flags: this.flags },
      stdout: false,
      stderr: false,
    });
    this.worker.on("message", (message: FromWorker) => void this.receive(message, options.services));
    this.worker.on("error", (error) => this.die(errorMessage(error)));
    this.worker.on("exit", (code) => this.die(`the render worker ended with code ${String(code)}`));
    // A failed connection is reported by the first job that needs it.
    server.catch(() => undefined);
  }

  get usable(): boolean {
    return this.alive && Atomics.load(this.flags, CANCELLED) === 0;
  }

  async run(job: RenderJob, nodeId: string | null): Promise<JobOutcome> {
    this.busy = true;
    const outcome = await this.perform(job, nodeId);
    this.busy = false;
    return outcome;
  }

  private async perform(job: RenderJob, nodeId: string | null): Promise<JobOutcome> {
    const server = await this.server.catch((error: unknown) => errorMessage(error));
    if (typeof server === "string") return { ok: false, error: internalError(server) };
    server.nodeId = nodeId;
    try {
      server.startNode(job);
    } catch (error) {
      return { ok: false, error: { ...internalError(errorMessage(error)), pythonType: "DbtValidationError" } };
    }
    const outcome = await new Promise<JobOutcome>((resolve) => {
      if (!this.alive) {
        resolve({ ok: false, error: internalError("the render worker is gone") });
        return;
      }
      this.finish = resolve;
      this.post({ type: "job", job, references: server.referencesOf(job), notes: this.notes.for(this) });
    });
    this.finish = null;
    await server.settle();
    return outcome;
  }

  private async receive(message: FromWorker, services: BridgeServices): Promise<void> {
    switch (message.type) {
      case "event": {
        services.emit(message.event);
        return;
      }
      case "done":
        this.notes.take(message.notes);
        return this.finish?.({ ok: true, result: message.result as JobResult });
      case "failed":
        this.notes.take(message.notes);
        return this.finish?.({ ok: false, error: message.error });
      case "request":
        try {
          const server = await this.server;
          this.reply({ type: "answer", value: (await server.answer(message.request)) ?? null });
        } catch (error) {
          this.reply({ type: "refused", error: failureOf(error) });
        }
    }
  }

  private reply(message: ToWorker): void {
    this.post(message);
    Atomics.store(this.flags, ANSWERED, 1);
    Atomics.notify(this.flags, ANSWERED);
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private die(reason: string): void {
    this.alive = false;
    this.finish?.({ ok: false, error: internalError(reason) });
  }

  cancel(): void {
    Atomics.store(this.flags, CANCELLED, 1);
    void this.server.then((server) => server.interrupt()).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.worker.removeAllListeners("exit");
    if (this.alive && this.finish === null) await this.end();
    await this.worker.terminate();
    await this.server.then((server) => server.close()).catch(() => undefined);
  }

  /** Lets the thread end by itself: what it compiled is kept then (bin/compiled.js). */
  private async end(): Promise<void> {
    const ended = new Promise((done) => this.worker.once("exit", done));
    this.post({ type: "end" });
    const patience = new Promise((done) => setTimeout(done, PATIENCE_MS).unref());
    await Promise.race([ended, patience]);
  }
}

function internalError(message: string): JobError {
  return {
    pythonType: "InternalError",
    message,
    frames: [],
    engine: null,
    own: null,
    compiled: null,
    macros: [],
    part: null,
    buildPath: null,
  };
}

/** An engine's error in a form that crosses the thread border. */
function failureOf(error: unknown): EngineFailure {
  const known = error as Partial<Record<"engineCode" | "hint" | "line" | "column" | "pythonType" | "own", unknown>>;
  return {
    message: errorMessage(error),
    pythonType: typeof known.pythonType === "string" ? known.pythonType : "DbtInternalError",
    engineCode: typeof known.engineCode === "string" ? known.engineCode : null,
    hint: typeof known.hint === "string" ? known.hint : null,
    line: typeof known.line === "number" ? known.line : null,
    column: typeof known.column === "number" ? known.column : null,
    own: (known.own as OwnFailure | undefined) ?? null,
  };
}
