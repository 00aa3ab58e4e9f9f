import type { CompiledNode, JobResult, NodeTitle, UnitTestOutcome, RefTarget } from "../contracts/bridge.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { InjectedCte, ManifestNode, SourceNode, UnitTestInput, UnitTestNode } from "../contracts/manifest.ts";
import { writeCompiled } from "../4-compilation/compile-node.ts";
import { asPart } from "../4-compilation/failed-part.ts";
import { injectCtes } from "../4-compilation/inject-ctes.ts";
import { cteName, ephemeralRelation, notFound, refTitle } from "../4-compilation/references.ts";
import { resolveReference } from "../4-compilation/resolve-reference.ts";
import { knownNode, runContext } from "../4-compilation/run-context.ts";
import { loadSeedTable } from "../4-compilation/seed-table.ts";
import type { WorkerContext } from "../4-compilation/worker-context.ts";
import { AgateTable } from "../context/agate.ts";
import { fromPython, toPython } from "../context/convert.ts";
import { envVarFunction } from "../context/env.ts";
import { nodeRelation } from "../context/node-relation.ts";
import { sourceRelation } from "../context/source-relation.ts";
import { varFunction } from "../context/vars.ts";
import { compileTemplate } from "../jinja/template.ts";
import { JinjaError, PyObject, pyStr, raise, type HostFunction, type Value } from "../jinja/values.ts";
import { findMaterialization } from "./find-materialization.ts";
import { compareRows } from "./unit-test-diff.ts";
import { asText } from "../shared/objects.ts";

/** Runs a model's text over fixtures instead of its inputs, and compares what comes out with what is expected. */
export function runUnitTest(
  worker: WorkerContext,
  unitTest: UnitTestNode,
  model: ManifestNode,
  progress: { compiled: CompiledNode | null },
): JobResult {
  if (model.language !== "sql")
    raise("DbtRuntimeError", `'${model.name}' is a ${model.language} model; a unit test puts fixtures into SQL alone`);
  const node = testedNode(unitTest, model);
  const inputs = unitTest.given.map((given) => readInput(worker, given, unitTest, model));
  const used = new Map<string, Input>();
  const run = runContext(worker, node);
  run.context.override(overrides(worker, unitTest, model, inputs, used, run.context));
  const code = compileTemplate(node.raw_code, { path: model.original_file_path, line: model._line ?? 1 }).render(
    run.context,
  );
  const ctes: InjectedCte[] = [...used.values()].map((input) => ({
    id: input.id,
    sql: ` ${cteName(input.name)} as (\n${asPart(input.title, input.sql)}\n)`,
  }));
  const compiled = { code: injectCtes(code, ctes), ctes };
  run.setCompiled(compiled.code);
  writeCompiled(worker, node, compiled.code);
  progress.compiled = compiled;
  const compiledAt = Date.now();
  const materialization = findMaterialization(worker, "unit");
  if (materialization === undefined) raise("CompilationError", "No materialization 'unit' was found");
  try {
    run.context.bind(materialization)([], Object.create(null) as Record<string, Value>);
  } catch (error) {
    throw explained(error, unitTest);
  }
  const table = run.results.peek("main")?.get("table");
  if (!(table instanceof AgateTable)) raise("CompilationError", "The unit materialization gave no table");
  return { compiled, compiledAt, response: { _message: "OK" }, unitTest: outcome(table) };
}

/** What the engine said has no place in the project. */
const ENGINE_TITLES: Readonly<Record<string, string>> = {
  DbtDatabaseError: "Database Error",
  DbtRuntimeError: "Runtime Error",
};

/** The engine complains of the fixtures as a rule, not of the model: say so first. */
function explained(error: unknown, { name, original_file_path }: UnitTestNode): unknown {
  if (!(error instanceof JinjaError)) return error;
  const title = ENGINE_TITLES[error.pythonType] ?? `Compilation Error in unit_test ${name} (${original_file_path})`;
  const message =
    `An error occurred during execution of unit test '${name}'. ` +
    `There may be an error in the unit test definition: check the data types.\n ${title}\n  ${error.message.replaceAll("\n", "\n  ")}`;
  const wrapped = new JinjaError("DbtRuntimeError", message, { cause: error });
  wrapped.frames.push(...error.frames);
  return wrapped;
}

function testedNode(unitTest: UnitTestNode, model: ManifestNode): ManifestNode {
  const { rows } = unitTest.expect;
  const isSql = unitTest.expect.format === "sql";
  return {
    ...model,
    name: unitTest.name,
    alias: unitTest.name,
    resource_type: "unit_test",
    unique_id: unitTest.unique_id,
    package_name: unitTest.package_name,
    original_file_path: unitTest.original_file_path,
    path: pseudoPath(unitTest),
    config: {
      ...model.config,
      materialized: "unit",
      expected_rows: isSql ? [] : (rows ?? []),
      expected_sql: isSql ? rows : null,
    },
  };
}

