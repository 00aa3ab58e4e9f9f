import { expect, test } from "vitest";
import { schedule, type Step, type StepOutcome } from "./schedule.ts";

/** Runs steps and records what started, what was skipped and why, and how many ran at a time. */
async function record(
  edges: Record<string, string[]>,
  options: { concurrency?: number; outcome?: (id: string) => StepOutcome; stopAfter?: string } = {},
) {
  const log: string[] = [];
  let running = 0;
  let most = 0;
  let stopped = false;
  const steps: Step[] = Object.entries(edges).map(([id, dependsOn]) => ({ id, dependsOn }));
  await schedule({
    steps,
    concurrency: options.concurrency ?? 2,
    stopped: () => stopped,
    skip: (step, because) => log.push(`skip ${step.id} (${because ?? "stopped"})`),
    run: async (step) => {
      log.push(step.id);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (step.id === options.stopAfter) stopped = true;
      return options.outcome?.(step.id) ?? "done";
    },
  });
  return { log, most };
}

test("a step starts when all it depends on is done, in the order given", async () => {
  expect((await record({ a: [], b: ["a"], c: ["a", "b"], d: [] }, { concurrency: 1 })).log).toEqual([
    "a",
    "b",
    "c",
    "d",
  ]);
});

test("no more run at a time than allowed", async () => {
  const edges = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [String(index), []]));
  expect((await record(edges, { concurrency: 3 })).most).toBe(3);
});

test("a failure leaves out everything below it, and nothing else", async () => {
  const { log } = await record(
    { a: [], b: ["a"], c: ["b"], d: [] },
    { concurrency: 1, outcome: (id) => (id === "a" ? "failed" : "done") },
  );
  expect(log).toEqual(["a", "skip b (a)", "skip c (b)", "d"]);
});

test("a stop starts nothing new and names the rest", async () => {
  expect((await record({ a: [], b: ["a"], c: [] }, { concurrency: 1, stopAfter: "a" })).log).toEqual([
    "a",
    "skip b (stopped)",
    "skip c (stopped)",
  ]);
});

test("a bug in a step ends the schedule", async () => {
  await expect(
    schedule({
      steps: [{ id: "a", dependsOn: [] }],
      concurrency: 1,
      stopped: () => false,
      skip: () => undefined,
      run: () => Promise.reject(new Error("bug")),
    }),
  ).rejects.toThrow("bug");
});
