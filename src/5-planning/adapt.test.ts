import { expect, test } from "vitest";
import type { NodeSample } from "../contracts/history.ts";
import { ROUTER_DEFAULTS, type RouterSettings } from "../contracts/routing.ts";
import { Advisor } from "./adapt.ts";
import { CostModel } from "./cost-model.ts";
import { planEngines, type EnginePlan } from "./plan-engines.ts";
import type { BuiltNode, SourceFacts } from "./planned-node.ts";

const NOW = new Date("2026-02-01T00:00:00.000Z");
const LAKE: SourceFacts = {
  name: "lake.beds",
  unique_id: "source.p.lake.beds",
  lives_on: "iceberg",
  format: "iceberg",
  rows: 1_000_000,
  bytes: null,
  readableBy: ["trino", "duckdb"],
};

function samples(engine: string, seconds: number, change: Partial<NodeSample> = {}, count = 3): NodeSample[] {
  const sample: NodeSample = {
    target: "prod",
    node: "model.p.a",
    engine,
    at: "2026-01-31T00:00:00.000Z",
    status: "success",
    seconds,
    catalog: "lake",
    input_rows: 1_000_000,
    rows: 10,
    checksum: "x",
    build: "full",
    ...change,
  };
  return Array.from({ length: count }, () => sample);
}

function node(change: Partial<BuiltNode> = {}, router: Partial<RouterSettings> = {}): BuiltNode {
  return {
    id: "model.p.a",
    name: "a",
    schema: "s",
    path: "a.sql",
    file: "models/a.sql",
    materialized: "table",
    config: {},
    wantsCatalog: false,
    parents: ["source.p.lake.beds"],
    settings: { ...ROUTER_DEFAULTS, policy: "adaptive", ...router },
    shape: null,
    impossible: {},
    safeOnly: null,
    hazards: [],
    translatesFrom: null,
    measured: null,
    checksum: "x",
    build: "full",
    isBuiltNow: true,
    standing: null,
    ...change,
  };
}

function plan(nodes: readonly BuiltNode[], history: readonly NodeSample[], mayTry = false, source = LAKE): EnginePlan {
  return planEngines({
    nodes,
    sources: new Map([["source.p.lake.beds", source]]),
    engines: ["trino", "duckdb"],
    defaultEngine: "trino",
    homeOf: { trino: "iceberg", duckdb: "duckdb" },
    advisor: new Advisor(new CostModel(history, 3), NOW),
    explore: mayTry ? 0.1 : 0,
  });
}

const chosen = (made: EnginePlan, id = "model.p.a"): string => {
  const { engine = "", rule = "" } = made.decisions.get(id) ?? {};
  return `${engine} ${rule}`;
};

const FASTER = [...samples("trino", 2), ...samples("duckdb", 0.5)];

test("an engine that was measured to be faster takes the node, and the decision says by how much", () => {
  const made = plan([node()], FASTER);
  expect(made.decisions.get("model.p.a")).toMatchObject({
    engine: "duckdb",
    rule: "adaptive",
    reason: "0.50s on duckdb (median of 3 builds), against 2.00s on trino (median of 3 builds)",
    overruled: { rule: "iceberg", engine: "trino", expected_gain_s: 1.5 },
  });
});

test("its table stays in the catalog where the rules have it, so that nothing changes for its readers", () => {
  const reader = node({ id: "model.p.b", name: "b", parents: ["model.p.a"] });
  const made = plan([node(), reader], FASTER);
  expect(made.decisions.get("model.p.b")?.inputs).toMatchObject([{ name: "a", lives_on: "iceberg" }]);
  expect(chosen(made, "model.p.b")).toBe("trino iceberg");
});

test.each([
  ["two builds there are too few", [...samples("trino", 2), ...samples("duckdb", 0.5, {}, 2)]],
  ["two builds here are too few", [...samples("trino", 2, {}, 2), ...samples("duckdb", 0.5)]],
  ["it is not faster by enough", [...samples("trino", 2), ...samples("duckdb", 1.95)]],
  ["it gains too little", [...samples("trino", 0.06), ...samples("duckdb", 0.02)]],
  ["it ran out of memory there", [...FASTER, ...samples("duckdb", 9, { status: "exhausted" }, 1)]],
])("the rules stand where %s", (_, history) => {
  expect(chosen(plan([node()], history))).toBe("trino iceberg");
});

test.each([
  ["a pin", node({ config: { engine: "trino" } }), "trino config"],
  ["a dialect", node({ safeOnly: { engine: "trino", reason: "" } }), "trino dialect"],
  ["what only one engine can do", node({ impossible: { duckdb: "no" } }), "trino only-engine"],
  ["a view, whose readers pay for it", node({ materialized: "view" }), "trino iceberg"],
])("%s is not overruled", (_, own, expected) => {
  expect(chosen(plan([own], FASTER))).toBe(expected);
});

