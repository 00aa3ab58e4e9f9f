import { deprecated } from "../contracts/deprecations.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { ExposureNode, GenericResource, GroupNode, RefArgs } from "../contracts/manifest.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import { checkConfig } from "./config-values.ts";
import { renderDescription } from "./docs.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import type { PropertyEntry, PropertyKey } from "./property-files.ts";
import {
  metricFields,
  metricOfMeasure,
  savedQueryFields,
  semanticModelFields,
  type Describe,
} from "./semantic-shapes.ts";
import { writtenReferences } from "./written-references.ts";

/** Exposures, groups, and what is kept for the artifacts only (metrics, semantic models, saved queries). */
export function parseResources(state: ParseState): void {
  const each = (key: PropertyKey, run: (entry: PropertyEntry) => void): void => {
    for (const entry of state.properties.ofKey(key))
      collecting(state, `${key} ${entry.name}`, entry.file.originalPath, () => run(entry));
  };
  each("groups", (entry) => addGroup(state, entry));
  each("exposures", (entry) => addExposure(state, entry));
  each("metrics", (entry) => addSemantic(state, entry, "metric"));
  each("semantic_models", (entry) => addSemantic(state, entry, "semantic_model"));
  each("saved_queries", (entry) => addSemantic(state, entry, "saved_query"));
}

function identity(
  entry: PropertyEntry,
  type: string,
): { unique_id: string; package_name: string; path: string; original_file_path: string; fqn: string[] } {
  const { file, name } = entry;
  return {
    unique_id: `${type}.${file.packageName}.${name}`,
    package_name: file.packageName,
    path: file.relativePath,
    original_file_path: file.originalPath,
    fqn: [file.packageName, ...file.relativePath.split("/").slice(0, -1), name],
  };
}

function record(value: Json | undefined): JsonObject {
  return isRecord(value) ? value : {};
}

function addGroup(state: ParseState, entry: PropertyEntry): void {
  const { unique_id, package_name, path, original_file_path, fqn } = identity(entry, "group");
  const owner = record(entry.data["owner"]);
  if (owner["name"] === undefined && owner["email"] === undefined) {
    fail("DH1303", `Group '${entry.name}' needs an owner with a name or an email`, entry.placeOf([]));
  }
  // A group takes what the project's `models:` say of its place: dbt has no tree for groups.
  const properties = record(entry.data["config"]);
  const config = state.configs.build({ resourceType: "group", packageName: package_name, fqn, properties, inFile: {} });
  const group: GroupNode = {
    name: entry.name,
    resource_type: "group",
    package_name,
    path,
    original_file_path,
    unique_id,
    owner: { email: owner["email"] ?? null, name: owner["name"] ?? null, ...owner },
    description: typeof entry.data["description"] === "string" ? entry.data["description"] : null,
    config,
  };
  state.manifest.groups[unique_id] = group;
}

/** As Python's `[\w-]+$` has it. */
const EXPOSURE_NAME = /^[\p{L}\p{N}_-]+\n?$/u;

function checkExposureName({ diagnostics }: ParseState, entry: PropertyEntry): void {
  if (EXPOSURE_NAME.test(entry.name)) return;
  const message = `the name '${entry.name}' of an exposure has other characters than letters, digits, _ and -`;
  const hint = "Rename it; its title for people is `label:`.";
  diagnostics.push(deprecated("ExposureNameDeprecation", message, entry.placeOf([]), hint));
}

function addExposure(state: ParseState, entry: PropertyEntry): void {
  const { data } = entry;
  const ids = identity(entry, "exposure");
  checkExposureName(state, entry);
  const description = renderDescription(state, data["description"], ids.package_name, ids.original_file_path);
  const properties = record(data["config"]);
  const request = {
    resourceType: "exposure" as const,
    packageName: ids.package_name,
    fqn: ids.fqn,
    properties,
    inFile: {},
  };
  const config = exposureConfig(state.configs.build(request), data);
  checkConfig("exposure", entry.name, config, entry.placeOf(["config"]));
  const depends = writtenReferences(data["depends_on"], ids.original_file_path);
  const exposure: ExposureNode = {
    name: entry.name,
    resource_type: "exposure",
    ...ids,
    type: asText(data["type"] ?? "dashboard"),
    owner: { email: null, name: null, ...record(data["owner"]) },
    description: description.text,
    label: typeof data["label"] === "string" ? data["label"] : null,
    maturity: typeof data["maturity"] === "string" ? data["maturity"] : null,
    meta: config["meta"] as JsonObject,
    tags: config["tags"] as string[],
    config,
    unrendered_config: state.configs.buildUnrendered(request),
    url: typeof data["url"] === "string" ? data["url"] : null,
    depends_on: { macros: [], nodes: [] },
    ...depends,
    created_at: state.createdAt,
  };
  if (config["enabled"] === false) {
    (state.manifest.disabled[ids.unique_id] ??= []).push(exposure);
    return;
  }
  const other = state.manifest.exposures[ids.unique_id];
  if (other !== undefined)
    fail(
      "DH1205",
      `dbt found two exposures with the name "${entry.name}".`,
      entry.placeOf([]),
      `The other one is in ${other.original_file_path}: rename or disable one.`,
    );
  state.manifest.exposures[ids.unique_id] = exposure;
}

