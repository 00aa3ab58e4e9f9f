import { fail, type Place } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { ManifestNode, ResourceType } from "../contracts/manifest.ts";
import type { SourceFile, SourceFileKind } from "../contracts/project.ts";
import { extractBlocks } from "../jinja/blocks.ts";
import { compileTemplate } from "../jinja/template.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import { applyProperties, propertiesConfig } from "./apply-properties.ts";
import { orBorrowed } from "./borrow-reading.ts";
import { checkConfig } from "./config-values.ts";
import { lendProperties } from "./lend-properties.ts";
import { fqnOf, newNode, applyConfigToNode } from "./new-node.ts";
import { newCapture, parseContext, type Captured } from "./parse-context.ts";
import { strayTag } from "./parse-macros.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import { pythonAsTemplate } from "./python-models.ts";
import type { PropertyEntry, PropertyKey } from "./property-files.ts";
import type { ModelVersion } from "./property-index.ts";
import { comparesWritten, writtenCall, writtenProperties } from "./written-config.ts";

const KINDS: Partial<Record<SourceFileKind, { type: ResourceType; key: PropertyKey }>> = {
  model: { type: "model", key: "models" },
  analysis: { type: "analysis", key: "analyses" },
  test: { type: "test", key: "data_tests" },
  snapshot: { type: "snapshot", key: "snapshots" },
  seed: { type: "seed", key: "seeds" },
  function: { type: "function", key: "functions" },
};

/** Models, analyses, singular tests, snapshots, seeds and functions, with what their text and their properties say. */
export function parseSqlFiles(state: ParseState): void {
  const modelFiles = modelFilesOf(state);
  for (const file of state.project.files) parseSqlFile(state, file, modelFiles);
  lendProperties(state, (node) => {
    const file = state.project.files.find(
      (one) => one.packageName === node.package_name && one.originalPath === node.original_file_path,
    );
    if (file === undefined) return;
    forgetFile(state, file);
    parseSqlFile(state, file, modelFiles);
  });
  for (const entry of state.properties.ofKey("snapshots")) {
    if (entry.data["relation"] !== undefined) {
      const parse = (): void => parseYamlSnapshot(state, entry);
      collecting(state, `snapshot ${entry.name}`, entry.file.originalPath, parse, entry.name);
    }
  }
}

/** Model files as `package.name`. */
export function modelFilesOf({ project }: ParseState): ReadonlySet<string> {
  return new Set(
    project.files.filter((file) => file.kind === "model").map((file) => `${file.packageName}.${stem(file)}`),
  );
}

/** Adds what one file holds to the manifest. */
export function parseSqlFile(state: ParseState, file: SourceFile, modelFiles: ReadonlySet<string>): void {
  const kind = KINDS[file.kind];
  if (kind === undefined) return;
  const name = stem(file);
  const parse = (): void => {
    if (kind.type === "snapshot") parseSnapshotFile(state, file);
    else parseFile(state, file, kind.type, kind.key, (other) => modelFiles.has(`${file.packageName}.${other}`));
  };
  collecting(state, `${kind.type} ${name}`, file.originalPath, parse, name);
}

/** Takes a file's nodes out of the manifest, to read them again. */
function forgetFile({ manifest }: ParseState, file: SourceFile): void {
  const isOf = (node: { package_name: string; original_file_path: string }): boolean =>
    node.package_name === file.packageName && node.original_file_path === file.originalPath;
  for (const record of [manifest.nodes, manifest.functions])
    for (const [id, node] of Object.entries(record)) if (isOf(node)) Reflect.deleteProperty(record, id);
  for (const [id, [node]] of Object.entries(manifest.disabled))
    if (node !== undefined && isOf(node)) Reflect.deleteProperty(manifest.disabled, id);
}

function stem(file: SourceFile): string {
  const name = file.relativePath.slice(file.relativePath.lastIndexOf("/") + 1);
  return name.slice(0, name.lastIndexOf("."));
}

function parseFile(
  state: ParseState,
  file: SourceFile,
  type: ResourceType,
  key: PropertyKey,
  hasFile: (name: string) => boolean,
): void {
  const name = stem(file);
  const version = type === "model" ? state.properties.findVersion(file.packageName, name, hasFile) : undefined;
  const nodeName = version?.entry.name ?? name;
  const suffix = version === undefined ? "" : `.v${String(version.version)}`;
  const fqn = fqnOf(file.packageName, fqnPath(file, type), nodeName);
  if (version !== undefined) fqn.push(`v${String(version.version)}`);
  const node = newNode({
    state,
    file,
    resourceType: type,
    name: nodeName,
    uniqueId: `${type}.${file.packageName}.${nodeName}${suffix}`,
    fqn,
    path: type === "analysis" ? `analysis/${file.relativePath}` : file.relativePath,
    code: file.text.trim(),
    line: leadingLines(file.text) + 1,
  });
  if (file.path.endsWith(".py")) node.language = "python";
  if (file.path.endsWith(".js")) node.language = "javascript";
  finishNode(state, node, version?.entry ?? state.properties.find(key, file.packageName, name), version);
}

