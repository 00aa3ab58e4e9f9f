import { isAlias, isMap, isScalar, isSeq, visit, type Document, type LineCounter, type Pair, type YAMLMap } from "yaml";
import type { YamlPlace } from "./plain-yaml.ts";

/** A key that its mapping has more than once, and where it stands for the second time (third, …). */
export interface DuplicateKey extends YamlPlace {
  readonly key: string;
}

/**
 * The keys that are given twice, as dbt finds them: a mapping that begins with a merge (`<<: *base`) may repeat anything;
 * one that merges later counts what it takes over among its own. Source: dbt's checked YAML loader, measured.
 */
export function duplicateKeys(doc: Document, lines: LineCounter): DuplicateKey[] {
  const found: DuplicateKey[] = [];
  visit(doc, {
    Map: (_, map) => {
      if (isMerge(map.items[0])) return;
      const seen = new Set<unknown>();
      for (const { key } of flattened(map, doc)) {
        const value = isScalar(key) ? key.value : key;
        if (seen.has(value)) {
          const place = lines.linePos((isScalar(key) ? key.range?.[0] : undefined) ?? map.range?.[0] ?? 0);
          found.push({ key: String(value), line: place.line, column: place.col });
        }
        seen.add(value);
      }
    },
  });
  return found;
}

function isMerge(pair: Pair | undefined): boolean {
  const value = isScalar(pair?.key) ? pair.key.value : null;
  return value === "<<" || (typeof value === "symbol" && value.description === "<<");
}

/** The pairs that are merged in, then the mapping's own. */
function flattened(map: YAMLMap, doc: Document): Pair[] {
  const merged: Pair[] = [];
  const own: Pair[] = [];
  for (const pair of map.items) {
    if (!isMerge(pair)) own.push(pair);
    else for (const source of isSeq(pair.value) ? pair.value.items : [pair.value]) merged.push(...pairsOf(source, doc));
  }
  // A mapping that is merged twice over is there once.
  return [...new Set(merged), ...own];
}

function pairsOf(node: unknown, doc: Document): Pair[] {
  const target = isAlias(node) ? node.resolve(doc) : node;
  return isMap(target) ? flattened(target, doc) : [];
}
