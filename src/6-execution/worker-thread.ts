import type { MessagePort } from "node:worker_threads";
import type { JobError, RenderJob, WorkerSetup } from "../contracts/bridge.ts";
import { FailedPart } from "../4-compilation/failed-part.ts";
import { workerContext } from "../4-compilation/worker-context.ts";
import type { EngineMethods } from "../context/adapter-backend.ts";
import { JinjaError } from "../jinja/values.ts";
import { PortBridge, RefusedStatement } from "./port-bridge.ts";
import { runJob, type Progress } from "./run-job.ts";
import type { FromWorker, ToWorker } from "./worker-protocol.ts";
import { systemFailure } from "../shared/system-failure.ts";

/** Serves jobs from the main thread until it says that there are no more. */
export function serveJobs(
  port: MessagePort,
  flags: Int32Array,
  setup: WorkerSetup,
  methodsOf: (engine: string) => EngineMethods,
): void {
  const worker = workerContext(setup, new PortBridge(port, flags), methodsOf);
  port.on("message", (message: ToWorker) => {
    if (message.type === "end") port.close();
    if (message.type !== "job") return;
    for (const [key, answer] of message.references) worker.references.set(key, answer);
    if (message.notes !== null) worker.notes.add(message.notes);
    const progress: Progress = { compiled: null, macros: new Set() };
    try {
      const result = runJob(worker, message.job, progress);
      port.postMessage({ type: "done", result, notes: worker.notes.written() } satisfies FromWorker);
    } catch (error) {
      const notes = worker.notes.written();
      port.postMessage({ type: "failed", error: jobError(error, progress, message.job), notes } satisfies FromWorker);
    }
  });
}

function jobError(thrown: unknown, { compiled, macros }: Progress, job: RenderJob): JobError {
  const [error, part] = thrown instanceof FailedPart ? [thrown.cause, thrown.part] : [thrown, null];
  const refused = findRefused(error);
  const buildPath = "node" in job ? (job.node.build_path ?? null) : null;
  const known = { own: refused?.failure.own ?? null, compiled, macros: [...macros], part, buildPath };
  const engine =
    refused === null || refused.failure.engineCode === null
      ? null
      : {
          code: refused.failure.engineCode,
          hint: refused.failure.hint,
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
      ...known,
    };
  }
  const isKnown = refused !== null;
  const message =
    systemFailure(error)?.text ??
    (error instanceof Error ? (isKnown ? error.message : (error.stack ?? error.message)) : String(error));
  return { pythonType: refused?.pythonType ?? "InternalError", message, frames: [], engine, ...known };
}

function findRefused(error: unknown): RefusedStatement | null {
  for (let current = error, depth = 0; current instanceof Error && depth < 10; current = current.cause, depth++) {
    if (current instanceof RefusedStatement) return current;
  }
  return null;
}
