import { diagnostic, fail } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { SourceFile } from "../contracts/project.ts";
import { compileTemplate } from "../jinja/template.ts";
import { fromPython } from "../context/convert.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import { orBorrowed } from "./borrow-reading.ts";
import { checkConfig } from "./config-values.ts";
import { renderDescription } from "./docs.ts";
import { configCall, genericTestHash, genericTestNames } from "./generic-test-names.ts";
import { applyConfigToNode, newNode } from "./new-node.ts";
import { newCapture, type Captured } from "./parse-context.ts";
import { addNode, keepCaptured } from "./parse-sql-files.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import { CONFIG_ARGS, testDeprecations } from "./test-deprecations.ts";
import { noteUnsteadyText, renderFileless } from "./unsteady-nodes.ts";
import { comparesWritten, writtenCall } from "./written-config.ts";

/** What a test is attached to. */
export interface TestTarget {
  /** `models`, `seeds`, `snapshots`, `sources`. */
  readonly key: string;
  readonly name: string;
  readonly version: string | number | null;
  /** Set for a source's table. */
  readonly source: { readonly source: string; readonly table: string } | null;
  readonly file: SourceFile;
  readonly tags: readonly string[];
  readonly placeOf: (path: readonly (string | number)[]) => {
    file: string;
    line: number | null;
    column: number | null;
  };
}

/** The tests of one model, seed, snapshot or source table, at its own level and at its columns'. */
export function parseTests(
  state: ParseState,
  target: TestTarget,
  tests: Json | undefined,
  columns: readonly Json[],
  quoteColumns: boolean,
): void {
  for (const [index, column] of columns.entries()) {
    if (!isRecord(column)) continue;
    const name = asText(column["name"]);
    const config = isRecord(column["config"]) ? column["config"] : {};
    const tags = [...asList(column["tags"] as Json[]), ...asList(config["tags"] as Json[])].map(String);
    const quote = column["quote"] === true || ((column["quote"] ?? null) === null && quoteColumns);
    const key = "data_tests" in column ? "data_tests" : "tests";
    for (const [at, test] of listed(state, target, column["data_tests"] ?? column["tests"]).entries()) {
      const path = target.version === null ? ["columns", index, key, at] : [];
      parseOne(state, target, { test, path, columnName: quote ? `"${name}"` : name, columnTags: tags });
    }
  }
  for (const test of listed(state, target, tests))
    parseOne(state, target, { test, path: [], columnName: null, columnTags: [] });
}

/** A mapping or a name in the list's place is a missing `-`. */
function listed({ diagnostics }: ParseState, target: TestTarget, tests: Json | undefined): Json[] {
  if (tests === undefined || tests === null) return [];
  if (Array.isArray(tests)) return tests;
  const hint = "Each of them begins with `- `.";
  diagnostics.push(diagnostic("DH1301", `The data_tests of '${target.name}' are not a list`, target.placeOf([]), hint));
  return [];
}

/** A test as a property file has it, and where below the entry of its resource. */
interface WrittenTest {
  readonly test: Json;
  readonly path: readonly (string | number)[];
  readonly columnName: string | null;
  readonly columnTags: readonly string[];
}

function parseOne(state: ParseState, target: TestTarget, written: WrittenTest): void {
  collecting(state, `test of ${target.name}`, target.file.originalPath, () => {
    const { columnName, columnTags } = written;
    const definition = readDefinition(state, written, target);
    addTest(state, target, definition, columnName, columnTags);
  });
}

interface TestDefinition {
  readonly name: string;
  readonly namespace: string | null;
  readonly args: JsonObject;
  readonly config: JsonObject;
  readonly customName: string | null;
  readonly description: Json;
}

