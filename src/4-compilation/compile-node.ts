import { join } from "node:path";
import type { Batch } from "../contracts/batch.ts";
import type { CompiledNode, CompiledText } from "../contracts/bridge.ts";
import type { InjectedCte, ManifestNode } from "../contracts/manifest.ts";
import { renderKwargs } from "../context/test-kwargs.ts";
import { asPart } from "./failed-part.ts";
import { resolveForeignKeys } from "./foreign-keys.ts";
import { cteName } from "./references.ts";
import { injectCtes } from "./inject-ctes.ts";
import { runContext, targetPath, type RunContext } from "./run-context.ts";
import type { WorkerContext } from "./worker-context.ts";
import { pyStr, raise } from "../jinja/values.ts";
import { writeTextFile } from "../shared/files.ts";

/** Renders a node's text for good, with the ephemeral models it uses put in front of it. */
export function compileNode(
  worker: WorkerContext,
  node: ManifestNode,
  run: RunContext = runContext(worker, node),
): CompiledNode {
  const foreignKeys = resolveForeignKeys(node, run.context);
  const code = renderNode(worker, node, run);
  if (!worker.invocation.flags.inject_ephemeral_ctes) return withoutCtes(code, foreignKeys, run);
  const ephemerals = new EphemeralTexts(worker);
  const ctes = ephemerals.ctesOf(run.ephemerals.values());
  const text = { code: injectCtes(code, ctes), ctes, macros: [...run.macros] };
  const compiled = { ...text, ephemerals: ephemerals.compiled, foreignKeys };
  run.setCompiled(compiled.code);
  return compiled;
}

function withoutCtes(code: string, foreignKeys: readonly string[], run: RunContext): CompiledNode {
  const ctes = [...run.ephemerals.values()].map(({ unique_id: id }) => ({ id, sql: null }));
  run.setCompiled(code);
  return { code, ctes, isWithoutCtes: true, macros: [...run.macros], foreignKeys };
}

function renderNode(worker: WorkerContext, node: ManifestNode, run: RunContext): string {
  if (node.resource_type === "seed") return "";
  if (node.language === "python" && node.resource_type === "model") return pythonCode(node, run);
  if (node.language !== "sql") return node.raw_code;
  if (node.test_metadata !== undefined)
    run.context.override({
      _dbt_generic_test_kwargs: renderKwargs(node.test_metadata.kwargs, run.context, node.original_file_path),
    });
  if (!node.raw_code.includes("{")) return node.raw_code;
  worker.texts.set(node.unique_id, node);
  try {
    return worker.host.render(node.unique_id, run.context);
  } finally {
    worker.texts.delete(node.unique_id);
  }
}

/** A Python model's text is no template; what its `dbt` object knows is put behind it. */
function pythonCode(node: ManifestNode, run: RunContext): string {
  const postfix = run.context.callMacro("py_script_postfix", [run.context.lookup("model") ?? null]);
  const [ephemeral] = run.ephemerals.values();
  if (ephemeral !== undefined)
    raise(
      "CompilationError",
      `The Python model ${node.name} reads ${ephemeral.name}, which is ephemeral: there is no relation to read. Materialize ${ephemeral.name} as a view or a table.`,
    );
  return `${node.raw_code}\n\n${pyStr(postfix)}`;
}

/** The ephemeral models that one node uses, also by way of others; each is rendered once. */
class EphemeralTexts {
  readonly compiled: Record<string, CompiledText> = {};
  private readonly found = new Map<string, InjectedCte[]>();
  private readonly worker: WorkerContext;

  constructor(worker: WorkerContext) {
    this.worker = worker;
  }

  /** The CTEs of ephemeral models, those they use themselves first, each once. */
  ctesOf(nodes: Iterable<ManifestNode>): InjectedCte[] {
    const ctes = new Map<string, InjectedCte>();
    for (const node of nodes) for (const cte of this.withOwn(node)) ctes.set(cte.id, cte);
    return [...ctes.values()];
  }

  private withOwn(node: ManifestNode): InjectedCte[] {
    const known = this.found.get(node.unique_id);
    if (known !== undefined) return known;
    const run = runContext(this.worker, node);
    const code = asPart(node, () => renderNode(this.worker, node, run));
    const ctes = this.ctesOf(run.ephemerals.values());
    const text = { code: injectCtes(code, ctes), ctes, macros: [...run.macros] };
    if (this.worker.draft === null) writeCompiled(this.worker, node, text.code);
    this.compiled[node.unique_id] = text;
    const all = [...ctes, { id: node.unique_id, sql: ` ${cteName(node.alias)} as (\n${code}\n)` }];
    this.found.set(node.unique_id, all);
    return all;
  }
}

/** Writes target/compiled/…; no file for a node without text, as dbt. */
export function writeCompiled(
  worker: WorkerContext,
  node: Parameters<typeof targetPath>[0],
  code: string,
  batch: Batch | null = null,
): void {
  if (code === "") return;
  const { facts } = worker.setup;
  const file = join(facts.root, targetPath(node, "compiled", facts.targetPath, batch));
  writeTextFile(file, code);
}
