import type { Json, JsonObject } from "../contracts/json.ts";
import type { NodeConfig, ResourceType } from "../contracts/manifest.ts";
import type { PackageConfig, Project } from "../contracts/project.ts";
import { asList, isRecord } from "../shared/objects.ts";
import { defaultConfig, mergeConfig, normaliseHook } from "./config-rules.ts";

const TREE_OF: Partial<Record<ResourceType, string>> = {
  seed: "seeds",
  snapshot: "snapshots",
  source: "sources",
  test: "data_tests",
  metric: "metrics",
  semantic_model: "semantic_models",
  saved_query: "saved_queries",
  exposure: "exposures",
  unit_test: "unit_tests",
  function: "functions",
};

export interface ConfigRequest {
  readonly resourceType: ResourceType;
  readonly packageName: string;
  readonly fqn: readonly string[];
  /** `config:` (and the like) of the property file. */
  readonly properties: JsonObject;
  /** What `config()` in the file said. */
  readonly inFile: JsonObject;
}

/**
 * Config precedence, weakest first: defaults, the node's own project file from the outer folder to the inner one,
 * property file, `config()` in the file, and for packages the root project's file.
 */
export class ConfigBuilder {
  private readonly packages: ReadonlyMap<string, PackageConfig>;
  private readonly rootName: string;

  constructor(project: Project) {
    this.packages = new Map(project.packages.map((config) => [config.name, config]));
    this.rootName = project.root.name;
  }

  build(request: ConfigRequest): NodeConfig {
    const config = defaultConfig(request.resourceType);
    for (const layer of this.layers(request, "resourceConfigs")) mergeConfig(config, layer);
    return finish(config, request.resourceType);
  }

  /** The same without rendering and without defaults; later levels replace earlier ones whole. */
  buildUnrendered(request: ConfigRequest): JsonObject {
    const config: JsonObject = {};
    for (const layer of this.layers(request, "unrenderedConfigs")) Object.assign(config, layer);
    return config;
  }

  private layers(request: ConfigRequest, trees: "resourceConfigs" | "unrenderedConfigs"): JsonObject[] {
    const own = this.projectLevels(request.packageName, request, trees);
    const root = request.packageName === this.rootName ? [] : this.projectLevels(this.rootName, request, trees);
    return [...own, request.properties, request.inFile, ...root];
  }

  private projectLevels(
    projectName: string,
    request: ConfigRequest,
    trees: "resourceConfigs" | "unrenderedConfigs",
  ): JsonObject[] {
    // As dbt compares functions: their unrendered config holds what the project says of its models.
    const isModels = request.resourceType === "function" && trees === "unrenderedConfigs";
    const tree = isModels ? "models" : (TREE_OF[request.resourceType] ?? "models");
    let level: Json | undefined = this.packages.get(projectName)?.[trees][tree];
    const levels: JsonObject[] = [];
    for (const part of [null, ...request.fqn]) {
      if (part !== null) level = isRecord(level) ? level[part] : undefined;
      if (!isRecord(level)) break;
      levels.push(levelConfig(level));
    }
    return levels;
  }
}

/** At one level of the tree, `+key` and plain values are config; a mapping without `+` is a folder. */
function levelConfig(level: JsonObject): JsonObject {
  const config: JsonObject = {};
  for (const [key, value] of Object.entries(level)) {
    if (key.startsWith("+")) config[key.slice(1).trim()] = value;
    else if (!isRecord(value)) config[key] = value;
  }
  return config;
}

function finish(config: JsonObject, type: ResourceType): NodeConfig {
  if (type === "group") return config;
  if (config["tags"] !== undefined) config["tags"] = asList(config["tags"] as Json[]);
  for (const key of ["pre-hook", "post-hook"]) {
    if (config[key] !== undefined) config[key] = asList(config[key] as Json[]).map(normaliseHook);
  }
  if (type === "test") finishTest(config);
  const { docs } = config;
  if (isRecord(docs)) config["docs"] = { show: docs["show"] ?? true, node_color: docs["node_color"] ?? null };
  return config;
}

/** `store_failures_as` decides over `store_failures` where it is given. */
function finishTest(config: JsonObject): void {
  const as = config["store_failures_as"];
  const store = config["store_failures"];
  if (as === null || as === undefined)
    config["store_failures_as"] = store === true ? "table" : store === false ? "ephemeral" : null;
  else config["store_failures"] = as !== "ephemeral";
}
