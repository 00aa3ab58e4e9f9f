import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import type { RunEvent } from "../contracts/events.ts";
import { RunningCalls } from "./running-calls.ts";
import { FlightError, STATUS } from "./status.ts";

const NONE = { queries: Infinity, rows: Infinity, bytes: Infinity, seconds: Infinity };
const EXHAUSTED = expect.objectContaining({ code: STATUS.RESOURCE_EXHAUSTED }) as unknown;

function calls(limits: Partial<typeof NONE>): {
  running: RunningCalls;
  of: (user: string) => EventEmitter;
  log: RunEvent[];
} {
  const log: RunEvent[] = [];
  const running = new RunningCalls({ ...NONE, ...limits }, (event) => log.push(event));
  const of = (user: string): EventEmitter => {
    const call = new EventEmitter();
    running.begin(call, "DoGet", user);
    return call;
  };
  return { running, of, log };
}

test("a user has so many queries at once, and others have their own", async () => {
  const { running, of } = calls({ queries: 1 });
  let finish = (): void => undefined;
  const first = running.run(of("ann"), null, () => new Promise<void>((done) => (finish = done)));
  await expect(running.run(of("ann"), null, () => Promise.resolve())).rejects.toEqual(EXHAUSTED);
  await running.run(of("bob"), null, () => Promise.resolve());
  finish();
  await first;
  await running.run(of("ann"), null, () => Promise.resolve());
});

test("rows and bytes are counted, time ends the work", async () => {
  const counted = async (limits: Partial<typeof NONE>, rows: number, bytes: number): Promise<void> => {
    const { running, of } = calls(limits);
    await running.run(of("ann"), null, async ({ count }) => {
      await Promise.resolve();
      count(1, 1);
      count(rows - 1, bytes - 1);
    });
  };
  await counted({ rows: 10, bytes: 10 }, 10, 10);
  await expect(counted({ rows: 10 }, 11, 1)).rejects.toEqual(EXHAUSTED);
  await expect(counted({ bytes: 10 }, 1, 11)).rejects.toEqual(EXHAUSTED);
  const { running, of } = calls({ seconds: 0.001 });
  const endless = running.run(
    of("ann"),
    null,
    ({ signal }) =>
      new Promise((_, failed) => signal.addEventListener("abort", () => failed(new FlightError("CANCELLED", "")))),
  );
  await expect(endless).rejects.toEqual(EXHAUSTED);
});

test("a call is logged with its user and query, as words and as data", async () => {
  const { running, of, log } = calls({});
  const call = of("ann");
  await running.run(call, "q1", ({ count, note }) => {
    count(3, 50);
    note("on duckdb (small)");
    return Promise.resolve();
  });
  running.end(call, "OK");
  expect(log).toEqual([
    {
      ...{ kind: "log", level: "info" },
      message: expect.stringMatching(/^DoGet of ann \(q1\) on duckdb \(small\): OK, 3 rows, \d+ ms$/) as string,
      data: {
        ...{ call: "DoGet", user: "ann", query_id: "q1", status: "OK", rows: 3, bytes: 50 },
        duration_ms: expect.any(Number) as number,
      },
    },
  ]);
});

test("what fails at once is over: it counts no longer, and nothing waits for its time", async () => {
  const { running, of } = calls({ queries: 1, seconds: 3600 });
  const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const broken = running.run(of("ann"), null, () => {
    throw new Error("no descriptor");
  });
  await expect(broken).rejects.toThrow("no descriptor");
  expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBe(before);
  await running.run(of("ann"), null, () => Promise.resolve());
});
