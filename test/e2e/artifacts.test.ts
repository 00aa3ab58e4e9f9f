import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, run, temporaryFolder } from "../support/program.ts";

const HERE = join(ROOT, "test", "e2e");
/** What dbt wrote for the same project: scripts/check-artifacts.py --keys. */
const expected = JSON.parse(readFileSync(join(HERE, "artifact-keys.json"), "utf8")) as Record<string, string[]>;

const GROUPS = [
  "nodes",
  "sources",
  "macros",
  "docs",
  "exposures",
  "metrics",
  "groups",
  "unit_tests",
  "functions",
  "semantic_models",
  "saved_queries",
];

class Keys {
  private readonly found = new Map<string, Set<string>>();

  add(kind: string, value: unknown): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const names = this.found.get(kind) ?? new Set();
    for (const name of Object.keys(value)) names.add(name);
    this.found.set(kind, names);
  }

  addAll(kind: string, values: unknown): void {
    if (typeof values === "object" && values !== null) for (const value of Object.values(values)) this.add(kind, value);
  }

  sorted(): Record<string, string[]> {
    return Object.fromEntries([...this.found].sort().map(([kind, names]) => [kind, [...names].sort()]));
  }
}

function readJson(target: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(target, name), "utf8")) as Record<string, unknown>;
}

function addManifest(keys: Keys, target: string): void {
  const manifest = readJson(target, "manifest.json");
  keys.add("manifest", manifest);
  keys.add("manifest metadata", manifest["metadata"]);
  for (const group of GROUPS) {
    for (const node of Object.values(manifest[group] as Record<string, Record<string, unknown>>)) {
      if (node["package_name"] === "dbt" || node["package_name"] === "dbt_duckdb") continue;
      const kind = `${String(node["resource_type"])}${"test_metadata" in node ? " (generic)" : ""}`;
      keys.add(kind, node);
      keys.add(`${kind} config`, node["config"]);
      for (const part of ["columns", "dimensions", "measures", "entities"]) keys.addAll(`${kind} ${part}`, node[part]);
      keys.add(`${kind} type_params`, node["type_params"]);
    }
  }
}

function addOthers(keys: Keys, target: string): void {
  const parts = { "run_results.json": ["results"], "sources.json": ["results"], "catalog.json": ["nodes", "sources"] };
  for (const [name, lists] of Object.entries(parts)) {
    const content = readJson(target, name);
    keys.add(name, content);
    keys.add(`${name} metadata`, content["metadata"]);
    for (const part of lists) {
      for (const value of Object.values(content[part] as Record<string, Record<string, unknown>>)) {
        keys.add(`${name} ${part}`, value);
        keys.add(`${name} ${part} metadata`, value["metadata"]);
        keys.addAll(`${name} ${part} columns`, value["columns"]);
      }
    }
  }
}

test("artifacts have the keys that dbt writes, for every kind of node", async () => {
  using work = temporaryFolder();
  cpSync(join(HERE, "artifacts-project"), work.path, { recursive: true });
  for (const args of [["build"], ["source", "freshness"], ["docs", "generate"]]) {
    const done = await run(args, work.path);
    expect(done.code, `${args.join(" ")}\n${done.stdout}${done.stderr}`).not.toBe(2);
  }
  const keys = new Keys();
  const target = join(work.path, "target");
  addManifest(keys, target);
  addOthers(keys, target);
  expect(keys.sorted()).toEqual(expected);
});
