import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { Manifest, ManifestNode, RefArgs } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { EngineMethods } from "../context/adapter-backend.ts";
import { commonMembers, sharedMembers, SqlResults } from "../context/common-members.ts";
import { fromPython, fromPythonDict, toPython } from "../context/convert.ts";
import { hostFunction } from "../context/host-function.ts";
import type { MacroRegistry } from "../context/macro-registry.ts";
import { Lazy, NodeContext, type Members } from "../context/node-context.ts";
import { functionArgs } from "../context/function-args.ts";
import { MetricReference } from "../context/metric-reference.ts";
import { nodeRelation, publicNode } from "../context/node-relation.ts";
import { ReferenceFunction } from "../context/reference-function.ts";
import type { Relation } from "../context/relation.ts";
import { varFunction, type VarOptions } from "../context/vars.ts";
import {
  ChainableUndefined,
  PyDict,
  PyObject,
  pyStr,
  raise,
  Undefined,
  type HostFunction,
  type Kwargs,
  type Value,
} from "../jinja/values.ts";
import { canonicalKey, mergeCall } from "./config-rules.ts";
import { macrosWithin } from "./test-macros.ts";
import { WatchedInputs } from "./watched-inputs.ts";

export interface ParseEnvironment {
  readonly facts: ProjectFacts;
  /** Watched: see `inputs`. */
  readonly invocation: Invocation;
  readonly inputs: WatchedInputs;
  readonly registry: MacroRegistry;
  readonly macros: Manifest["macros"];
  readonly engineMethods: EngineMethods;
  readonly shared: ReadonlyMap<string, Value | Lazy>;
  /** Takes note of what a template does that is deprecated. */
  readonly deprecate: (entry: Diagnostic) => void;
}

export function parseEnvironment(
  facts: ProjectFacts,
  invocation: Invocation,
  { registry, macros }: Pick<ParseEnvironment, "registry" | "macros">,
  engineMethods: EngineMethods,
  diagnostics: Diagnostic[],
): ParseEnvironment {
  const inputs = new WatchedInputs(invocation);
  const deprecate = (entry: Diagnostic): void => void diagnostics.push(entry);
  const shared = sharedMembers(facts, inputs.invocation, deprecate);
  return { facts, invocation: inputs.invocation, inputs, registry, macros, engineMethods, shared, deprecate };
}

/** What a node's text said while it was rendered for the first time. */
export interface Captured {
  readonly refs: RefArgs[];
  readonly sources: string[][];
  readonly metrics: string[][];
  readonly functions: string[][];
  readonly macros: Set<string>;
  readonly config: JsonObject;
}

export function newCapture(): Captured {
  return { refs: [], sources: [], metrics: [], functions: [], macros: new Set(), config: {} };
}

/** While parsing, an unknown name in a node's own text is no error, nor is what a value does not have: it may exist at run time. */
class ParseNodeContext extends NodeContext {
  readonly isLenient = true;
}

/** Whose vars a template sees, and what one that is not there comes to. */
export type ParseVars = Pick<VarOptions, "owner" | "packageName" | "missing">;

/** The context a node is rendered with at parse time; refs, sources and configs end up in `captured`. */
export function parseContext(
  env: ParseEnvironment,
  node: ManifestNode,
  captured: Captured,
  vars: ParseVars = { owner: node.name, packageName: node.package_name, missing: "none" },
): NodeContext {
  const { facts, invocation, registry, engineMethods } = env;
  const self = (): Relation => nodeRelation(node, facts);
  const members: Members = new Map<string, Value | Lazy>([
    ...commonMembers({
      adapter: { facts, registry, backend: null, engineMethods },
      invocation,
      nodeId: node.unique_id,
      context: () => context,
    }),
    ...new SqlResults().members(),
    ["execute", false],
    ["ref", new ReferenceFunction(captureRef(captured.refs, self), facts, invocation.flags)],
    ["source", new ReferenceFunction(captureSource(captured.sources, self), facts, invocation.flags)],
    ["metric", captureMetric(captured.metrics)],
    ["function", captureFunction(captured.functions, self)],
    ["config", new ParseConfig(captured.config)],
    ["this", new Lazy(self)],
    ["model", new Lazy(() => parsedModel(node))],
    ["database", node.database],
    ["schema", node.schema],
    [
      "graph",
      new Lazy(() =>
        toPython({
          nodes: {},
          sources: {},
          exposures: {},
          metrics: {},
          groups: {},
          semantic_models: {},
          saved_queries: {},
        }),
      ),
    ],
    ["selected_resources", []],
    ["pre_hooks", []],
    ["post_hooks", []],
    ["write", () => ""],
  ]);
  const context: NodeContext = new ParseNodeContext({
    registry,
    packageName: node.package_name,
    shared: env.shared,
    members,
    // As in dbt: a generic test is parsed with the macros that its own calls by name, and `ref` is none of them.
    ofParsedTest: node.test_metadata && macrosWithin(() => testMacros(node, captured), env.macros, registry),
    onMacroCall: (id) => captured.macros.add(id),
  });
  members.set("var", varFunction({ ...vars, facts, context }));
  return context;
}

