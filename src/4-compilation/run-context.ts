import { basename, extname, join } from "node:path";
import type { Batch } from "../contracts/batch.ts";
import type { PythonJob } from "../contracts/engine.ts";
import type { Json } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { commonMembers, SqlResults } from "../context/common-members.ts";
import { toPython } from "../context/convert.ts";
import { hostFunction } from "../context/host-function.ts";
import { metricFunction } from "../context/metric-reference.ts";
import { Lazy, NodeContext, type Members } from "../context/node-context.ts";
import { nodeRelation, publicNode } from "../context/node-relation.ts";
import { ResponseObject } from "../context/response-object.ts";
import { ReferenceFunction } from "../context/reference-function.ts";
import { varFunction } from "../context/vars.ts";
import type { PyDict } from "../jinja/values.ts";
import { pyStr, raise, type Value } from "../jinja/values.ts";
import { asList } from "../shared/objects.ts";
import { bridgeBackend } from "./bridge-backend.ts";
import { withBatch } from "./event-time.ts";
import { functionFunction, refFunction, sourceFunction } from "./references.ts";
import { RunConfig } from "./run-config.ts";
import { loadSeedTable } from "./seed-table.ts";
import type { WorkerContext } from "./worker-context.ts";
import { writeTextFile } from "../shared/files.ts";

/** A node's context while it runs, with what the run collects. */
export interface RunContext {
  readonly context: NodeContext;
  readonly results: SqlResults;
  /** Ephemeral models that the node's text used, in order. */
  readonly ephemerals: Map<string, ManifestNode>;
  /** The macros that the node's own text called so far. */
  readonly macros: ReadonlySet<string>;
  /** target/run/…, where the statements were written, if any were. */
  buildPath(): string | undefined;
  /** Puts the compiled text where templates look for it. */
  setCompiled(code: string): void;
}

export function runContext(worker: WorkerContext, node: ManifestNode, batch: Batch | null = null): RunContext {
  const { facts } = worker.setup;
  const { draft } = worker;
  const results = new SqlResults();
  const ephemerals = new Map<string, ManifestNode>();
  const macros = new Set<string>();
  const isOperation = node.resource_type === "operation";
  const references = {
    worker,
    node,
    isOperation,
    batch,
    onEphemeral: (id: string) => void ephemerals.set(id, ephemerals.get(id) ?? knownNode(worker, id)),
  };
  const shown = batch === null ? node : withBatch(node, batch);
  let model: PyDict | undefined;
  const modelDict = (): PyDict => (model ??= toPython(publicNode(shown)) as PyDict);
  const members: Members = new Map<string, Value | Lazy>([
    ...commonMembers({
      adapter: {
        facts,
        registry: worker.registry,
        backend: draft === null ? bridgeBackend(worker.bridge) : null,
        missed: draft === null ? undefined : () => (draft.asked = true),
        engineMethods: worker.engineMethods,
      },
      invocation: worker.invocation,
      nodeId: node.unique_id,
      context: () => context,
    }),
    ...results.members(),
    ...nodeMembers(worker, node, shown, batch, modelDict),
    ["ref", new ReferenceFunction(refFunction(references), facts, worker.setup.flags)],
    ["source", new ReferenceFunction(sourceFunction(references), facts, worker.setup.flags)],
    ["function", functionFunction(references)],
    ["model", new Lazy(modelDict)],
  ]);
  const context = new NodeContext({
    registry: worker.registry,
    packageName: node.package_name,
    shared: worker.shared,
    members,
    onMacroCall: (id) => macros.add(id),
  });
  members.set("var", nodeVar(node, facts, context));
  return {
    context,
    results,
    ephemerals,
    macros,
    buildPath: () => node.build_path ?? undefined,
    setCompiled: (code) => {
      modelDict().set("compiled_code", code);
      modelDict().set("compiled_sql", code);
      modelDict().set("compiled", true);
      context.override({ sql: code, compiled_code: code });
    },
  };
}

function nodeVar(node: ManifestNode, facts: ProjectFacts, context: NodeContext): Value {
  return varFunction({ facts, packageName: node.package_name, owner: node.name, missing: "error", context });
}

