import type { Json, JsonObject } from "../contracts/json.ts";
import { fromPython, toPython } from "../context/convert.ts";
import { parseDate, parseDateTime } from "../context/decode-result.ts";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { PyTimeDelta } from "../jinja/stdlib/timedelta.ts";
import { PyDict, PyObject, pyStr, type Value } from "../jinja/values.ts";
import { isRecord } from "../shared/objects.ts";

/**
 * The `graph` of one worker, with what packages write into it. In dbt all nodes of a command share one graph, and some
 * packages keep what their tests found there until on-run-end. Here every worker has its own: what a job added travels
 * back with its result, and to the other workers with their next jobs.
 */
export class GraphNotes {
  private readonly load: () => Value;
  private graph: PyDict | null = null;
  private own: ReadonlySet<Value> = new Set();
  private early: JsonObject = {};

  constructor(load: () => Value) {
    this.load = load;
  }

  get(): Value {
    if (this.graph !== null) return this.graph;
    const graph = this.load();
    if (!(graph instanceof PyDict)) return graph;
    this.graph = graph;
    this.own = new Set(graph.keys());
    addTo(graph, this.early);
    return graph;
  }

  /** Takes in what other workers' jobs wrote. */
  add(notes: JsonObject): void {
    if (this.graph === null) this.early = mergeNotes(this.early, notes);
    else addTo(this.graph, notes);
  }

  /** Everything written so far; null where nothing was. */
  written(): JsonObject | null {
    if (this.graph === null || this.graph.size === this.own.size) return null;
    const notes: JsonObject = {};
    for (const [key, value] of this.graph.entries())
      if (typeof key === "string" && !this.own.has(key)) notes[key] = packed(value);
    return notes;
  }
}

/** Objects that JSON does not know are kept where they were made: elsewhere there is only their text. */
function addTo(dict: PyDict, notes: JsonObject): void {
  for (const [key, note] of Object.entries(notes)) {
    const before = dict.get(key);
    if (before instanceof PyDict && isRecord(note)) addTo(before, note);
    else if (!(before instanceof PyObject) || isPacked(note)) dict.set(key, unpacked(note));
  }
}

/** What marks a value that JSON has no form for: `{ "python value": "datetime.timedelta", "text": "…" }`. */
const MARK = "python value";

const UNPACK: Readonly<Record<string, (text: string) => Value>> = {
  "datetime.timedelta": (text) => new PyTimeDelta(BigInt(text)),
  "datetime.datetime": parseDateTime,
  "datetime.date": parseDate,
  "decimal.Decimal": (text) => PyDecimal.parse(text),
};

/** A value in a form that crosses the thread border; times and decimals are unpacked as what they were. */
function packed(value: Value): Json {
  if (value instanceof PyTimeDelta) return { [MARK]: value.pyType, text: String(value.micros) };
  if (value instanceof PyObject && UNPACK[value.pyType] !== undefined)
    return { [MARK]: value.pyType, text: pyStr(value) };
  if (Array.isArray(value)) return Array.from(value, packed);
  if (!(value instanceof PyDict)) return fromPython(value);
  const entries = [...value.entries()].map(([key, entry]): [string, Json] => [pyStr(key), packed(entry)]);
  return Object.fromEntries(entries);
}

function isPacked(note: Json | undefined): note is { [MARK]: string; text: string } {
  return isRecord(note) && typeof note[MARK] === "string";
}

function unpacked(note: Json): Value {
  if (isPacked(note)) return UNPACK[note[MARK]]?.(note.text) ?? note.text;
  if (Array.isArray(note)) return note.map(unpacked);
  if (!isRecord(note)) return toPython(note);
  return PyDict.fromEntries(Object.entries(note).map(([key, entry]) => [key, unpacked(entry)] as const));
}

/** Two jobs that ran side by side may both have added to one dict: neither's entries are lost. */
export function mergeNotes(a: JsonObject, b: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = merged[key];
    merged[key] = isRecord(before) && isRecord(value) ? mergeNotes(before, value) : value;
  }
  return merged;
}
