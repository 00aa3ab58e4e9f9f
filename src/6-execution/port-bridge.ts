import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { Bridge, BridgeAnswers, BridgeRequest } from "../contracts/bridge.ts";
import type { RunEvent } from "../contracts/events.ts";
import { ANSWERED, CANCELLED, type EngineFailure, type FromWorker, type ToWorker } from "./worker-protocol.ts";

/** A statement the engine refused, as templates and error messages see it. */
export class RefusedStatement extends Error {
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

type Wait = (flags: Int32Array, slot: number, value: number, ms: number) => "ok" | "not-equal" | "timed-out";

/** The blocking side of the bridge: post, wait on the flag, take the answer. The main thread posts before it notifies. */
export class PortBridge implements Bridge {
  private readonly port: MessagePort;
  private readonly flags: Int32Array;
  private readonly wait: Wait;

  /** A test puts its own `wait` in: what can happen while the thread sleeps then happens for certain. */
  constructor(port: MessagePort, flags: Int32Array, wait: Wait = (...args) => Atomics.wait(...args)) {
    this.port = port;
    this.flags = flags;
    this.wait = wait;
  }

  request<R extends BridgeRequest>(request: R): BridgeAnswers[R["op"]] {
    if (Atomics.load(this.flags, CANCELLED) === 1) throw new RefusedStatement(CANCEL, "");
    Atomics.store(this.flags, ANSWERED, 0);
    this.port.postMessage({ type: "request", request } satisfies FromWorker);
    // Only the flag says that the answer is there: a wake-up may be the late notification of the answer before.
    while (Atomics.load(this.flags, ANSWERED) === 0) {
      const slept = this.wait(this.flags, ANSWERED, 0, SLICE_MS) === "timed-out";
      // An engine that does not even answer to being interrupted must not hold the run.
      if (slept && Atomics.load(this.flags, CANCELLED) === 1) throw new RefusedStatement(CANCEL, "");
    }
    const message = receiveMessageOnPort(this.port)?.message as ToWorker | undefined;
    if (message === undefined || message.type === "job" || message.type === "end")
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
  hint: null,
  line: null,
  column: null,
  own: null,
};
