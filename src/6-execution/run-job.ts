import type { Batch } from "../contracts/batch.ts";
import type { CompiledNode, JobResult, RenderJob } from "../contracts/bridge.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { MacroSource, ManifestNode } from "../contracts/manifest.ts";
import { compileNode, writeCompiled } from "../4-compilation/compile-node.ts";
import { runContext, type RunContext } from "../4-compilation/run-context.ts";
import { translateNode } from "../4-compilation/translate-node.ts";
import type { WorkerContext } from "../4-compilation/worker-context.ts";
import { AgateTable } from "../context/agate.ts";
import { ResponseObject } from "../context/response-object.ts";
import { fromPython, toPython } from "../context/convert.ts";
import type { MacroEntry } from "../context/macro-registry.ts";
import { plainTable } from "../context/plain-table.ts";
import { resultObject } from "../context/record-object.ts";
import { Relation } from "../context/relation.ts";
import { compileTemplate } from "../jinja/template.ts";
import { iterate, PyDict, pyStr, raise, truthy, type Value } from "../jinja/values.ts";
import { findMaterialization } from "./find-materialization.ts";
import { measureFreshness } from "./measure-freshness.ts";
import { runUnitTest } from "./run-unit-test.ts";
import { checkUpkeep, runUpkeep } from "./run-upkeep.ts";
import { asList, asText } from "../shared/objects.ts";

/** How far a job came, noted as soon as it is there, so that it is known also when what follows fails. */
export interface Progress {
  compiled: CompiledNode | null;
  /** The macros that the node's own text called so far. */
  macros: ReadonlySet<string>;
}

/** Does one job in a render worker. Failures are thrown as they come. */
export function runJob(worker: WorkerContext, job: RenderJob, progress: Progress): JobResult {
  switch (job.kind) {
    case "compile":
      return { compiled: compileAndWrite(worker, job.node, runContext(worker, job.node), progress) };
    case "run":
      return job.node.resource_type === "test"
        ? runTest(worker, job.node, progress)
        : materialize(worker, job.node, progress, job.batch ?? null);
    case "clone":
      return clone(worker, job.node);
    case "unit-test":
      return runUnitTest(worker, job.unitTest, job.model, progress);
    case "hook":
      return runHook(worker, job.node, job.extra, progress);
    case "macro":
      return runMacro(worker, job.macroId, job.args, job.kwargs, job.commit);
    case "show":
      return show(worker, job.node, job.limit, progress);
    case "freshness":
      return { freshness: measureFreshness(worker, job.source) };
  }
}

function compileAndWrite(
  worker: WorkerContext,
  node: ManifestNode,
  run: RunContext,
  progress: Progress,
  batch: Batch | null = null,
): CompiledNode {
  progress.macros = run.macros;
  const compiled =
    node._translatedFrom === undefined
      ? compileNode(worker, node, run)
      : translateNode(worker, node, { from: node._translatedFrom, run, batch });
  if (node.resource_type !== "seed") writeCompiled(worker, node, compiled.code, batch);
  progress.compiled = compiled;
  return compiled;
}

/** Makes what an earlier state has of a node; without a statement there was nothing to do. */
function clone(worker: WorkerContext, node: ManifestNode): JobResult {
  const run = runContext(worker, node);
  const there = run.context.lookup("defer_relation") ?? null;
  if (there !== null) run.context.override({ sql: `select * from ${pyStr(there)}` });
  const materialization = run.context.bind(materializationOf(worker, node, "clone"));
  const result = materialization([], Object.create(null) as Record<string, Value>);
  for (const relation of materializedRelations(result, node))
    worker.bridge.request({ op: "cache-added", relation: relation.parts });
  const isDone = (run.results.peek("main") ?? null) !== null;
  return { ...(isDone ? { response: mainResponse(run) } : {}), ...buildPath(run) };
}

function materializationOf(
  worker: WorkerContext,
  node: ManifestNode,
  name = asText(node.config["materialized"]),
): MacroEntry {
  const { facts } = worker.setup;
  const entry = findMaterialization(worker, name);
  if (entry === undefined)
    raise(
      "CompilationError",
      `No materialization '${name}' was found for adapter ${facts.target.type}! (searched types 'default' and '${facts.adapterTypes.join("', '")}')`,
    );
  return entry;
}

