import type { Batch } from "../contracts/batch.ts";
import type { ManifestNode, RefArgs } from "../contracts/manifest.ts";
import { ALL_PARTS } from "../contracts/relation.ts";
import { Relation, type RelationWindow } from "../context/relation.ts";
import { functionArgs } from "../context/function-args.ts";
import { nodeRelation } from "../context/node-relation.ts";
import { sourceRelation } from "../context/source-relation.ts";
import { pyStr, raise, Undefined, type HostFunction, type Kwargs, type Value } from "../jinja/values.ts";
import { eventTimeField, eventTimeFilter } from "./event-time.ts";
import { sampledShare, sampledWindow, SAMPLING, type SampledInput } from "./sample.ts";
import { resolveReference } from "./resolve-reference.ts";
import type { WorkerContext } from "./worker-context.ts";

export interface ReferenceOptions {
  readonly worker: WorkerContext;
  readonly node: Pick<ManifestNode, "unique_id" | "name" | "resource_type" | "package_name" | "original_file_path"> & {
    readonly depends_on: { readonly nodes: readonly string[] };
  };
  /** Operations may ref anything that is a relation; nodes only what they were found to depend on. */
  readonly isOperation: boolean;
  /** The batch that inputs with an event time are cut to. */
  readonly batch: Batch | null;
  /** Told of each ephemeral model that is used. */
  readonly onEphemeral: (uniqueId: string) => void;
}

/** `ref()` while a node runs. */
export function refFunction(options: ReferenceOptions): HostFunction {
  const { worker, node } = options;
  return (args, kwargs) => {
    const ref = parseRef(args, kwargs);
    const found = resolveReference(worker, { op: "resolve-ref", ref, fromPackage: node.package_name });
    if (found === null || "disabled" in found) notFound(node, refTitle(ref), found !== null);
    const target = found.node;
    if (!options.isOperation && !node.depends_on.nodes.includes(target.unique_id)) badContext(node, ref);
    const window = windowOf(options, target.eventTime, target);
    if (target.resource_type === "model" && target.config["materialized"] === "ephemeral") {
      if (options.isOperation)
        raise("CompilationError", `Operations can not ref() ephemeral nodes, but ${target.name} is ephemeral`);
      options.onEphemeral(target.unique_id);
      return ephemeralRelation(target, window);
    }
    const relation = nodeRelation(target, worker.readerFacts);
    return relation.with({}, undefined, window);
  };
}

/** `source()` while a node runs. */
export function sourceFunction(options: ReferenceOptions): HostFunction {
  const { worker, node } = options;
  return (args) => {
    const [sourceName, table] = args;
    if (args.length !== 2 || typeof sourceName !== "string" || typeof table !== "string") {
      raise("CompilationError", `source() takes exactly two arguments (${String(args.length)} given)`);
    }
    const found = resolveReference(worker, {
      op: "resolve-source",
      source: sourceName,
      table,
      fromPackage: node.package_name,
    });
    if (found === null || "disabled" in found)
      notFound(node, `a source named '${sourceName}.${table}'`, found !== null);
    const field = eventTimeField(found.node, found.node.quoting);
    return sourceRelation(found.node, worker.readerFacts.traits).with(
      {},
      undefined,
      windowOf(options, field, found.node),
    );
  };
}

/** `function()` while a node runs: the name to call it by. */
export function functionFunction(options: ReferenceOptions): HostFunction {
  const { worker, node } = options;
  return (args, kwargs) => {
    const names = functionArgs(args, kwargs);
    const found = resolveReference(worker, { op: "resolve-function", args: names, fromPackage: node.package_name });
    if (found === null || "disabled" in found) notFound(node, `a function named '${names.join(".")}'`, found !== null);
    return nodeRelation(found.node, worker.readerFacts).with({ type: "function" });
  };
}

export function ephemeralRelation(target: Pick<ManifestNode, "alias">, window?: RelationWindow): Relation {
  const relation = new Relation({
    database: null,
    schema: null,
    identifier: cteName(target.alias),
    type: "cte",
    quoting: { ...ALL_PARTS, identifier: false },
  });
  return window === undefined ? relation : relation.with({}, undefined, window);
}

export function cteName(alias: string): string {
  return `__dbt__cte__${alias}`;
}

/**
 * `--empty` reads no rows from any input; a batch reads its own window of those that have an event time, `--sample`
 * what it says.
 */
function windowOf(
  { worker, node, batch }: ReferenceOptions,
  field: string | null,
  input: SampledInput,
): RelationWindow {
  const { flags, facts } = worker.setup;
  const sample = SAMPLING.includes(node.resource_type) ? flags.sample : null;
  return {
    limit: flags.empty ? 0 : null,
    eventTimeFilter: eventTimeFilter(field, sampledWindow(sample, batch), facts.traits),
    sample: sampledShare(sample, input, worker),
  };
}

function parseRef(args: readonly Value[], kwargs: Readonly<Kwargs>): RefArgs {
  const version = kwargs["version"] ?? kwargs["v"] ?? null;
  const [first, second] = args;
  const packageName = args.length === 2 ? (first ?? null) : null;
  const name = args.length === 2 ? second : first;
  if (args.length < 1 || args.length > 2)
    raise("CompilationError", `ref() takes at most two arguments (${String(args.length)} given)`);
  if (typeof name !== "string")
    raise("CompilationError", `The name argument to ref() must be a string, got ${pyStr(name ?? null)}`);
  return {
    name,
    package: typeof packageName === "string" ? packageName : null,
    version:
      version === null || version instanceof Undefined ? null : typeof version === "number" ? version : pyStr(version),
  };
}

/** What a ref asks for, as the message that there is none says it. */
export function refTitle(ref: RefArgs): string {
  const version = ref.version === null ? "" : ` with version '${String(ref.version)}'`;
  const place = ref.package === null ? "" : ` in package or project '${ref.package}'`;
  return `a node named '${ref.name}'${version}${place}`;
}

export function notFound(
  node: { readonly unique_id: string; readonly original_file_path: string },
  target: string,
  disabled: boolean,
): never {
  const type = node.unique_id.split(".")[0] ?? "node";
  const title = type.replaceAll(/(^|_)[a-z]/g, (start) => start.toUpperCase());
  raise(
    "CompilationError",
    `${title} '${node.unique_id}' (${node.original_file_path}) depends on ${target} which ${disabled ? "is disabled" : "was not found"}`,
  );
}

function badContext(node: ReferenceOptions["node"], ref: RefArgs): never {
  const args = ref.package === null ? `'${ref.name}'` : `'${ref.package}', '${ref.name}'`;
  raise(
    "CompilationError",
    `dbt was unable to infer all dependencies for the model "${node.name}".\nThis typically happens when ref() is placed within a conditional block.\n\nTo fix this, add the following hint to the top of the model "${node.name}":\n\n-- depends_on: {{ ref(${args}) }}`,
  );
}
