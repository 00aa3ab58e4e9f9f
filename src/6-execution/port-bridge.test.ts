import { MessageChannel, receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { PortBridge } from "./port-bridge.ts";
import { ANSWERED, CANCELLED, type ToWorker } from "./worker-protocol.ts";

type Slept = "ok" | "not-equal" | "timed-out";

/** A bridge whose sleeps go through `naps`, one after the other; each says how the sleep ended. */
function bridgeThrough(naps: ((main: MessagePort, flags: Int32Array) => Slept)[]): {
  bridge: PortBridge;
  main: MessagePort;
} {
  const { port1: worker, port2: main } = new MessageChannel();
  onTestFinished(() => worker.close());
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const nap = (): Slept => {
    const next = naps.shift();
    if (next === undefined) throw new Error("slept once too often");
    return next(main, flags);
  };
  return { bridge: new PortBridge(worker, flags, nap), main };
}

function answer(main: MessagePort, flags: Int32Array, value: unknown): Slept {
  main.postMessage({ type: "answer", value } satisfies ToWorker);
  Atomics.store(flags, ANSWERED, 1);
  return "ok";
}

test("a wake-up before the answer, meant for an earlier request, does not end the wait", () => {
  const { bridge, main } = bridgeThrough([
    (port, flags) => answer(port, flags, "first"),
    () => "ok",
    (port, flags) => answer(port, flags, "second"),
  ]);
  expect(bridge.request({ op: "graph" })).toBe("first");
  expect(bridge.request({ op: "graph" })).toBe("second");
  expect(receiveMessageOnPort(main)?.message).toEqual({ type: "request", request: { op: "graph" } });
});

test("an answer that was there before the thread fell asleep is taken", () => {
  const { bridge } = bridgeThrough([
    (port, flags) => {
      answer(port, flags, "early");
      return "not-equal";
    },
  ]);
  expect(bridge.request({ op: "graph" })).toBe("early");
});

test("a request that nobody answers ends with the run's cancelling", () => {
  const { bridge } = bridgeThrough([
    () => "timed-out",
    (_, flags) => {
      Atomics.store(flags, CANCELLED, 1);
      return "timed-out";
    },
  ]);
  expect(() => bridge.request({ op: "graph" })).toThrow("The run was cancelled");
  expect(() => bridge.request({ op: "graph" })).toThrow("The run was cancelled");
});
