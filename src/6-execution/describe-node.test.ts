import { expect, test } from "vitest";
import type { UnitTestNode } from "../contracts/manifest.ts";
import { describeNode, finishedText, unitTestName } from "./describe-node.ts";

const unitTest = (version: number | null): UnitTestNode =>
  ({ resource_type: "unit_test", name: "counts", model: "orders", version }) as UnitTestNode;

test("a unit test of several versions of a model is told apart by them", () => {
  expect(unitTestName(unitTest(2))).toBe("counts_v2");
  expect(describeNode(unitTest(2))).toBe("unit_test orders::counts_v2");
  expect(finishedText(unitTest(2), "pass", 0)).toBe("PASS orders::counts_v2");
});

test("a unit test of a model without versions has its name alone", () => {
  expect(unitTestName(unitTest(null))).toBe("counts");
  expect(describeNode(unitTest(null))).toBe("unit_test orders::counts");
});