/** A materialization says what languages it can build of; SQL alone if it says nothing. */
function checkLanguage(node: ManifestNode, { name, supported_languages }: MacroSource): void {
  if (supported_languages === null || supported_languages.includes(node.language)) return;
  const list = supported_languages.map((language) => `'${language}'`).join(", ");
  const advice = node.language === "python" ? ". Python models run on DuckDB, as tables, incremental or external." : "";
  const message = `Materialization "${name}" only supports languages [${list}]; got "${node.language}"${advice}`;
  raise("DbtRuntimeError", message);
}

/** Builds a model, seed or snapshot, or one batch of a model, by its materialization macro. */
function materialize(worker: WorkerContext, node: ManifestNode, progress: Progress, batch: Batch | null): JobResult {
  const run = runContext(worker, node, batch);
  const compiled = compileAndWrite(worker, node, run, progress, batch);
  // The model's own text asks whether the run is a full refresh; how the batch is written is another question.
  if (batch?.incremental === true)
    run.context.override({ is_incremental: () => true, should_full_refresh: () => false });
  const compiledAt = Date.now();
  const materialization = materializationOf(worker, node);
  checkLanguage(node, materialization.source);
  checkUpkeep(worker, run, node);
  const result = run.context.bind(materialization)([], Object.create(null) as Record<string, Value>);
  const relations = materializedRelations(result, node);
  for (const relation of relations) worker.bridge.request({ op: "cache-added", relation: relation.parts });
  if (batch === null || batch.index === batch.total - 1) runUpkeep(worker, run, node, relations);
  return { compiled, compiledAt, response: mainResponse(run), ...buildPath(run) };
}

function materializedRelations(result: Value, node: ManifestNode): Relation[] {
  if (typeof result === "string") {
    raise(
      "CompilationError",
      `The materialization ("${asText(node.config["materialized"])}") did not explicitly return a list of relations to add to the cache. By default the target relation will be added, but this behavior will be removed in a future version of dbt.`,
    );
  }
  const relations = result instanceof PyDict ? result.get("relations") : undefined;
  if (relations === undefined)
    raise(
      "CompilationError",
      `Invalid return value from materialization, expected a dict with key "relations", got: ${pyStr(result)}`,
    );
  return [...iterate(relations)].filter((relation): relation is Relation => relation instanceof Relation);
}

function mainResponse(run: RunContext): { _message: string } & JsonObject {
  const response = run.results.peek("main")?.get("response") ?? null;
  if (response instanceof ResponseObject) return response.response as { _message: string } & JsonObject;
  if (response instanceof PyDict) {
    const plain = fromPython(response) as JsonObject;
    return {
      ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null)),
      _message: asText(plain["_message"] ?? "OK"),
    };
  }
  return { _message: response === null ? "OK" : pyStr(response) };
}

function runTest(worker: WorkerContext, node: ManifestNode, progress: Progress): JobResult {
  const run = runContext(worker, node);
  const compiled = compileAndWrite(worker, node, run, progress);
  const compiledAt = Date.now();
  const entry = findMaterialization(worker, "test");
  if (entry === undefined) raise("CompilationError", "No materialization 'test' was found");
  const result = run.context.bind(entry)([], Object.create(null) as Record<string, Value>);
  if (result instanceof PyDict)
    for (const relation of materializedRelations(result, node))
      worker.bridge.request({ op: "cache-added", relation: relation.parts });
  return { compiled, compiledAt, response: mainResponse(run), ...buildPath(run), test: readTestResult(run, node) };
}

function buildPath(run: RunContext): Pick<JobResult, "buildPath"> {
  const path = run.buildPath();
  return path === undefined ? {} : { buildPath: path };
}

function readTestResult(
  run: RunContext,
  node: ManifestNode,
): { failures: number; shouldWarn: boolean; shouldError: boolean } {
  const table = run.results.peek("main")?.get("table");
  if (!(table instanceof AgateTable))
    raise("CompilationError", "dbt expected main to return one row with test results, got none");
  if (table.rowCount !== 1) {
    raise(
      "CompilationError",
      `dbt internally failed to execute ${node.unique_id}: Returned ${String(table.rowCount)} rows, but expected 1 row`,
    );
  }
  const row = table.rows()[0];
  const cell = (name: string): Value => row?.getItem(name) ?? null;
  const failures = cell("failures");
  if (failures === null) raise("DbtRuntimeError", "None is not of type 'integer'");
  return {
    failures: Number(pyStr(failures)),
    shouldWarn: isTrue(cell("should_warn")),
    shouldError: isTrue(cell("should_error")),
  };
}

