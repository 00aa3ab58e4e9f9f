import type { Json, JsonObject } from "../../contracts/json.ts";
import type {
  ExposureNode,
  GenericResource,
  GraphNode,
  ManifestNode,
  SourceNode,
  UnitTestNode,
} from "../../contracts/manifest.ts";
import { equal } from "../../shared/json-equal.ts";
import { isRecord } from "../../shared/objects.ts";
import type { Contracts } from "./contract-changes.ts";

/** What each `state:modified.*` compares. Source: https://docs.getdbt.com/reference/node-selection/state-selection */

export interface Comparing {
  readonly contracts: Contracts;
  readonly warn: (name: string, code: string, message: string) => void;
  /** `state_modified_compare_more_unrendered_values`: sources are compared by what is written, not by what it came to. */
  readonly byUnrendered: boolean;
}

/** Nodes with code or data: models, seeds, snapshots, tests, analyses, functions. */
export function isNode(node: GraphNode): node is ManifestNode {
  return "unrendered_config" in node && "checksum" in node && node.resource_type !== "unit_test";
}

function isGenericTest(node: ManifestNode): boolean {
  return node.resource_type === "test" && node.test_metadata !== undefined;
}

/** Whether what makes a node is what made it then. A source, exposure or metric that was not there yet counts as the same. */
export function sameContents(node: GraphNode, old: GraphNode | null, comparing: Comparing): boolean {
  switch (node.resource_type) {
    case "source":
      return old === null || sameSource(node as SourceNode, old as SourceNode, comparing);
    case "exposure":
      return old === null || sameExposure(node as ExposureNode, old as ExposureNode);
    case "metric":
      return old === null || (same(node, old, ["type", "description", "label"]) && sameConfig(node, old));
    case "semantic_model":
      return old === null || same(node, old, SEMANTIC_MODEL);
    case "saved_query":
      return old === null || sameSavedQuery(node as GenericResource, old as GenericResource);
    case "unit_test":
      return old !== null && (node as UnitTestNode).checksum === (old as UnitTestNode).checksum;
    default:
      return old !== null && sameNode(node, old as ManifestNode, comparing);
  }
}

const SEMANTIC_MODEL = [
  ...["model", "description", "defaults", "entities", "dimensions", "measures", "config", "primary_entity", "group"],
];

function sameNode(node: ManifestNode, old: ManifestNode, comparing: Comparing): boolean {
  if (isGenericTest(node)) return sameConfig(node, old) && same(node, old, ["fqn"]);
  const contract = sameContract(node, old, comparing);
  return (
    sameBody(node, old, comparing) &&
    sameConfig(node, old) &&
    samePersistedDescriptions(node, old) &&
    same(node, old, ["fqn"]) &&
    sameRelation(node, old, comparing) &&
    contract &&
    (node.resource_type !== "model" || same(node, old, ["latest_version", "access", "deprecation_date"])) &&
    ((node.resource_type as string) !== "function" || sameSignature(node, old))
  );
}

/** An older state may leave out what an argument does not have. */
function sameSignature(node: ManifestNode, old: ManifestNode): boolean {
  const whole = ({ arguments: own = [] }: ManifestNode): Json =>
    own.map((one) => ({ ...one, description: one.description ?? null, default_value: one.default_value ?? null }));
  return equal(whole(node), whole(old)) && same(node, old, ["returns"]);
}

export function sameBody(node: ManifestNode, old: ManifestNode, { warn }: Comparing): boolean {
  if (node.resource_type !== "seed") return node.raw_code === old.raw_code;
  const isSame = node.checksum.name === old.checksum.name && node.checksum.checksum === old.checksum.checksum;
  if (node.checksum.name !== "path") return isSame;
  const seed = `Found a seed (${node.package_name}.${node.name}) >1MB in size`;
  if (old.checksum.name !== "path")
    warn("SeedIncreased", "DH1622", `${seed}. The previous file was <=1MB, so it has changed`);
  else if (isSame)
    warn(
      "SeedExceedsLimitSamePath",
      "DH1622",
      `${seed} at the same path, dbt cannot tell if it has changed: assuming they are the same`,
    );
  else
    warn(
      "SeedExceedsLimitAndPathChanged",
      "DH1622",
      `${seed}. The previous file was in a different location, assuming it has changed`,
    );
  return isSame;
}