/** Singular tests and analyses are known by their path below the project's folder too. */
function fqnPath(file: SourceFile, type: ResourceType): string {
  return type === "analysis" ? `analysis/${file.relativePath}` : file.relativePath;
}

function leadingLines(text: string): number {
  const start = text.length - text.trimStart().length;
  return text.slice(0, start).split("\n").length - 1;
}

function parseSnapshotFile(state: ParseState, file: SourceFile): void {
  for (const block of extractBlocks(file.text, file.originalPath, ["snapshot"], strayTag(file, state.diagnostics))) {
    const node = newNode({
      state,
      file,
      resourceType: "snapshot",
      name: block.name,
      uniqueId: `snapshot.${file.packageName}.${block.name}`,
      fqn: [...fqnOf(file.packageName, file.relativePath, stem(file)), block.name],
      path: file.relativePath,
      code: block.body,
      line: block.bodyLine,
      column: block.bodyColumn,
    });
    const finish = (): void =>
      finishNode(state, node, state.properties.find("snapshots", file.packageName, block.name), undefined);
    collecting(state, `snapshot ${block.name}`, file.originalPath, finish, block.name);
  }
}

/** `snapshots: - name: x, relation: ref('y')`: a snapshot without a file of its own. */
function parseYamlSnapshot(state: ParseState, entry: PropertyEntry): void {
  const relation = asText(entry.data["relation"]).trim();
  const code = relation.startsWith("{{") ? relation : `{{ ${relation} }}`;
  const { file } = entry;
  const place = entry.placeOf([]);
  const node = newNode({
    state,
    file,
    resourceType: "snapshot",
    name: entry.name,
    uniqueId: `snapshot.${file.packageName}.${entry.name}`,
    fqn: fqnOf(file.packageName, file.relativePath, entry.name),
    path: `${file.relativePath}/${entry.name}.sql`,
    code: `select * from ${code}`,
    line: place.line ?? 1,
    column: place.column ?? 1,
  });
  state.properties.find("snapshots", file.packageName, entry.name);
  finishNode(state, node, entry, undefined);
}

function finishNode(
  state: ParseState,
  node: ManifestNode,
  entry: PropertyEntry | undefined,
  version: ModelVersion | undefined,
): void {
  const finish = (): void => fillNode(state, node, entry, version);
  if (state.env.inputs.isUnsteady(finish)) node._unsteady = {};
  addNode(state, node);
}

function fillNode(
  state: ParseState,
  node: ManifestNode,
  entry: PropertyEntry | undefined,
  version: ModelVersion | undefined,
): void {
  if (version !== undefined) {
    node.version = version.version;
    node.latest_version = version.latest;
  }
  const captured = newCapture();
  const request = {
    resourceType: node.resource_type,
    packageName: node.package_name,
    fqn: node.fqn,
    properties: { ...ownDefaults(node), ...propertiesConfig(entry, version) },
    inFile: captured.config,
  };
  // Names may depend on config, and the text may print `this`: a first answer comes from what is known before rendering.
  node.config = state.configs.build(request);
  if (node.resource_type !== "seed") orBorrowed(state, node, captured, () => renderForParse(state, node, captured));
  if (Object.keys(captured.config).length > 0) node.config = state.configs.build(request);
  checkConfig(node.resource_type, node.name, node.config, placeOf(node));
  node._config_call = captured.config;
  // The unrendered config holds what a property file says rendered, unless the project asks for more.
  const unrendered = comparesWritten(state)
    ? {
        ...request,
        properties: { ...ownDefaults(node), ...writtenProperties(entry, version) },
        inFile: writtenCall(state, node, captured.config),
      }
    : request;
  applyConfigToNode(node, state.configs.buildUnrendered(unrendered));
  if (entry !== undefined) applyProperties(state, node, entry, version);
  checkSnapshot(node);
  orBorrowed(state, node, captured, () => renderHooks(state, node, captured));
  checkSeedHooks(node, captured);
  keepCaptured(node, captured);
  state.names.assign(node, state.env.invocation.flags.store_failures);
}