function readDefinition(
  state: ParseState,
  { test, columnName, path }: WrittenTest,
  target: TestTarget,
): TestDefinition {
  const place = target.placeOf([]);
  const wrong = (message: string): never =>
    fail("DH1301", `Invalid test config given in ${target.file.originalPath}: ${message}`, place);
  if (typeof test !== "string" && !isRecord(test))
    wrong(`a test must be a name or a mapping, got ${JSON.stringify(test)}`);
  const [testName, given] = nameAndArgs(typeof test === "string" ? { [test]: {} } : (test as JsonObject), wrong);
  const match = /^(?:([a-zA-Z_]\w*)\.)?([a-zA-Z_]\w*)/.exec(testName);
  if (match === null) wrong(`'${testName}' is no test name`);
  const { flags } = state.env.invocation;
  const allowsHeader = flags["require_sql_header_in_test_configs"] === true;
  const isNested = flags["require_generic_test_arguments_property"] === true;
  state.diagnostics.push(
    ...testDeprecations({
      name: testName,
      given,
      isNested,
      allowsHeader,
      owner: target.name,
      place: () => target.placeOf(path),
    }),
  );
  const { arguments: nested = null, ...written } = given;
  const outer: JsonObject = columnName === null ? written : { ...written, column_name: columnName };
  // dbt lays the arguments over the rest before it looks for configs: one written among them is a config all the same.
  const merged: JsonObject = isNested && isRecord(nested) ? { ...outer, ...nested } : outer;
  const { config: configBlock, name, description, ...rest } = merged;
  const config: JsonObject = {};
  const block: JsonObject = isRecord(configBlock) ? { ...configBlock } : {};
  for (const key of CONFIG_ARGS) {
    const direct = rest[key];
    if (direct !== undefined && direct !== null && block[key] !== undefined)
      wrong(`Test cannot have the same key at the top-level and in config: '${key}'`);
    const value = direct ?? block[key] ?? null;
    if (value !== null) config[key] = value;
  }
  Object.assign(config, block);
  const args: JsonObject = {};
  for (const [key, value] of Object.entries(rest)) if (!CONFIG_ARGS.includes(key)) args[key] = value;
  if (!isNested && "arguments" in given) args["arguments"] = nested;
  if ("model" in args) wrong('test arguments include "model", which is a reserved argument');
  return {
    name: match?.[2] ?? testName,
    namespace: match?.[1] ?? null,
    args,
    config,
    customName: typeof name === "string" ? name : null,
    description: description ?? "",
  };
}

/** `{test_name: unique, …}` or `{unique: {…}}`. */
function nameAndArgs(test: JsonObject, wrong: (message: string) => never): [string, JsonObject] {
  if ("test_name" in test) {
    const { test_name: name, ...args } = test;
    return [asText(name), args];
  }
  const entries = Object.entries(test);
  const [only] = entries;
  if (entries.length !== 1 || only === undefined) {
    return wrong(
      `a test definition dictionary must have exactly one key, got ${JSON.stringify(Object.keys(test))} instead`,
    );
  }
  const args = only[1] ?? {};
  if (!isRecord(args))
    return wrong(`the arguments of test '${only[0]}' must be a mapping, got ${JSON.stringify(args)}`);
  return [only[0], args];
}

function modelArgument(target: TestTarget): string {
  const inner =
    target.source !== null
      ? `source('${target.source.source}', '${target.source.table}')`
      : `ref('${target.name}'${target.version === null ? "" : `, version='${String(target.version)}'`})`;
  return `{{ get_where_subquery(${inner}) }}`;
}

function addTest(
  state: ParseState,
  target: TestTarget,
  definition: TestDefinition,
  columnName: string | null,
  columnTags: readonly string[],
): void {
  const { file } = target;
  const args: JsonObject = { ...definition.args, model: modelArgument(target) };
  const targetName =
    target.source !== null
      ? `${target.source.source}_${target.source.table}`
      : target.version === null
        ? target.name
        : `${target.name}_v${String(target.version)}`;
  const typeName = `${definition.namespace === null ? "" : `${definition.namespace}_`}${target.source !== null ? "source_" : ""}${definition.name}`;
  const names =
    definition.customName === null
      ? genericTestNames(typeName, targetName, args)
      : { short: definition.customName, full: definition.customName };
  const config = renderConfig(state, definition.config, file);
  if (names.short !== names.full && config["alias"] === undefined) config["alias"] = names.short;
  const metadata = { namespace: definition.namespace, name: definition.name, kwargs: args };
  const node = newNode({
    state,
    file: { ...file, checksum: { name: "none", checksum: "" } },
    resourceType: "test",
    name: names.full,
    uniqueId: `test.${file.packageName}.${names.full}.${genericTestHash(names.full, metadata)}`,
    fqn: [file.packageName, ...file.originalPath.split("/").slice(1, -1), names.full],
    path: `${names.short}.sql`,
    code: `{{ ${definition.namespace === null ? "" : `${definition.namespace}.`}test_${definition.name}(**_dbt_generic_test_kwargs) }}${configCall(config)}`,
    line: target.placeOf([]).line ?? 1,
  });
  node.test_metadata = metadata;
  node.column_name = columnName;
  node.file_key_name = `${target.key}.${target.source?.source ?? target.name}`;
  node.attached_node = null;
  node.tags = [...new Set([...target.tags, ...columnTags, ...asList(config["tags"] as Json[]).map(String)])].sort();
  node.description = renderDescription(state, definition.description, file.packageName, file.originalPath).text;
  finishTest(state, node, target, config);
}