/** dbt files a unit test below its property file, in a folder named like that file's. */
export function pseudoPath({ name, original_file_path }: Pick<UnitTestNode, "name" | "original_file_path">): string {
  return [...original_file_path.split("/").slice(0, -1), `${name}.sql`].join("/");
}

type InputNode = ManifestNode & { readonly calledAs: string };

interface Input {
  readonly id: string;
  /** The CTE's name without prefix. */
  readonly name: string;
  readonly kind: "ref" | "source" | "this";
  readonly sql: () => string;
  /** dbt makes an ephemeral model of it, in the unit test's file. */
  readonly title: NodeTitle;
}

function readInput(worker: WorkerContext, given: UnitTestInput, unitTest: UnitTestNode, model: ManifestNode): Input {
  const title = (name: string): NodeTitle => ({
    resource_type: "model",
    name,
    original_file_path: unitTest.original_file_path,
  });
  const text = given.input.trim().replace(/^\{\{\s*|\s*\}\}$/g, "");
  if (text === "this")
    return {
      id: model.unique_id,
      name: model.alias,
      kind: "this",
      sql: fixture(worker, given, model),
      title: title(model.name),
    };
  const found = evaluateInput(worker, text, unitTest);
  if (found === null) {
    raise(
      "ParsingError",
      `Unit test '${unitTest.name}' had an input (${given.input}) which was not found in the manifest.`,
    );
  }
  if (found.resource_type === "source") {
    const source = found as SourceNode;
    const node = {
      ...source,
      alias: source.identifier,
      raw_code: "",
      resource_type: "model",
      depends_on: { macros: [], nodes: [] },
    } as unknown as ManifestNode;
    return {
      id: source.unique_id,
      name: `${source.source_name}__${source.name}`,
      kind: "source",
      sql: fixture(worker, given, node, sourceRelation(source, worker.setup.facts.traits)),
      title: title(source.name),
    };
  }
  const target = found;
  return {
    id: target.unique_id,
    name: target.calledAs,
    kind: "ref",
    sql: fixture(worker, given, target),
    title: title(target.name),
  };
}

/** `ref('x')` or `source('a', 'b')` as the node it means. */
function evaluateInput(worker: WorkerContext, text: string, unitTest: UnitTestNode): InputNode | SourceNode | null {
  let found: InputNode | SourceNode | null = null;
  const ref: HostFunction = (args, kwargs) => {
    const name = pyStr(args.at(-1) ?? null);
    const version = kwargs["version"] ?? kwargs["v"] ?? null;
    const answer = resolveReference(worker, {
      op: "resolve-ref",
      ref: {
        name,
        package: args.length > 1 ? pyStr(args[0] ?? null) : null,
        version: version === null ? null : pyStr(version),
      },
      fromPackage: unitTest.package_name,
    });
    found = answer !== null && "node" in answer ? inputNode(worker, answer.node) : null;
    return "";
  };
  const source: HostFunction = (args) => {
    const answer = resolveReference(worker, {
      op: "resolve-source",
      source: pyStr(args[0] ?? null),
      table: pyStr(args[1] ?? null),
      fromPackage: unitTest.package_name,
    });
    found = answer !== null && "node" in answer ? answer.node : null;
    return "";
  };
  compileTemplate(`{{ ${text} }}`, { path: unitTest.original_file_path }).render({
    lookup: (name) => (name === "ref" ? ref : name === "source" ? source : undefined),
  });
  return found;
}

/** An input whose columns are asked for where this engine finds it, and that is called as it is called at home. */
function inputNode(worker: WorkerContext, { unique_id, database, schema, alias }: RefTarget): InputNode {
  const node = knownNode(worker, unique_id);
  return { ...node, database, schema, alias, calledAs: node.alias };
}

/** The SQL of a fixture; the macros take the columns' types from the real relation. */
function fixture(worker: WorkerContext, given: UnitTestInput, node: ManifestNode, relation?: Value): () => string {
  return () => {
    const run = runContext(worker, { ...node, resource_type: "model" });
    if (given.format === "sql") {
      const text = asText(given.rows);
      return text.includes("{") ? compileTemplate(text, { path: node.original_file_path }).render(run.context) : text;
    }
    if (relation !== undefined) run.context.override({ this: relation });
    const rows = given.rows ?? seedRows(node);
    return pyStr(run.context.callMacro("get_fixture_sql", [toPython(rows), null]));
  };
}

/** An input without rows is a seed: its file is the fixture. */
function seedRows(node: ManifestNode): Json {
  if (node.resource_type !== "seed") {
    raise("ParsingError", `Unit test input '${node.name}' has no rows: give \`rows:\` or a fixture.`);
  }
  const table = loadSeedTable(node, { empty: false });
  return table
    .rows()
    .map((row) =>
      Object.fromEntries(table.columnNames.map((name, index) => [name, fromPython(row.values()[index] ?? null)])),
    );
}

