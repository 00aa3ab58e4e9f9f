import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { Bridge, BridgeAnswers, BridgeRequest, CompiledNode, JobError, WorkerSetup } from "../contracts/bridge.ts";
import type { RunEvent } from "../contracts/events.ts";
import { workerContext } from "../4-compilation/worker-context.ts";
import type { EngineMethods } from "../context/adapter-backend.ts";
import { JinjaError } from "../jinja/values.ts";
import { runJob } from "./run-job.ts";
import { ANSWERED, CANCELLED, type EngineFailure, type FromWorker, type ToWorker } from "./worker-protocol.ts";

/** A statement the engine refused, as templates and error messages see it. */
class RefusedStatement extends Error {
  readonly pythonType: string;
  readonly failure: EngineFailure;
  readonly sql: string;

  constructor(failure: EngineFailure, sql: string) {
    super(failure.message);
    this.pythonType = failure.pythonType;
    this.failure = failure;
    this.sql = sql;
  }
}

const SLICE_MS = 1000;

/** The blocking side of the bridge: post, wait on the flag, take the answer. The main thread posts before it notifies. */
class PortBridge implements Bridge {
  private readonly port: MessagePort;
  private readonly flags: Int32Array;

  constructor(port: MessagePort, flags: Int32Array) {
    this.port = port;
    this.flags = flags;
  }

  request<R extends BridgeRequest>(request: R): BridgeAnswers[R["op"]] {
    if (Atomics.load(this.flags, CANCELLED) === 1) throw new RefusedStatement(CANCEL, "");
    Atomics.store(this.flags, ANSWERED, 0);
    this.port.postMessage({ type: "request", request } satisfies FromWorker);
    // Only the flag says that the answer is there: a wake-up may be the late notification of the answer before.
    while (Atomics.load(this.flags, ANSWERED) === 0) {
      const slept = Atomics.wait(this.flags, ANSWERED, 0, SLICE_MS) === "timed-out";
      // An engine that does not even answer to being interrupted must not hold the run.
      if (slept && Atomics.load(this.flags, CANCELLED) === 1) throw new RefusedStatement(CANCEL, "");
    }
    const message = receiveMessageOnPort(this.port)?.message as ToWorker | undefined;
    if (message === undefined || message.type === "job")
      throw new Error("bug: the bridge was notified without an answer");
    if (message.type === "refused") throw new RefusedStatement(message.error, "sql" in request ? request.sql : "");
    return message.value as BridgeAnswers[R["op"]];
  }

  emit(event: RunEvent): void {
    this.port.postMessage({ type: "event", event } satisfies FromWorker);
  }
}

const CANCEL: EngineFailure = {
  message: "The run was cancelled",
  pythonType: "KeyboardInterrupt",
  engineCode: null,
  line: null,
  column: null,
};

/** Serves jobs from the main thread until the port closes. */
export function serveJobs(
  port: MessagePort,
  flags: Int32Array,
  setup: WorkerSetup,
  engineMethods: EngineMethods,
): void {
  const worker = workerContext(setup, new PortBridge(port, flags), engineMethods);
  port.on("message", (message: ToWorker) => {
    if (message.type !== "job") return;
    for (const [key, answer] of message.references) worker.references.set(key, answer);
    if (message.notes !== null) worker.notes.add(message.notes);
    let compiled: CompiledNode | null = null;
    try {
      const result = runJob(worker, message.job, (code) => (compiled = code));
      port.postMessage({ type: "done", result, notes: worker.notes.written() } satisfies FromWorker);
    } catch (error) {
      const notes = worker.notes.written();
      port.postMessage({ type: "failed", error: jobError(error, compiled), notes } satisfies FromWorker);
    }
  });
}

function jobError(error: unknown, compiled: CompiledNode | null): JobError {
  const refused = findRefused(error);
  const engine =
    refused === null || refused.failure.engineCode === null
      ? null
      : {
          code: refused.failure.engineCode,
          line: refused.failure.line,
          column: refused.failure.column,
          sql: refused.sql,
        };
  if (error instanceof JinjaError) {
    return {
      pythonType: refused?.pythonType ?? error.pythonType,
      message: error.message,
      frames: error.frames.map((frame) => ({ ...frame })),
      engine,
      compiled,
    };
  }
  const isKnown = refused !== null;
  const message = error instanceof Error ? (isKnown ? error.message : (error.stack ?? error.message)) : String(error);
  return { pythonType: refused?.pythonType ?? "InternalError", message, frames: [], engine, compiled };
}

function findRefused(error: unknown): RefusedStatement | null {
  for (let current = error, depth = 0; current instanceof Error && depth < 10; current = current.cause, depth++) {
    if (current instanceof RefusedStatement) return current;
  }
  return null;
}
