import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import { asList, isRecord } from "../shared/objects.ts";

const UNIQUE = new Set(["unique", "unique_combination_of_columns"]);

/** Fills in `primary_key` of every model: from its constraints, else from its tests. */
export function inferPrimaryKeys(manifest: Manifest): void {
  const tests = testsByModel(manifest);
  for (const node of Object.values(manifest.nodes))
    if (node.resource_type === "model") node.primary_key = primaryKey(node, tests.get(node.unique_id) ?? []).sort();
}

function testsByModel(manifest: Manifest): Map<string, ManifestNode[]> {
  const found = new Map<string, ManifestNode[]>();
  const disabled = Object.values(manifest.disabled).flat();
  for (const node of [...Object.values(manifest.nodes), ...disabled]) {
    if (node.resource_type !== "test" || !("attached_node" in node) || !node.attached_node) continue;
    const list = found.get(node.attached_node) ?? [];
    list.push(node);
    found.set(node.attached_node, list);
  }
  return found;
}

/**
 * The columns by which a model's rows are known. In this order: a primary key among the constraints; columns tested to
 * be unique and not null; columns tested to be unique; columns with a unique test that is switched off.
 */
export function primaryKey(node: ManifestNode, tests: readonly ManifestNode[]): string[] {
  return fromConstraints(node) ?? fromTests(tests);
}

function fromConstraints(node: ManifestNode): string[] | null {
  for (const constraint of node.constraints ?? [])
    if (constraint["type"] === "primary_key") return asList(constraint["columns"] as string[]).slice();
  const column = Object.values(node.columns).find((entry) =>
    entry.constraints.some((constraint) => constraint["type"] === "primary_key"),
  );
  return column === undefined ? null : [column.name];
}

function fromTests(tests: readonly ManifestNode[]): string[] {
  const unique = new Set<string>();
  const switchedOff = new Set<string>();
  const notNull = new Set<string>();
  for (const test of tests) {
    const name = test.test_metadata?.name ?? "";
    for (const column of testedColumns(test)) {
      if (UNIQUE.has(name)) (test.config["enabled"] === false ? switchedOff : unique).add(column);
      else if (name === "not_null") notNull.add(column);
    }
  }
  const both = [...notNull].filter((column) => unique.has(column) || switchedOff.has(column));
  if (both.length > 0) return both;
  return [...(unique.size > 0 ? unique : switchedOff)];
}

function testedColumns(test: ManifestNode): string[] {
  const kwargs = test.test_metadata?.kwargs;
  if (!isRecord(kwargs)) return [];
  if (typeof kwargs["column_name"] === "string") return [kwargs["column_name"]];
  const combination = kwargs["combination_of_columns"];
  return Array.isArray(combination) ? combination.filter((column) => typeof column === "string") : [];
}
