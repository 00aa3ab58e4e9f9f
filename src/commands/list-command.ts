import type { Invocation } from "../contracts/invocation.ts";
import type { GraphNode, ManifestNode, SourceNode, UnitTestNode } from "../contracts/manifest.ts";
import { toPython } from "../context/convert.ts";
import { unitTestName } from "../6-execution/describe-node.ts";
import { publish } from "../7-artifacts/write-manifest.ts";
import { jsonDumps } from "../jinja/stdlib/json.ts";
import { OK, type CommandResult } from "./result.ts";
import { select } from "./select.ts";
import { openParsed, writeParsedManifest } from "./session.ts";
import { warn } from "./warn.ts";

export type ListOutput = "json" | "name" | "path" | "selector";

const LISTED = [
  "model",
  "snapshot",
  "seed",
  "test",
  "source",
  "exposure",
  "metric",
  "semantic_model",
  "saved_query",
  "unit_test",
  "function",
];
const LISTED_IF_ASKED = ["analysis"];
/** In the order of dbt's output, in which a tool may compare lines. */
const FIRST_KEYS = [
  ...["name", "resource_type", "package_name", "original_file_path", "unique_id", "source_name", "alias"],
];
const LAST_KEYS = ["config", "tags", "depends_on"];
const OWN_LAST_KEYS: Readonly<Record<string, readonly string[]>> = {
  source: ["tags", "config"],
  exposure: ["tags", "config", "depends_on"],
  metric: ["tags", "config", "depends_on"],
  semantic_model: ["depends_on", "config"],
  saved_query: ["config", "depends_on", "tags"],
  unit_test: ["depends_on", "config"],
};

function defaultKeys({ resource_type: type }: GraphNode): string[] {
  return [...FIRST_KEYS, ...(OWN_LAST_KEYS[type] ?? LAST_KEYS)];
}

/** ls: load → parse → select → print one line a node. */
export function listCommand(invocation: Invocation, output: ListOutput, keys: readonly string[]): CommandResult {
  const { session, text } = openParsed(invocation);
  writeParsedManifest(session, text);
  const { emit } = invocation;
  const selected = select(session, LISTED, LISTED_IF_ASKED, { withoutText: true });
  if (selected.size === 0) {
    warn(invocation, "NoNodesSelected", "DH1612", "No nodes selected!");
    return OK;
  }
  const nodes = [...selected].sort().flatMap((id) => session.graph.nodes.get(id) ?? []);
  for (const node of nodes) emit({ kind: "print", text: lineFor(node, output, keys) });
  return OK;
}

function lineFor(node: GraphNode, output: ListOutput, keys: readonly string[]): string {
  switch (output) {
    case "json":
      return jsonLine(node, keys.length === 0 ? defaultKeys(node) : keys);
    case "name":
      return node.resource_type === "source"
        ? `${(node as SourceNode).source_name}.${node.name}`
        : (node as ManifestNode).version
          ? `${node.name}.v${String((node as ManifestNode).version)}`
          : node.name;
    case "path":
      return node.original_file_path;
    case "selector":
      return selectorText(node);
  }
}

function selectorText(node: GraphNode): string {
  switch (node.resource_type) {
    case "source":
      return `source:${node.package_name}.${(node as SourceNode).source_name}.${node.name}`;
    case "exposure":
    case "metric":
    case "semantic_model":
    case "saved_query":
      return `${node.resource_type}:${node.package_name}.${node.name}`;
    case "unit_test":
      return `unit_test:${node.package_name}.${unitTestName(node as UnitTestNode)}`;
    default:
      return node.fqn.join(".");
  }
}

/** `--output-keys a config.materialized`. */
function jsonLine(node: GraphNode, keys: readonly string[]): string {
  const plain = publish(node);
  const result: Record<string, unknown> = {};
  for (const key of keys) {
    let value: unknown = plain;
    for (const part of key.split("."))
      value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
    if (value !== undefined) result[key] = value;
  }
  return jsonDumps(toPython(result));
}