/** Some engines answer a comparison with a text or a number; a text must be one that says yes or no. */
function isTrue(value: Value): boolean {
  if (typeof value !== "string") return truthy(value);
  const text = value.toLowerCase();
  if (["true", "t", "yes", "y", "on", "1"].includes(text)) return true;
  if (["false", "f", "no", "n", "off", "0"].includes(text)) return false;
  raise("DbtRuntimeError", `'get_test_sql' returns '${value}', which is neither true nor false`);
}

/** Runs one on-run-start or on-run-end hook; its SQL is what its template leaves. */
function runHook(worker: WorkerContext, node: ManifestNode, extra: JsonObject, progress: Progress): JobResult {
  const run = runContext(worker, node);
  const { results, ...others } = extra;
  run.context.override(Object.fromEntries(Object.entries(others).map(([key, value]) => [key, toPython(value)])));
  if (results !== undefined) run.context.override({ results: asList(results as JsonObject[]).map(resultObject) });
  const sql = compileTemplate(node.raw_code, { path: "dbt_project.yml" }).render(run.context);
  const compiled: CompiledNode = { code: sql, ctes: [] };
  writeCompiled(worker, node, sql);
  progress.compiled = compiled;
  if (sql.trim() === "") return { response: { _message: "OK" }, compiled };
  const { response } = worker.bridge.request({ op: "execute", sql, autoBegin: false, fetch: false });
  worker.bridge.request({ op: "commit" });
  return { response, compiled };
}

function runMacro(
  worker: WorkerContext,
  macroId: string,
  args: readonly Json[],
  kwargs: JsonObject,
  commit: boolean,
): JobResult {
  const entry = worker.registry.all().find((macro) => macro.source.unique_id === macroId);
  if (entry === undefined) raise("CompilationError", `No macro ${macroId}`);
  const node = operationNode(worker, entry);
  const run = runContext(worker, node);
  const values = Object.assign(
    Object.create(null) as Record<string, Value>,
    Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, toPython(value)])),
  );
  const value = run.context.bind(entry)(args.map(relationOrPlain), values);
  if (commit) worker.bridge.request({ op: "commit" });
  return { value: value instanceof AgateTable ? null : fromPython(value) };
}

/** `{ relation: {…} }` among the arguments stands for a relation object. */
function relationOrPlain(value: Json): Value {
  if (value !== null && typeof value === "object" && !Array.isArray(value) && "relation" in value)
    return new Relation(value["relation"] as never);
  return toPython(value);
}

/** An operation's context belongs to a node of its own, with the target's schema. */
function operationNode(worker: WorkerContext, entry: MacroEntry): ManifestNode {
  const { facts } = worker.setup;
  const { name, package_name, original_file_path } = entry.source;
  return {
    database: facts.target.database,
    schema: facts.target.schema,
    name,
    alias: name,
    resource_type: "operation",
    package_name,
    path: original_file_path,
    original_file_path,
    unique_id: `operation.${package_name}.${name}`,
    config: {},
    depends_on: { macros: [], nodes: [] },
    raw_code: "",
  } as unknown as ManifestNode;
}

/** Compiles a node or an inline query and reads its first rows. */
function show(worker: WorkerContext, node: ManifestNode, limit: number | null, progress: Progress): JobResult {
  if (node.language !== "sql")
    raise(
      "DbtRuntimeError",
      `${node.name} is a ${node.language} model, and show prints the rows of a query. Build it, then: show --inline "select * from {{ ref('${node.name}') }}".`,
    );
  const run = runContext(worker, node);
  const compiled =
    node.resource_type === "seed" ? seedQuery(run, progress) : compileAndWrite(worker, node, run, progress);
  const header = typeof node.config["sql_header"] === "string" ? node.config["sql_header"] : null;
  const sql = pyStr(run.context.callMacro("get_show_sql", [compiled.code, header, limit]));
  const result = worker.bridge.request({ op: "execute", sql, autoBegin: false, fetch: true });
  return { compiled: { ...compiled, code: sql }, response: result.response, table: plainTable(result) };
}

function seedQuery(run: RunContext, progress: Progress): CompiledNode {
  const compiled = { code: `select * from ${pyStr(run.context.lookup("this") ?? null)}`, ctes: [] };
  run.setCompiled(compiled.code);
  progress.compiled = compiled;
  return compiled;
}