/** Test configs may hold Jinja over env vars and vars, never over models. */
function renderConfig(state: ParseState, config: JsonObject, file: SourceFile): JsonObject {
  const result: JsonObject = {};
  const context = state.propertyContext(file.packageName);
  for (const [key, value] of Object.entries(config)) {
    const isTemplate = typeof value === "string" && (value.includes("{{") || value.includes("{%"));
    const rendered = isTemplate
      ? fromPython(compileTemplate(value, { path: file.originalPath }).renderNative(context))
      : value;
    if (rendered !== null) result[key] = rendered;
  }
  return result;
}

function finishTest(state: ParseState, node: ManifestNode, target: TestTarget, config: JsonObject): void {
  const captured = newCapture();
  Object.assign(captured.config, config);
  const request = {
    resourceType: node.resource_type,
    packageName: node.package_name,
    fqn: node.fqn,
    properties: {},
    inFile: captured.config,
  };
  node.config = state.configs.build(request);
  const macro = findTestMacro(state, node);
  const named = namesake(state, node) ?? macro;
  if (named !== null) captured.macros.add(named);
  let isUnsteady = false;
  if (macro !== null && isPlain(macro)) capturePlain(captured, target);
  else {
    const render = (): void => orBorrowed(state, node, captured, () => renderFileless(state.env, node, captured));
    isUnsteady = state.env.inputs.isUnsteady(render);
  }
  node.config = state.configs.build(request);
  checkConfig("test", node.name, node.config, target.placeOf([]));
  // dbt does not render the two tests that need it least, and has no written form of their config.
  const isWritten = comparesWritten(state) && (macro === null || !isPlain(macro));
  const inFile = isWritten ? writtenCall(state, node, captured.config) : captured.config;
  applyConfigToNode(node, state.configs.buildUnrendered({ ...request, inFile }));
  keepCaptured(node, captured);
  attach(state, node, target);
  state.names.assign(node, state.env.invocation.flags.store_failures);
  if (isUnsteady) noteUnsteadyText(state.env, node);
  addNode(state, node);
}

function findTestMacro(state: ParseState, node: ManifestNode): string | null {
  const { namespace, name } = node.test_metadata ?? { namespace: null, name: "" };
  const { registry } = state.env;
  const entry =
    namespace === null
      ? registry.find(`test_${name}`, node.package_name)
      : registry.findInPackage(namespace, `test_${name}`);
  return entry?.source.unique_id ?? null;
}

/** As in dbt, a test written `package.name` also has the project's own test of that name for a parent, and before it. */
function namesake(state: ParseState, node: ManifestNode): string | null {
  const { namespace, name } = node.test_metadata ?? { namespace: null, name: "" };
  const { registry } = state.env;
  const bare = namespace === null ? undefined : registry.find(`test_${name}`, node.package_name);
  return bare === undefined || registry.isInternal(bare.source.package_name) ? null : bare.source.unique_id;
}

/** The two commonest tests only look at their own model: no need to render them to find that out. */
function isPlain(macroId: string): boolean {
  return macroId === "macro.dbt.test_not_null" || macroId === "macro.dbt.test_unique";
}

function capturePlain(captured: Captured, target: TestTarget): void {
  if (target.source !== null) captured.sources.push([target.source.source, target.source.table]);
  else captured.refs.push({ name: target.name, package: null, version: target.version });
}

function attach(state: ParseState, node: ManifestNode, target: TestTarget): void {
  if (target.source !== null) return;
  const suffix = target.version === null ? "" : `.v${String(target.version)}`;
  const { nodes, disabled } = state.manifest;
  for (const type of ["model", "seed", "snapshot"]) {
    const id = `${type}.${target.file.packageName}.${target.name}${suffix}`;
    const found = nodes[id] ?? disabled[id]?.[0];
    if (found === undefined) continue;
    node.attached_node = id;
    if ("group" in found) node.group = found.group as string | null;
    return;
  }
}
