import { expect, test } from "vitest";
import { leavesOf } from "./content-version.ts";

const node = (name: string, descriptor: object, children: readonly object[] = [], details: string[] = []): object => ({
  name,
  descriptor,
  details,
  children,
});
const scan = (table: string, details: string[] = []): object => node("TableScan", { table }, [], details);
const leaves = (plan: object): string[] | null => {
  const found = leavesOf(plan as Record<string, unknown>);
  return found === null ? null : [...found.keys()].sort();
};

test("a plan's tables, each with the snapshot that it reads; values are none", () => {
  const join = node("InnerJoin", {}, [
    scan("lake:ward.beds$data@5525 constraint on [p]"),
    node("Project", {}, [scan("lake:ward.Wards$DATA@17"), node("Values", {})]),
  ]);
  expect(leaves(join)).toEqual(["lake.ward.beds", "lake.ward.wards"]);
});

test.each([
  ["a table without snapshots", scan("tpch:tiny:nation")],
  ["a table that nobody has written to", scan("lake:ward.empty$data")],
  ["a table of metadata", scan("lake:ward.beds$snapshots")],
  ["a function that makes rows", node("TableFunctionProcessor", { name: "sequence" })],
  ["chance", node("Filter", { filterPredicate: "(random() < double '0.1')" }, [scan("lake:ward.beds$data@1")])],
  ["a function of a catalog", node("Project", {}, [scan("lake:w.b$data@1")], ["x := memory.w.twice(x)"])],
])("%s: nothing can be told", (_, plan) => {
  expect(leaves(node("Output", {}, [plan]))).toBeNull();
});
