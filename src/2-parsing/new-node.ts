import type { JsonObject } from "../contracts/json.ts";
import type { ManifestNode, ResourceType } from "../contracts/manifest.ts";
import type { SourceFile } from "../contracts/project.ts";
import type { ParseState } from "./parse-state.ts";

export interface NewNode {
  readonly state: ParseState;
  readonly file: SourceFile;
  readonly resourceType: ResourceType;
  readonly name: string;
  readonly uniqueId: string;
  readonly fqn: string[];
  /** The path below the search path; where compiled code is written. */
  readonly path: string;
  readonly code: string;
  readonly line?: number;
  readonly column?: number;
}

/** A node with everything that does not depend on its config. */
export function newNode({
  state,
  file,
  resourceType,
  name,
  uniqueId,
  fqn,
  path,
  code,
  line,
  column,
}: NewNode): ManifestNode {
  const { target } = state.env.facts;
  const node: ManifestNode = {
    database: target.database,
    schema: target.schema,
    name,
    resource_type: resourceType,
    package_name: file.packageName,
    path,
    original_file_path: file.originalPath,
    unique_id: uniqueId,
    fqn,
    alias: name,
    checksum: file.checksum,
    config: {},
    tags: [],
    description: "",
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: state.createdAt,
    relation_name: null,
    raw_code: code,
    doc_blocks: [],
    language: "sql",
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: [] },
    contract: { enforced: false, alias_types: true, checksum: null },
    _line: line ?? 1,
    _column: column ?? 1,
  };
  return Object.assign(node, extraFields(resourceType, state, file));
}

function extraFields(type: ResourceType, state: ParseState, file: SourceFile): Partial<ManifestNode> {
  const compiled: Partial<ManifestNode> = {
    compiled_path: null,
    compiled: false,
    compiled_code: null,
    extra_ctes_injected: false,
    extra_ctes: [],
  };
  switch (type) {
    case "seed":
      return { root_path: state.env.facts.packageRoots[file.packageName] ?? state.env.facts.root };
    case "function":
      return { ...compiled, arguments: [] };
    case "model":
      return {
        ...compiled,
        access: "protected",
        constraints: [],
        version: null,
        latest_version: null,
        deprecation_date: null,
        primary_key: [],
        time_spine: null,
      };
    default:
      return compiled;
  }
}

/** [package, folder, …, name] from a path below a search path. */
export function fqnOf(packageName: string, relativePath: string, name: string): string[] {
  return [packageName, ...relativePath.split("/").slice(0, -1), name];
}

/** Copies what the final config says to the fields that dbt keeps at the node's own level too. */
export function applyConfigToNode(node: ManifestNode, unrendered: JsonObject): void {
  const { config } = node;
  for (const tag of config["tags"] as string[]) if (!node.tags.includes(tag)) node.tags.push(tag);
  const meta = config["meta"] as JsonObject;
  if (Object.keys(meta).length > 0) node.meta = meta;
  if (typeof config["group"] === "string") node.group = config["group"];
  if (node.resource_type === "model" && typeof config["access"] === "string") node.access = config["access"];
  const docs = config["docs"];
  if (docs !== null && typeof docs === "object" && !Array.isArray(docs)) {
    node.docs = {
      show: docs["show"] !== false,
      node_color: typeof docs["node_color"] === "string" ? docs["node_color"] : null,
    };
  }
  const contract = config["contract"];
  if (contract !== null && typeof contract === "object" && !Array.isArray(contract)) {
    node.contract = {
      enforced: contract["enforced"] === true,
      alias_types: contract["alias_types"] !== false,
      checksum: null,
    };
  }
  node.unrendered_config = unrendered;
}
