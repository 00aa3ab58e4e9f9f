import { expect, test } from "vitest";
import type { NodeSample } from "../contracts/history.ts";
import { CostModel } from "./cost-model.ts";

function sample(change: Partial<NodeSample>): NodeSample {
  return {
    target: "prod",
    node: "model.p.a",
    engine: "duckdb",
    at: "2026-01-01T00:00:00.000Z",
    status: "success",
    seconds: 1,
    catalog: null,
    input_rows: 1_000_000,
    rows: 10,
    checksum: "x",
    build: "full",
    ...change,
  };
}

const question = { node: "model.p.a", engine: "duckdb", checksum: "x", build: "full", inputRows: 1_000_000 } as const;
const times = (seconds: number[], change: Partial<NodeSample> = {}): NodeSample[] =>
  seconds.map((one) => sample({ seconds: one, ...change }));

test("with builds of its own enough, a node takes the median of the newest", () => {
  const history = times([90, 90, 90, 5, 1, 2, 3, 4]);
  expect(new CostModel(history, 3).estimate(question)).toEqual({ seconds: 3, high: 4, basis: "measured", samples: 5 });
});

test("builds of another text, of another kind, on another engine, or that failed do not count", () => {
  const others = [
    ...times([1, 1, 1], { checksum: "y" }),
    ...times([1, 1, 1], { build: "increment" }),
    ...times([1, 1, 1], { engine: "trino" }),
    ...times([1, 1, 1], { status: "exhausted" }),
  ];
  expect(new CostModel(others, 3).estimate(question)).toBeNull();
});

test("a full build grows with its input, an increment does not", () => {
  const grown = { ...question, inputRows: 4_000_000 };
  expect(new CostModel(times([1, 1, 1]), 3).estimate(grown)?.seconds).toBe(4);
  const increments = times([1, 1, 1], { build: "increment" });
  expect(new CostModel(increments, 3).estimate({ ...grown, build: "increment" })?.seconds).toBe(1);
});

/** 0.5 s for any query and 2 s for a million rows. */
const line = [0.1, 1, 4].map((millions) =>
  sample({ node: `model.p.n${String(millions)}`, seconds: 0.5 + 2 * millions, input_rows: millions * 1e6 }),
);

test("other nodes tell how an engine's time grows; from three of them on", () => {
  const estimate = new CostModel(line, 3).estimate({ ...question, inputRows: 2_000_000 });
  expect(estimate?.seconds).toBeCloseTo(4.5, 6);
  expect(estimate).toMatchObject({ basis: "modelled", samples: 0 });
  expect(estimate?.high).toBeCloseTo(4.5 * 1.5, 6);
  expect(new CostModel(line.slice(1), 3).estimate(question)).toBeNull();
  expect(new CostModel(line, 3).estimate({ ...question, inputRows: null })).toBeNull();
});

test("the first builds of its own pull what the others say towards them", () => {
  const model = new CostModel([...line, sample({ seconds: 20 })], 3);
  const { seconds = 0 } = model.estimate(question) ?? {};
  expect(seconds).toBeGreaterThan(2.5);
  expect(seconds).toBeLessThan(20);
});

test("an engine that ran out of memory is too small for as much input or more", () => {
  const model = new CostModel([sample({ status: "exhausted" })], 3);
  expect(model.isTooLarge(question)).toBe(true);
  expect(model.isTooLarge({ ...question, inputRows: 999_999 })).toBe(false);
  expect(model.isTooLarge({ ...question, engine: "trino" })).toBe(false);
});

test("a copy takes what it took, or its rows at the measured speed; of unknown size, nobody knows", () => {
  const copies = times([2, 2, 2], { node: "transfer.model.p.b", rows: 1_000_000 });
  const model = new CostModel(copies, 3);
  expect(model.copySeconds("model.p.b", "duckdb", 7)).toBe(2);
  expect(model.copySeconds("model.p.c", "duckdb", 2_000_000)).toBe(4);
  expect(model.copySeconds("model.p.c", "duckdb", null)).toBeNull();
});
