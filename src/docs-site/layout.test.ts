import { expect, test } from "vitest";
import { increasing, layersOf, layOut, type Box, type Edge } from "./layout.ts";

const boxes = (...ids: string[]): Box[] => ids.map((id) => ({ id, width: 100 }));

test("every node stands right of its parents, and what has none next to its first child", () => {
  const edges: Edge[] = [
    ["a", "b"],
    ["b", "c"],
    ["a", "c"],
    ["late", "c"],
  ];
  expect(Object.fromEntries(layersOf(boxes("c", "b", "a", "late"), edges))).toEqual({ a: 0, b: 1, c: 2, late: 1 });
  const { boxes: placed, edges: lines, width, height } = layOut(boxes("c", "b", "a", "late"), edges);
  const at = new Map(placed.map((box) => [box.id, box]));
  for (const [from, to] of edges) expect((at.get(from)?.x ?? 0) + 100).toBeLessThan(at.get(to)?.x ?? 0);
  for (const { x, y } of placed) expect(x >= 0 && x + 100 <= width && y >= 0 && y <= height).toBe(true);
  const long = lines.find(({ edge }) => edge[0] === "a" && edge[1] === "c");
  expect(long?.points.length).toBe(4);
  expect(long?.points.at(-1)).toEqual({ x: at.get("c")?.x, y: at.get("c")?.y });
});

test("nodes of a layer never overlap, however many there are", () => {
  const ids = Array.from({ length: 200 }, (_, index) => `n${index}`);
  const edges = ids.flatMap((id, index) =>
    index < 20 ? [] : [[`n${(index * 7) % 20}`, id] as const, [`n${index - 20}`, id] as const],
  );
  const { boxes: placed } = layOut(boxes(...ids), edges);
  expect(placed).toHaveLength(200);
  for (const left of new Set(placed.map(({ x }) => x))) {
    const rows = placed.filter(({ x }) => x === left).map(({ y }) => y);
    rows.sort((a, b) => a - b);
    for (const [index, y] of rows.slice(1).entries()) expect(y - (rows[index] ?? 0)).toBeGreaterThanOrEqual(39.9);
  }
});

test("edges of two rows do not cross where they need not", () => {
  const { boxes: placed } = layOut(boxes("a", "b", "c", "x", "y", "z"), [
    ["a", "z"],
    ["b", "y"],
    ["c", "x"],
  ]);
  const y = (id: string): number => placed.find((box) => box.id === id)?.y ?? 0;
  expect([y("a") - y("z"), y("b") - y("y"), y("c") - y("x")].map(Math.round)).toEqual([0, 0, 0]);
});

test("a circle and an edge to nowhere are drawn as far as they can be", () => {
  const { boxes: placed } = layOut(boxes("a", "b"), [
    ["a", "b"],
    ["b", "a"],
    ["a", "gone"],
  ]);
  expect(placed).toHaveLength(2);
});

test("numbers are put in order by moving as little as can be", () => {
  expect(increasing([1, 2, 3])).toEqual([1, 2, 3]);
  expect(increasing([3, 1, 5])).toEqual([2, 2, 5]);
  expect(increasing([4, 3, 2])).toEqual([3, 3, 3]);
});
