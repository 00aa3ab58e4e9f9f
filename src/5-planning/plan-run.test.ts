import { expect, test } from "vitest";
import type { GraphNode, Manifest } from "../contracts/manifest.ts";
import { planRun } from "./plan-run.ts";

/** A tiny DAG: id → parents; the part before the dot is the kind of node. */
function plan(edges: Record<string, string[]>, selected: string[], testsGate: boolean) {
  const nodes = new Map(
    Object.keys(edges).map((id) => [
      id,
      { unique_id: id, resource_type: id.split(".")[0], config: {} } as unknown as GraphNode,
    ]),
  );
  const steps = planRun({
    manifest: {} as Manifest,
    nodes,
    parentsOf: (id) => edges[id] ?? [],
    childrenOf: (id) => Object.keys(edges).filter((other) => edges[other]?.includes(id)),
    selected: new Set(selected),
    testsGate,
  });
  return Object.fromEntries(steps.map((step) => [step.id, step]));
}

test("what is not selected is passed through, so that order holds across it", () => {
  const steps = plan({ "model.a": [], "model.b": ["model.a"], "model.c": ["model.b"] }, ["model.a", "model.c"], false);
  expect(steps["model.b"]).toMatchObject({ node: null, dependsOn: ["model.a"] });
  expect(steps["model.c"]?.node).not.toBeNull();
});

test("in a build what is below a model waits for the model's tests", () => {
  const edges = { "model.a": [], "model.b": ["model.a"], "test.a": ["model.a"] };
  expect(plan(edges, Object.keys(edges), true)["model.b"]?.dependsOn).toEqual(["model.a", "test.a"]);
  expect(plan(edges, Object.keys(edges), false)["model.b"]?.dependsOn).toEqual(["model.a"]);
});

test("exposures and functions do not wait for tests", () => {
  const edges = {
    "model.a": [],
    "model.b": ["model.a"],
    "exposure.e": ["model.a"],
    "function.f": ["model.a"],
    "test.a": ["model.a"],
    "test.ab": ["model.a", "model.b"],
    "exposure.below": ["model.b"],
  };
  const steps = plan(edges, Object.keys(edges), true);
  for (const id of ["exposure.e", "function.f"]) expect(steps[id]?.dependsOn).toEqual(["model.a"]);
  expect(steps["exposure.below"]?.dependsOn).toEqual(["model.b"]);
});

test("a test over two models holds up only what is below both", () => {
  const edges = {
    "model.a": [],
    "model.b": [],
    "test.ab": ["model.a", "model.b"],
    "model.c": ["model.a"],
    "model.d": ["model.c", "model.b"],
  };
  const steps = plan(edges, Object.keys(edges), true);
  expect(steps["model.c"]?.dependsOn).toEqual(["model.a"]);
  expect(steps["model.d"]?.dependsOn).toContain("test.ab");
});

test("a model waits for its unit tests, and they for what the model reads", () => {
  const edges = { "model.a": [], "model.b": ["model.a"], "unit_test.b": ["model.b"], "test.a": ["model.a"] };
  const steps = plan(edges, Object.keys(edges), true);
  expect(steps["unit_test.b"]?.dependsOn).toEqual(["model.a", "test.a"]);
  expect(steps["model.b"]?.dependsOn).toEqual(["model.a", "test.a", "unit_test.b"]);
});