/** Names as configured: what they come to in another target is no change. */
export function sameRelation(node: ManifestNode | SourceNode, old: GraphNode, { byUnrendered }: Comparing): boolean {
  if (node.resource_type === "source") {
    const place = byUnrendered ? ["unrendered_database", "unrendered_schema"] : ["database", "schema"];
    return same(node, old, [...place, "identifier"]);
  }
  const then = unrendered(old);
  return ["database", "schema", "alias"].every((key) => equal(node.unrendered_config[key], then[key]));
}

/** Only of descriptions that the database holds. */
export function samePersistedDescriptions(node: ManifestNode, old: ManifestNode): boolean {
  const persisted = node.resource_type === "test" ? null : node.config["persist_docs"];
  if (!isRecord(persisted)) return true;
  const isOn = (key: string): boolean => Boolean(persisted[key]);
  if (isOn("relation") && node.description !== old.description) return false;
  const ofColumns = ({ columns }: ManifestNode): JsonObject =>
    Object.fromEntries(Object.entries(columns).map(([name, { description }]) => [name, description]));
  return !isOn("columns") || equal(ofColumns(node), ofColumns(old));
}

export function sameContract(node: ManifestNode, old: ManifestNode, { contracts }: Comparing): boolean {
  return node.resource_type !== "model" || contracts.isSame(node, old);
}

/** What a config says of a test's outcome. */
const TEST_KEYS = [
  ...["severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as"],
];
/** Keys that are no change of a config: a relation's names are compared as such, tags and groups not at all. */
const NOT_COMPARED: Readonly<Record<string, readonly string[]>> = {
  source: [],
  exposure: [],
  metric: ["group"],
};
const NOT_COMPARED_IN_NODES = ["alias", "schema", "database", "tags", "group"];

/** As written, before rendering; a key that is written with its default differs from one that is not. */
export function sameConfig(node: GraphNode, old: GraphNode): boolean {
  if (node.resource_type === "semantic_model" || node.resource_type === "saved_query")
    return same(node, old, ["config"]);
  const [now, then] = [unrendered(node), unrendered(old)];
  const sameKey = (key: string): boolean =>
    Object.hasOwn(now, key) === Object.hasOwn(then, key) && equal(now[key], then[key]);
  if (node.resource_type === "test") return TEST_KEYS.every(sameKey);
  const without = NOT_COMPARED[node.resource_type] ?? NOT_COMPARED_IN_NODES;
  return [...Object.keys(now), ...Object.keys(then)].every((key) => without.includes(key) || sameKey(key));
}

function sameSource(node: SourceNode, old: SourceNode, comparing: Comparing): boolean {
  return (
    sameRelation(node, old, comparing) &&
    sameConfig(node, old) &&
    same(node, old, ["fqn", "quoting", "freshness", "loaded_at_field", "external"])
  );
}

function sameExposure(node: ExposureNode, old: ExposureNode): boolean {
  const parents = (exposure: ExposureNode): string[] => [...new Set(exposure.depends_on.nodes)].sort();
  return (
    same(node, old, ["fqn", "type", "owner", "maturity", "url", "description", "label"]) &&
    equal(parents(node), parents(old)) &&
    sameConfig(node, old)
  );
}

function sameSavedQuery(node: GenericResource, old: GenericResource): boolean {
  const query = (from: GenericResource): JsonObject => record(from["query_params"]);
  const exports = (from: GenericResource): Json[] =>
    (Array.isArray(from["exports"]) ? (from["exports"] as Json[]) : []).map((entry) => {
      const { name, unrendered_config: config } = record(entry);
      const { export_as, schema, alias } = record(config);
      return [name ?? null, export_as ?? null, schema ?? null, alias ?? null];
    });
  return (
    same(node, old, ["description", "label", "config", "group", "tags"]) &&
    ["metrics", "group_by", "where"].every((key) => equal(query(node)[key], query(old)[key])) &&
    equal(exports(node), exports(old))
  );
}

function record(value: unknown): JsonObject {
  return isRecord(value) ? (value as JsonObject) : {};
}

function unrendered(node: GraphNode): JsonObject {
  return "unrendered_config" in node ? record(node.unrendered_config) : {};
}

function same(a: GraphNode, b: GraphNode, keys: readonly string[]): boolean {
  const [now, then] = [a, b] as unknown as [JsonObject, JsonObject];
  return keys.every((key) => equal(now[key], then[key]));
}
