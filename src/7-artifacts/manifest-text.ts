import type { Manifest } from "../contracts/manifest.ts";
import { lazyObject } from "../shared/lazy-object.ts";
import { isRecord } from "../shared/objects.ts";
import { jsonPieces } from "./write-json.ts";
import { isOwn, manifestBody, OVERVIEW, UNCOMPILED, unpublishedFields } from "./write-manifest.ts";

/** A manifest as a parse left it, as text: what manifest.json has of it, and what has to stand beside that. */
export interface ManifestText {
  /** manifest.json without `metadata`, in UTF-8; no line ends in it. */
  readonly body: readonly Buffer[];
  readonly unpublished: Unpublished;
}

/** What manifest.json leaves out or cannot say, by section and unique id; for disabled resources a list. */
export type Unpublished = Readonly<Record<string, Readonly<Record<string, readonly OwnPart[]>>>>;

interface OwnPart {
  readonly fields: Record<string, unknown>;
  /** Paths of whole floats (1.0), which JSON does not tell from integers. */
  readonly floats?: readonly (readonly string[])[];
}

const SECTIONS = [
  "nodes",
  "sources",
  "macros",
  "exposures",
  "metrics",
  "groups",
  "saved_queries",
  "semantic_models",
  "unit_tests",
  "functions",
] as const;

/** Null: it holds something that JSON cannot give back. */
export function manifestText(manifest: Manifest): ManifestText | null {
  const unpublished: Record<string, Record<string, OwnPart[]>> = {};
  for (const section of [...SECTIONS, "disabled"] as const) {
    const parts: Record<string, OwnPart[]> = (unpublished[section] = {});
    for (const [id, entry] of Object.entries(manifest[section] as Record<string, object>)) {
      const own = (Array.isArray(entry) ? (entry as object[]) : [entry]).map(ownPart);
      if (own.includes(null)) return null;
      if (own.some((part) => part !== EMPTY)) parts[id] = own as OwnPart[];
    }
  }
  return { body: inUtf8(jsonPieces(manifestBody(manifest), 2)), unpublished };
}

const EMPTY: OwnPart = { fields: {} };
/** Named by every macro and never asked for once their dependencies are known. */
const FORGOTTEN = "_calls";

function ownPart(node: object): OwnPart | null {
  const fields: Record<string, unknown> = {};
  const floats: string[][] = [];
  let isEmpty = true;
  const unpublished = unpublishedFields(node);
  for (const key in node) {
    const value = (node as Record<string, unknown>)[key];
    if (key === FORGOTTEN || value === undefined) continue;
    const saying = inJson(value);
    if (saying === "impossible") return null;
    if (saying === "floats") findFloats(value, [key], floats);
    if (!(isOwn(key) || unpublished.has(key)) || key in UNCOMPILED) continue;
    fields[key] = value;
    isEmpty = false;
  }
  if (floats.length > 0) return { fields, floats };
  return isEmpty ? EMPTY : { fields };
}

type Saying = "exact" | "floats" | "impossible";

/** Whether JSON gives a value back: exactly, but for whole floats in it, or not at all. Asked of every value of a project. */
function inJson(value: unknown): Saying {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return "exact";
    case "number":
      return isSayable(value) ? "exact" : "impossible";
    case "object":
      break;
    default:
      return "impossible";
  }
  if (value === null) return "exact";
  if (value instanceof Number) return isSayable(value.valueOf()) ? "floats" : "impossible";
  let all: Saying = "exact";
  if (Array.isArray(value)) {
    for (const item of value as unknown[])
      if ((all = worse(all, item)) === "impossible" || item === undefined) return "impossible";
    return all;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return "impossible";
  for (const key in value) if ((all = worse(all, (value as Record<string, unknown>)[key])) === "impossible") return all;
  return all;
}

function worse(before: Saying, value: unknown): Saying {
  const saying = inJson(value);
  return saying === "exact" ? before : saying;
}

function isSayable(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function findFloats(value: unknown, path: readonly string[], floats: string[][]): void {
  if (value instanceof Number) floats.push([...path]);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) findFloats(item, [...path, key], floats);
}

const BATCH = 1 << 20;

function inUtf8(pieces: Iterable<string>): Buffer[] {
  const all: Buffer[] = [];
  let batch = "";
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH) continue;
    all.push(Buffer.from(batch));
    batch = "";
  }
  return [...all, Buffer.from(batch)];
}

/** The manifest as it was, from both parts as JSON. They are read when somebody looks at it. */
export function manifestFromText(body: Buffer, unpublished: Buffer): Manifest {
  const read = (): Manifest =>
    completed(
      JSON.parse(body.toString()) as Record<string, unknown>,
      JSON.parse(unpublished.toString()) as Unpublished,
    );
  return lazyObject<Manifest>([...SECTIONS, "disabled", "selectors", "metadata", "docs"], read);
}

function completed(body: Record<string, unknown>, unpublished: Unpublished): Manifest {
  for (const section of [...SECTIONS, "disabled"] as const) {
    const own = unpublished[section] ?? {};
    for (const [id, entry] of Object.entries(body[section] as Record<string, object>)) {
      const list = Array.isArray(entry) ? (entry as object[]) : [entry];
      list.forEach((node, index) => complete(node as Record<string, unknown>, own[id]?.[index] ?? EMPTY));
    }
  }
  const docs = Object.entries(body["docs"] as Manifest["docs"]).filter(([id]) => id !== OVERVIEW);
  const kept = [...SECTIONS, "disabled", "selectors"].map((section) => [section, body[section]]);
  return { ...(Object.fromEntries(kept) as Manifest), metadata: {}, docs: Object.fromEntries(docs) };
}

function complete(node: Record<string, unknown>, { fields, floats }: OwnPart): void {
  if ("compiled_path" in node) Object.assign(node, { ...UNCOMPILED, extra_ctes: [] });
  Object.assign(node, fields);
  for (const path of floats ?? []) {
    const last = path.at(-1) ?? "";
    let holder: unknown = node;
    for (const key of path.slice(0, -1)) holder = (holder as Record<string, unknown>)[key];
    if (isRecord(holder) || Array.isArray(holder)) {
      const record = holder as Record<string, unknown>;
      record[last] = Object(record[last]);
    }
  }
}
