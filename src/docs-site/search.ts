import type { Column } from "./artifacts.ts";
import { isListed, type Project, type Resource } from "./project.ts";
import { isGiven } from "./given.ts";

export interface Hit {
  readonly resource: Resource;
  readonly score: number;
  /** Where it was found, beside the name: `column amount`, `description`. */
  readonly where: string | null;
  /** The text around what was found. */
  readonly snippet: string | null;
}

interface Field {
  readonly name: string;
  readonly weight: number;
  readonly text: string;
  readonly lower: string;
}

interface Searched {
  readonly resource: Resource;
  readonly label: string;
  readonly fields: readonly Field[];
}

export type Index = readonly Searched[];

/** Texts in lower case are kept: to look through those of 10,000 models takes some ten milliseconds, and no index is needed. */
export function buildIndex({ resources }: Project): Index {
  return [...resources.values()].filter(isListed).map((resource) => ({
    resource,
    label: resource.label.toLowerCase(),
    fields: fieldsOf(resource),
  }));
}

function fieldsOf({ id, entry, table }: Resource): Field[] {
  const declared: readonly Column[] = Object.values(entry.columns ?? {});
  const names = new Set([...declared, ...Object.values(table?.columns ?? {})].map(({ name }) => name));
  return [
    ...(entry.tags ?? []).map((tag) => field("tag", 30, tag)),
    ...[...names].map((name) => field("column", 20, name)),
    field("unique id", 12, id),
    field("relation", 12, entry.relation_name),
    field("label", 15, entry.label),
    field("description", 10, entry.description),
    field("description of the source", 6, entry.source_description),
    ...declared.map((column) => field(`description of ${column.name}`, 6, column.description)),
    field("code", 3, entry.raw_code ?? entry.macro_sql),
    field("compiled code", 2, entry.compiled_code),
  ].filter(({ text }) => text !== "");
}

function field(name: string, weight: number, value: string | null | undefined): Field {
  const text = value ?? "";
  return { name, weight, text, lower: text.toLowerCase() };
}

/** Every word has to be found somewhere; `tag:`, `type:` and `package:` narrow the search. The best hits come first. */
export function search(index: Index, query: string): Hit[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits: Hit[] = [];
  for (const searched of index) {
    const found = words.map((word) => find(searched, word));
    if (!found.every((one) => one !== null)) continue;
    const score = found.reduce((sum, one) => sum + one.score, 0);
    const told = found.find(({ field }) => field !== null) ?? null;
    hits.push({ resource: searched.resource, score, where: whereOf(told), snippet: told && snippetOf(told) });
  }
  return hits.sort((a, b) => b.score - a.score || compare(a.resource.label, b.resource.label));
}

interface Found {
  readonly score: number;
  readonly field: Field | null;
  readonly at: number;
  readonly length: number;
}

function find({ resource, label, fields }: Searched, word: string): Found | null {
  const narrowed = /^(tag|type|package):(.+)$/.exec(word);
  if (narrowed !== null) return fits(resource, narrowed[1] ?? "", narrowed[2] ?? "") ? named(0) : null;
  const usual = TYPE_WEIGHT[resource.type] ?? 0;
  if (label === word || resource.entry.name.toLowerCase() === word) return named(200 + usual);
  if (label.startsWith(word)) return named(120 + usual);
  if (label.includes(word)) return named(80 + usual);
  let best: Found | null = null;
  for (const one of fields) {
    if (best !== null && best.score >= one.weight + usual) continue;
    const at = one.lower.indexOf(word);
    if (at >= 0) best = { score: one.weight + usual, field: one, at, length: word.length };
  }
  return best;
}

/** Of two hits of one kind, that in a model is wanted more often than that in a macro; the names of tests repeat columns. */
const TYPE_WEIGHT: Readonly<Record<string, number>> = {
  model: 4,
  source: 3,
  seed: 3,
  snapshot: 3,
  test: -75,
  macro: -1,
};

function named(score: number): Found {
  return { score, field: null, at: 0, length: 0 };
}

function fits({ type, entry }: Resource, key: string, value: string): boolean {
  if (key === "type") return type === value;
  if (key === "package") return entry.package_name.toLowerCase() === value;
  return (entry.tags ?? []).some((tag) => tag.toLowerCase() === value);
}

function whereOf(found: Found | null): string | null {
  if (!isGiven(found?.field)) return null;
  const { name, text } = found.field;
  return name === "column" || name === "tag" ? `${name} ${text}` : name;
}

const AROUND = 60;

function snippetOf({ field: one, at, length }: Found): string | null {
  if (one === null || one.name === "column" || one.name === "tag") return null;
  const from = Math.max(0, at - AROUND);
  const to = Math.min(one.text.length, at + length + AROUND);
  const part = one.text.slice(from, to).replaceAll(/\s+/g, " ").trim();
  return `${from > 0 ? "…" : ""}${part}${to < one.text.length ? "…" : ""}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
