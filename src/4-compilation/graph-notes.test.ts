import { expect, it } from "vitest";
import { fromPython, toPython } from "../context/convert.ts";
import type { JsonObject } from "../contracts/json.ts";
import { PyDateTime } from "../jinja/stdlib/datetime.ts";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { PyTimeDelta } from "../jinja/stdlib/timedelta.ts";
import { PyDict, pyRepr, type Value } from "../jinja/values.ts";
import { GraphNotes, mergeNotes } from "./graph-notes.ts";

const loaded = (): { notes: GraphNotes; graph: PyDict } => {
  const notes = new GraphNotes(() => toPython({ nodes: { a: 1 } }));
  return { notes, graph: notes.get() as PyDict };
};

it("says what was written into the graph, and only that", () => {
  const { notes, graph } = loaded();
  expect(notes.written()).toBeNull();
  graph.set("kit", PyDict.from({ rows: [1] }));
  expect(notes.written()).toEqual({ kit: { rows: [1] } });
});

it("takes in what other workers wrote, before and after the graph was asked for", () => {
  const early = new GraphNotes(() => toPython({ nodes: {} }));
  early.add({ kit: { a: 1 } });
  early.add({ kit: { b: 2 } });
  expect(fromPython(early.get())).toEqual({ nodes: {}, kit: { a: 1, b: 2 } });
  early.add({ kit: { b: 3, c: 4 } });
  expect(early.written()).toEqual({ kit: { a: 1, b: 3, c: 4 } });
});

it("keeps the entries of both when two jobs wrote side by side", () => {
  expect(mergeNotes({ kit: { a: { x: 1 } } }, { kit: { a: { y: 2 }, b: [3] } })).toEqual({
    kit: { a: { x: 1, y: 2 }, b: [3] },
  });
});

it("brings times and decimals to the other workers as what they were", () => {
  const { notes, graph } = loaded();
  const values = [
    new PyTimeDelta(1_500_000n),
    new PyDateTime({ year: 2024, month: 1, day: 2, hour: 3, minute: 4, second: 5, microsecond: 6 }),
    PyDecimal.parse("1.50"),
  ];
  graph.set("kit", PyDict.from({ values }));
  const other = loaded();
  other.notes.add(JSON.parse(JSON.stringify(notes.written())) as JsonObject);
  const kit = other.graph.get("kit") as PyDict;
  expect((kit.get("values") as Value[]).map((value) => pyRepr(value))).toEqual(values.map((value) => pyRepr(value)));
});