/** An exposure's tags and meta beside its `config:` join those of its config. */
function exposureConfig(config: JsonObject, data: JsonObject): JsonObject {
  const tags = [...asList(data["tags"] as Json[]), ...asList(config["tags"] as Json[])].map(asText);
  return { ...config, tags: [...new Set(tags)].sort(), meta: { ...record(data["meta"]), ...record(config["meta"]) } };
}

type SemanticType = "metric" | "semantic_model" | "saved_query";

/** Metrics, semantic models and saved queries: kept for the artifacts, and for selection. */
function addSemantic(state: ParseState, entry: PropertyEntry, type: SemanticType, given?: JsonObject): void {
  const data = given ?? entry.data;
  const name = given === undefined ? entry.name : asText(given["name"]);
  const ids = identity({ ...entry, name }, type);
  const request = {
    resourceType: type,
    packageName: ids.package_name,
    fqn: ids.fqn,
    properties: record(data["config"]),
    inFile: {},
  };
  const config = state.configs.build(request);
  checkConfig(type, name, config, entry.placeOf(["config"]));
  const description = renderDescription(state, data["description"], ids.package_name, ids.original_file_path).text;
  if (type === "metric") checkMetric(data, name, entry);
  const describe = (text: Json): Json =>
    text === null ? null : renderDescription(state, text, ids.package_name, ids.original_file_path).text;
  const fields = semanticFields(state, type, data, config, describe);
  const resource: GenericResource = {
    ...fields,
    name,
    resource_type: type,
    ...ids,
    // A metric without a description has an empty one, the others have none.
    description: type === "metric" || typeof data["description"] === "string" ? description : null,
    depends_on: { macros: [], nodes: [] },
    refs: type === "semantic_model" ? modelRefs(data["model"], ids.original_file_path) : [],
    config,
    unrendered_config: state.configs.buildUnrendered(request),
    created_at: state.createdAt,
  };
  const { disabled, metrics, semantic_models, saved_queries } = state.manifest;
  const group = { metric: metrics, semantic_model: semantic_models, saved_query: saved_queries }[type];
  if (config["enabled"] === false) (disabled[ids.unique_id] ??= []).push(resource);
  else group[ids.unique_id] = resource;
  if (type === "semantic_model") addMetricsOfMeasures(state, entry, config);
}

/** A metric's name becomes part of SQL; one without a type is of the time before semantic models. */
function checkMetric(data: JsonObject, name: string, entry: PropertyEntry): void {
  const errors = [
    name.includes(" ") ? "cannot contain spaces" : "",
    name.length > 250 ? "cannot contain more than 250 characters" : "",
    /^[A-Za-z]/.test(name) ? "" : "must begin with a letter",
    /^[\p{L}\p{N}_]+$/u.test(name) ? "" : "must contain only letters, numbers and underscores",
  ].filter((error) => error !== "");
  if (errors.length > 0)
    fail("DH1216", `The metric name '${name}' is invalid.  It ${errors.join(", ")}`, entry.placeOf([]));
  if (data["type"] === undefined && data["type_params"] === undefined)
    fail("DH1216", `The metric '${name}' has no type and no type_params`, entry.placeOf([]), "type: simple");
}

function semanticFields(
  state: ParseState,
  type: SemanticType,
  data: JsonObject,
  config: JsonObject,
  describe: Describe,
): JsonObject {
  if (type === "metric") return metricFields(data, config);
  if (type === "semantic_model") return semanticModelFields(data, config, describe);
  const { target } = state.env.facts;
  return savedQueryFields(data, config, { database: target.database, schema: target.schema });
}

function modelRefs(model: Json | undefined, path: string): RefArgs[] {
  return model === undefined || model === null ? [] : writtenReferences([asText(model)], path).refs;
}

/** `create_metric: true` of a measure. */
function addMetricsOfMeasures(state: ParseState, entry: PropertyEntry, config: JsonObject): void {
  for (const measure of asList(entry.data["measures"] as Json[])) {
    if (!isRecord(measure) || measure["create_metric"] !== true) continue;
    const own = { enabled: config["enabled"] ?? true, meta: config["meta"] ?? {} };
    addSemantic(state, entry, "metric", { ...metricOfMeasure(measure), config: own });
  }
}