test("by the rules alone, what adaptive would have gained is only told", () => {
  const made = plan([node({}, { policy: "rules" })], FASTER);
  expect(chosen(made)).toBe("trino iceberg");
  expect(made.unheeded.get("model.p.a")).toMatchObject({ engine: "duckdb", expectedGain: 1.5 });
});

test("copies that an engine needs count as its time", () => {
  const local: SourceFacts = { ...LAKE, lives_on: "duckdb", format: "table", readableBy: ["duckdb"] };
  const history = [...samples("duckdb", 5), ...samples("trino", 1)];
  // A million rows take 6.7 seconds to copy where nothing else is known.
  expect(chosen(plan([node()], history, false, local))).toBe("duckdb local-tables");
  const copies = samples("duckdb", 1, { node: "transfer.source.p.lake.beds" });
  expect(chosen(plan([node()], [...history, ...copies], false, local))).toBe("trino adaptive");
});

test("an incremental model goes only where that pays for taking its rows along", () => {
  const build = { build: "increment" } as const;
  const history = [...samples("trino", 2, build), ...samples("duckdb", 0.5, build)];
  const own = (rows: number): BuiltNode =>
    node({ materialized: "incremental", ...build, measured: { rows, bytes: null } });
  expect(chosen(plan([own(1_000)], history))).toBe("duckdb adaptive");
  expect(chosen(plan([own(100_000_000)], history))).toBe("trino iceberg");
});

const many = Array.from({ length: 20 }, (_, index) =>
  node({ id: `model.p.n${String(index)}`, name: `n${String(index)}` }),
);
const usual = many.flatMap(({ id }, index) => samples("trino", 1, { node: id, input_rows: 1_000_000 + index }));
const trials = (made: EnginePlan): string[] =>
  [...made.decisions.values()].filter(({ rule }) => rule === "adaptive").map(({ node: id }) => id);

test("a bounded share of the nodes is tried where nothing is known; nothing is where the history is not to be made", () => {
  expect(trials(plan(many, usual, true))).toHaveLength(2);
  expect(trials(plan(many, usual, false))).toEqual([]);
  const never = many.map((one) => ({ ...one, settings: { ...one.settings, adaptive_explore: 0 } }));
  expect(trials(plan(never, usual, true))).toEqual([]);
  const byRules = many.map((one) => ({ ...one, settings: { ...one.settings, policy: "rules" as const } }));
  expect(trials(plan(byRules, usual, true))).toEqual([]);
});

test("nothing is tried that is expected to take far longer, or that is known and not old", () => {
  const slow = many.flatMap(({ id }) => samples("duckdb", 4, { node: id }));
  expect(trials(plan(many, [...usual, ...slow], true))).toEqual([]);
  const old = many.flatMap(({ id }) => samples("duckdb", 1, { node: id, at: "2025-12-01T00:00:00.000Z" }));
  expect(trials(plan(many, [...usual, ...old], true))).toHaveLength(2);
});

test("what is known of some nodes sends the others along", () => {
  const fast = many
    .slice(0, 3)
    .flatMap(({ id }, index) => samples("duckdb", 0.1 + index / 100, { node: id, input_rows: 1_000_000 + index }));
  expect(trials(plan(many, [...usual, ...fast], false))).toHaveLength(20);
});

test("an engine that never could is not asked again: the one that took the node over has it", () => {
  const taken = (count: number, at = "2026-01-30T00:00:00.000Z"): NodeSample[] =>
    samples("duckdb", 2, { status: "taken over", at }, count);
  expect(chosen(plan([node()], taken(2)))).toBe("trino iceberg");
  const made = plan([node()], [...taken(3), ...samples("duckdb", 0.5, {}, 3)]);
  expect(chosen(made)).toBe("duckdb adaptive");
  expect(made.decisions.get("model.p.a")?.overruled).toMatchObject({ engine: "trino", expected_gain_s: 1.5 });
  expect(made.decisions.get("model.p.a")?.reason).toContain("duckdb has taken it over from trino 3 times");
  // It could, later; the text is another one; that was long ago; nothing is overruled by the rules alone.
  expect(chosen(plan([node()], [...taken(3), ...samples("trino", 3, {}, 1)]))).toBe("trino iceberg");
  expect(chosen(plan([node({ checksum: "y" })], taken(3)))).toBe("trino iceberg");
  expect(chosen(plan([node()], taken(3, "2025-12-01T00:00:00.000Z")))).toBe("trino iceberg");
  expect(chosen(plan([node({}, { policy: "rules" })], taken(3)))).toBe("trino iceberg");
});
