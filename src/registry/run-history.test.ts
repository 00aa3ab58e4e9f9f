import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { NodeSample } from "../contracts/history.ts";
import { appendHistory, readHistory, resetHistory } from "./run-history.ts";

let root = "";
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "history-"))));
afterEach(() => {
  rmSync(root, { recursive: true });
});

function sample(node: string, seconds: number, target = "prod"): NodeSample {
  return {
    target,
    node,
    engine: "duckdb",
    at: "2026-01-01T00:00:00.000Z",
    status: "success",
    seconds,
    catalog: null,
    input_rows: null,
    rows: null,
    checksum: "x".repeat(64),
    build: "full",
  };
}

test("builds are kept by target, and stay out of the project's version control", () => {
  appendHistory(root, [sample("a", 1), sample("a", 2, "dev")]);
  appendHistory(root, [sample("b", 3)]);
  expect(readHistory(root, "prod").map(({ node, seconds }) => [node, seconds])).toEqual([
    ["a", 1],
    ["b", 3],
  ]);
  expect(readFileSync(join(root, ".duckhouse", ".gitignore"), "utf8")).toBe("*\n");
  resetHistory(root);
  expect(readHistory(root, "prod")).toEqual([]);
});

test("what is no line of ours is left out", () => {
  appendHistory(root, [sample("a", 1)]);
  const path = join(root, ".duckhouse", "history.jsonl");
  appendFileSync(path, '{"v":2,"node":"a","engine":"e","target":"prod","seconds":1}\n[]\n{"v":1,"node":"cut');
  expect(readHistory(root, "prod")).toHaveLength(1);
});

test("a file that has grown keeps the newest builds of each node", () => {
  for (let round = 0; round < 9; round++)
    appendHistory(
      root,
      Array.from({ length: 1000 }, (_, index) => sample(`node${String(index % 10)}`, round * 1000 + index)),
    );
  const left = readHistory(root, "prod").filter(({ node }) => node === "node3");
  expect(left.length).toBeLessThan(900);
  expect(left.at(-1)?.seconds).toBe(8993);
  expect(existsSync(join(root, ".duckhouse", `history.jsonl.${String(process.pid)}`))).toBe(false);
});