/** A node that a reference was resolved to, whole. */
export function knownNode({ bridge }: Pick<WorkerContext, "bridge">, id: string): ManifestNode {
  const node = bridge.request({ op: "node", id });
  if (node === null) throw new Error(`bug: ${id} was resolved but is not in the manifest`);
  return node;
}

/** Members that say what the node is. */
function nodeMembers(
  worker: WorkerContext,
  node: ManifestNode,
  shown: ManifestNode,
  batch: Batch | null,
  model: () => Value,
): Members {
  return new Map<string, Value | Lazy>([
    ["execute", isExecuting(worker)],
    ["metric", metricFunction(() => worker.graph())],
    ["config", new RunConfig(shown.config, node.unique_id, model)],
    ["this", nodeRelation(node, worker.readerFacts)],
    ["defer_relation", new Lazy(() => deferRelation(node, worker.setup.facts))],
    ["database", node.database],
    ["schema", node.schema],
    ["graph", new Lazy(() => worker.graph())],
    ["pre_hooks", hooks(node, "pre-hook")],
    ["post_hooks", hooks(node, "post-hook")],
    [
      "write",
      hostFunction("write", ["payload"], (payload) => writeRunFile(worker, node, pyStr(payload ?? null), batch)),
    ],
    ["submit_python_job", submitPythonJob(worker, node)],
    ["load_agate_table", () => loadSeedTable(node, worker.setup.flags)],
  ]);
}

/** Runs a Python model; `code` is what a materialization made of its text. */
function submitPythonJob(worker: WorkerContext, node: ManifestNode): Value {
  return hostFunction("submit_python_job", ["parsed_model", "compiled_code"], (_, code) => {
    const { schema, alias, raw_code, original_file_path: path, _line: line = 1 } = node;
    const { root, target } = worker.setup.facts;
    const relation = { database: node.database ?? target.database, schema, identifier: alias };
    const job: PythonJob = { code: pyStr(code ?? null), raw_code, name: alias, path, line, relation, root };
    return new ResponseObject(worker.bridge.request({ op: "run-python" as const, job }));
  });
}

/** Templates that look have more to say when they run than in a draft. */
function isExecuting({ draft }: WorkerContext): Value | Lazy {
  return draft === null || new Lazy(() => !(draft.asked = true));
}

/** What an earlier state has of the node itself: unit tests take its columns, `clone` its rows. */
function deferRelation({ _deferred: place }: ManifestNode, facts: ProjectFacts): Value {
  if (place === undefined) return null;
  if ("problem" in place) raise("CompilationError", place.problem);
  return nodeRelation({ ...place, config: place.config ?? {} }, facts);
}

function hooks(node: ManifestNode, key: "pre-hook" | "post-hook"): Value {
  if (node.resource_type === "test") return [];
  return asList(node.config[key] as Json[]).map(toPython);
}

/**
 * target/<kind>/<package>/<file>: below the file for nodes that share one (tests of a property file, snapshots), and for
 * batches in a folder named like the file.
 */
export function targetPath(
  node: Pick<ManifestNode, "package_name" | "original_file_path" | "path">,
  kind: "compiled" | "run",
  target: string,
  batch: Pick<Batch, "label"> | null = null,
): string {
  const ownName = node.path.slice(node.path.lastIndexOf("/") + 1);
  const fileName = node.original_file_path.slice(node.original_file_path.lastIndexOf("/") + 1);
  const path = ownName === fileName ? node.original_file_path : `${node.original_file_path}/${node.path}`;
  if (batch === null) return join(target, kind, node.package_name, path);
  const [extension, folder] = [extname(path), path.slice(0, path.length - extname(path).length)];
  return join(target, kind, node.package_name, folder, `${basename(folder)}_${batch.label}${extension}`);
}

function writeRunFile(worker: WorkerContext, node: ManifestNode, payload: string, batch: Batch | null): string {
  const { facts } = worker.setup;
  node.build_path = targetPath(node, "run", facts.targetPath, batch);
  const path = join(facts.root, node.build_path);
  writeTextFile(path, payload);
  return "";
}