/** The macro of the test, noted before or, when the test is read again, in the node. */
const testMacros = (node: ManifestNode, captured: Captured): string[] => [
  ...captured.macros,
  ...node.depends_on.macros,
];

/** Only a batch has a `model.batch`; a text that asks it for its bounds is right all the same. */
function parsedModel(node: ManifestNode): Value {
  const model = toPython(publicNode(node)) as PyDict;
  model.set("batch", new ChainableUndefined({ name: "batch" }));
  return model;
}

function captureRef(refs: RefArgs[], self: () => Relation): HostFunction {
  return (args, kwargs) => {
    refs.push(refArgs(args, kwargs));
    return self();
  };
}

/** ref(name), ref(package, name), with version= or v=. */
export function refArgs(args: readonly Value[], kwargs: Readonly<Kwargs>): RefArgs {
  if (args.length < 1 || args.length > 2)
    raise("CompilationError", `ref() takes at most two arguments (${String(args.length)} given)`);
  const [first, second] = args;
  const packageName = args.length === 2 ? (first ?? null) : null;
  const name = args.length === 2 ? (second ?? null) : (first ?? null);
  if (typeof name !== "string")
    raise("CompilationError", `The name argument to ref() must be a string, got ${pyStr(name)}`);
  if (packageName !== null && typeof packageName !== "string")
    raise("CompilationError", "The package argument to ref() must be a string or None");
  return { name, package: packageName, version: version(kwargs["version"] ?? kwargs["v"]) };
}

function version(value: Value | undefined): string | number | null {
  if (value === undefined || value === null || value instanceof Undefined) return null;
  return typeof value === "number" ? value : pyStr(value);
}

function captureSource(sources: string[][], self: () => Relation): HostFunction {
  return (args) => {
    sources.push(sourceArgs(args));
    return self();
  };
}

export function sourceArgs(args: readonly Value[]): [string, string] {
  const [source, table] = args;
  if (args.length !== 2 || typeof source !== "string" || typeof table !== "string") {
    raise(
      "CompilationError",
      `source() takes exactly two arguments, the source's name and the table's (${String(args.length)} given)`,
    );
  }
  return [source, table];
}

function captureFunction(functions: string[][], self: () => Relation): HostFunction {
  return (args, kwargs) => {
    functions.push(functionArgs(args, kwargs));
    return self().with({ type: "function" });
  };
}

function captureMetric(metrics: string[][]): HostFunction {
  return (args) => {
    metrics.push(args.map((arg) => pyStr(arg)));
    const [name = "", packageName = null] = args.map((arg) => pyStr(arg)).reverse();
    return new MetricReference(name, packageName);
  };
}

/** `config(...)` in a file. While parsing it only takes note; asking it answers ''. */
class ParseConfig extends PyObject {
  readonly pyType = "ParseConfigObject";
  private readonly config: JsonObject;

  constructor(config: JsonObject) {
    super();
    this.config = config;
  }

  override call(args: Value[], kwargs: Kwargs): Value {
    const [given] = args;
    const named = Object.keys(kwargs).length > 0;
    if (args.length > 1 || (args.length === 1 && named) || (args.length === 1 && !(given instanceof PyDict))) {
      raise("CompilationError", "Invalid inline model config: use config(key=value) or config({'key': value})");
    }
    const options = given instanceof PyDict ? fromPythonDict(given) : named ? kwargsToJson(kwargs) : null;
    if (options === null) raise("CompilationError", "Invalid inline model config: config() needs at least one key");
    for (const key of ["pre_hook", "post_hook"]) {
      if (key in options && key.replace("_", "-") in options)
        raise("CompilationError", `Invalid config, has both ${key} and ${key.replace("_", "-")}`);
    }
    // A first call stands in the unrendered config as it is written; later ones are merged into it.
    if (Object.keys(this.config).length > 0) mergeCall(this.config, options);
    else for (const [key, value] of Object.entries(options)) this.config[canonicalKey(key)] = value;
    return "";
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "set":
        return hostFunction(name, ["name", "value"], (key, value) =>
          this.call([PyDict.from({ [pyStr(key ?? null)]: value ?? null })], Object.create(null) as Kwargs),
        );
      case "get":
      case "require":
      case "meta_get":
      case "meta_require":
        return () => "";
      case "persist_relation_docs":
      case "persist_column_docs":
        return () => false;
      default:
        return undefined;
    }
  }
}

function kwargsToJson(kwargs: Readonly<Kwargs>): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(kwargs)) if (!(value instanceof Undefined)) result[key] = fromPython(value);
  return result;
}