/** What counts before the project's own configs: a Python model makes a table, whatever the project says of its models. */
function ownDefaults(node: ManifestNode): JsonObject {
  return isPythonModel(node) ? { materialized: "table" } : {};
}

function isPythonModel({ resource_type, language }: ManifestNode): boolean {
  return resource_type === "model" && language === "python";
}

function renderForParse(state: ParseState, node: ManifestNode, captured: Captured): void {
  if (node.language !== "sql" && !isPythonModel(node)) return;
  const code = isPythonModel(node) ? pythonAsTemplate(node.raw_code) : node.raw_code;
  if (!code.includes("{")) return;
  const place = { path: node.original_file_path, line: node._line ?? 1, column: node._column ?? 1 };
  compileTemplate(code, place).render(parseContext(state.env, node, captured));
}

/** Hooks may ref models too; their text is rendered only to find that out. */
export function renderHooks(state: ParseState, node: ManifestNode, captured: Captured): void {
  for (const key of ["pre-hook", "post-hook"]) {
    for (const hook of asList(node.config[key] as Json[])) {
      const sql = isRecord(hook) ? hook["sql"] : null;
      if (typeof sql === "string" && sql.includes("{")) {
        const scratch = { ...captured, config: {} };
        compileTemplate(sql, { path: node.original_file_path }).render(parseContext(state.env, node, scratch));
      }
    }
  }
}

/** A seed is a root of the graph, so that its hooks have nothing to refer to. */
function checkSeedHooks(node: ManifestNode, { refs, sources, metrics }: Captured): void {
  if (node.resource_type !== "seed" || refs.length + sources.length + metrics.length === 0) return;
  const hooks = ["pre-hook", "post-hook"].flatMap((key) =>
    asList(node.config[key] as Json[]).map(
      (hook) => `- ${key.replace("-", "_")}: "${isRecord(hook) ? asText(hook["sql"]) : asText(hook)}"`,
    ),
  );
  fail(
    "DH1211",
    `Seeds cannot depend on other nodes, but a hook of '${node.unique_id}' calls 'ref', 'source' or 'metric', itself or in a macro. Its hooks:\n${hooks.join("\n")}`,
    { file: node.original_file_path },
    "Name the relation as it is in the database, e.g. `{{ target.schema }}.name`, or put the statement into a hook of a model that refers to the seed.",
  );
}

export function keepCaptured(node: ManifestNode, captured: Captured): void {
  node.refs.push(...captured.refs);
  node.sources.push(...captured.sources);
  node.metrics.push(...captured.metrics);
  node.functions.push(...captured.functions);
  node.depends_on.macros = [...captured.macros];
}

function placeOf(node: ManifestNode): Place {
  return { file: node.original_file_path, line: node._line ?? null, column: node._column ?? null };
}

/** A snapshot without its strategy cannot run; say so now. */
function checkSnapshot(node: ManifestNode): void {
  if (node.resource_type !== "snapshot" || node.config["enabled"] === false) return;
  const { config } = node;
  const missing = ["strategy", "unique_key"].filter((key) => config[key] === null || config[key] === undefined);
  if (config["strategy"] === "timestamp" && !config["updated_at"]) missing.push("updated_at");
  if (config["strategy"] === "check" && !config["check_cols"]) missing.push("check_cols");
  if (missing.length === 0) return;
  fail(
    "DH1204",
    `Snapshots must be configured with a 'strategy' and 'unique_key'. Missing in snapshot '${node.name}': ${missing.join(", ")}`,
    placeOf(node),
    "strategy: timestamp needs updated_at, strategy: check needs check_cols.",
  );
}

/** Puts a node in the manifest, or among the disabled ones; a second one of the same id is an error. */
export function addNode(state: ParseState, node: ManifestNode): void {
  const { manifest } = state;
  if (node.config["enabled"] === false) {
    (manifest.disabled[node.unique_id] ??= []).push(node);
    return;
  }
  const record = node.resource_type === "function" ? manifest.functions : manifest.nodes;
  const other = record[node.unique_id];
  if (other !== undefined) {
    fail(
      "DH1205",
      `dbt found two ${node.resource_type === "analysis" ? "analyses" : `${node.resource_type}s`} with the name "${node.name}".`,
      placeOf(node),
      `The other one is ${other.original_file_path}. Since these resources have the same name, dbt cannot tell them apart: rename or disable one.`,
    );
  }
  record[node.unique_id] = node;
}
