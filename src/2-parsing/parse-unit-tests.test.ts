import { expect, test } from "vitest";
import type { ManifestNode, UnitTestNode } from "../contracts/manifest.ts";
import { checkUnitTest } from "./parse-unit-tests.ts";

const model = (macros: string[], version: number | null = null): ManifestNode =>
  ({ name: "m", version, depends_on: { macros, nodes: [] } }) as unknown as ManifestNode;
const unitTest = (more: object): UnitTestNode =>
  ({ name: "t", versions: null, overrides: null, given: [], ...more }) as unknown as UnitTestNode;
const incremental = model(["macro.dbt.is_incremental"]);
const override = (value: unknown): object => ({ overrides: { macros: { is_incremental: value } } });

test.each([
  ["nothing of a plain model", {}, model([]), null],
  ["versions of a model with versions", { versions: { include: [1] } }, model([], 1), null],
  ["that it is a first run", override(false), incremental, null],
  ["what is there", { ...override(true), given: [{ input: "this" }] }, incremental, null],
  ["two rules for versions", { versions: { include: [1], exclude: [2] } }, model([], 1), "both include and exclude"],
  ["versions of a model without", { versions: { include: [1] } }, model([]), "should not have a versions include"],
  ["nothing of an incremental model", {}, incremental, "Boolean override for 'is_incremental' must be provided"],
  ["a text for a boolean", override("yes"), incremental, "Boolean override for 'is_incremental' must be provided"],
  ["nothing of what is there", override(true), incremental, "must have a 'this' input"],
])("a unit test says %s", (_, more, tested, problem) => {
  const found = checkUnitTest(unitTest(more), tested);
  if (problem === null) expect(found).toBeNull();
  else expect(found).toContain(problem);
});