/** `ref` and `source` that find the test's inputs instead of relations. */
function inputFunctions(
  worker: WorkerContext,
  unitTest: UnitTestNode,
  model: ManifestNode,
  inputs: readonly Input[],
  use: (input: Input) => Value,
): Record<string, Value> {
  const find = (id: string | undefined): Input | undefined =>
    inputs.find((input) => input.id === id && input.kind !== "this");
  return {
    ref: (args, kwargs) => {
      const version = kwargs["version"] ?? kwargs["v"] ?? null;
      const ref = {
        name: pyStr(args.at(-1) ?? null),
        package: args.length > 1 ? pyStr(args[0] ?? null) : null,
        version: version === null ? null : pyStr(version),
      };
      const found = resolveReference(worker, { op: "resolve-ref", ref, fromPackage: model.package_name });
      const input = found !== null && "node" in found ? find(found.node.unique_id) : undefined;
      return input === undefined ? notFound(unitTest, refTitle(ref), false) : use(input);
    },
    source: (args) => {
      const [source, table] = [pyStr(args[0] ?? null), pyStr(args[1] ?? null)];
      const found = resolveReference(worker, { op: "resolve-source", source, table, fromPackage: model.package_name });
      const input = found !== null && "node" in found ? find(found.node.unique_id) : undefined;
      return input === undefined ? notFound(unitTest, `a source named '${source}.${table}'`, false) : use(input);
    },
  };
}

function overrides(
  worker: WorkerContext,
  unitTest: UnitTestNode,
  model: ManifestNode,
  inputs: readonly Input[],
  used: Map<string, Input>,
  context: { lookup(name: string): Value | undefined },
): Record<string, Value> {
  const { facts } = worker.setup;
  const given = unitTest.overrides ?? { macros: {}, vars: {}, env_vars: {} };
  const use = (input: Input): Value => {
    used.set(input.id, input);
    return ephemeralRelation({ alias: input.name });
  };
  const members: Record<string, Value> = {
    ...inputFunctions(worker, unitTest, model, inputs, use),
    env_var: envVarFunction({ ...worker.invocation.env, ...stringValues(given.env_vars) }, "public"),
    var: varFunction({
      facts,
      packageName: model.package_name,
      owner: unitTest.name,
      missing: "error",
      context,
      overrides: given.vars,
    }),
    this: nodeRelation(model, facts),
  };
  const own = inputs.find((input) => input.kind === "this");
  if (own !== undefined) members["this"] = use(own);
  for (const [name, value] of Object.entries(given.macros)) overrideMacro(members, name, value, context);
  return members;
}

function stringValues(record: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, asText(value)]));
}

/** An overridden macro gives a fixed value, another name is one; `package.macro` is what its package calls. */
function overrideMacro(
  members: Record<string, Value>,
  name: string,
  value: Json,
  context: { lookup(name: string): Value | undefined },
): void {
  const fixed: HostFunction = () => toPython(value);
  const dot = name.indexOf(".");
  if (dot < 0) {
    members[name] = isCalled(context.lookup(name)) ? fixed : toPython(value);
    return;
  }
  const [packageName, macro] = [name.slice(0, dot), name.slice(dot + 1)];
  const before = members[packageName];
  const namespace =
    before instanceof OverriddenNamespace ? before : new OverriddenNamespace(context.lookup(packageName) ?? null);
  namespace.fixed.set(macro, fixed);
  members[packageName] = namespace;
}

/** Whatever is no plain value of the context, such as `invocation_id` is. */
function isCalled(original: Value | undefined): boolean {
  return original === undefined || typeof original === "function" || original instanceof PyObject;
}

/** A package's macros, some of which give fixed values. */
class OverriddenNamespace extends PyObject {
  readonly pyType = "dict";
  readonly fixed = new Map<string, Value>();
  private readonly original: Value;

  constructor(original: Value) {
    super();
    this.original = original;
  }

  override getItem(key: Value): Value | undefined {
    const fixed = typeof key === "string" ? this.fixed.get(key) : undefined;
    return fixed ?? (this.original instanceof PyObject ? this.original.getItem(key) : undefined);
  }
}

function outcome(table: AgateTable): UnitTestOutcome {
  const marker = table.columnNames.findIndex((name) => name.toLowerCase() === "actual_or_expected");
  const kinds = (table.data[marker] ?? []).map((cell) => pyStr(cell));
  const others = table.columnNames.filter((_, index) => index !== marker);
  const rowsOf = (kind: string): (string | null)[][] =>
    kinds.flatMap((value, row) => (value === kind ? [others.map((name) => cellText(table, name, row))] : []));
  return compareRows(others, rowsOf("expected"), rowsOf("actual"));
}

function cellText(table: AgateTable, name: string, row: number): string | null {
  const cell = table.data[table.columnNames.indexOf(name)]?.[row] ?? null;
  return cell === null ? null : pyStr(cell);
}
