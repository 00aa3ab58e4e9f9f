import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CompiledNode } from "../contracts/bridge.ts";
import type { InjectedCte, ManifestNode } from "../contracts/manifest.ts";
import { renderKwargs } from "../context/test-kwargs.ts";
import { resolveForeignKeys } from "./foreign-keys.ts";
import { cteName } from "./references.ts";
import { injectCtes } from "./inject-ctes.ts";
import { runContext, targetPath, type RunContext } from "./run-context.ts";
import type { WorkerContext } from "./worker-context.ts";

/** Renders a node's text for good, with the ephemeral models it uses put in front of it. */
export function compileNode(
  worker: WorkerContext,
  node: ManifestNode,
  run: RunContext = runContext(worker, node),
): CompiledNode {
  resolveForeignKeys(node, run.context);
  const code = renderNode(worker, node, run);
  const ctes = collectCtes(worker, run.ephemerals);
  const compiled = { code: injectCtes(code, ctes), ctes };
  run.setCompiled(compiled.code);
  return compiled;
}

function renderNode(worker: WorkerContext, node: ManifestNode, run: RunContext): string {
  if (node.resource_type === "seed") return "";
  if (node.language === "python") return node.raw_code;
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

/** The CTEs of ephemeral models, those they use themselves first, each once. */
function collectCtes(worker: WorkerContext, ephemerals: ReadonlyMap<string, ManifestNode>): InjectedCte[] {
  const ctes = new Map<string, InjectedCte>();
  const visit = (node: ManifestNode): void => {
    if (ctes.has(node.unique_id)) return;
    const run = runContext(worker, node);
    const code = renderNode(worker, node, run);
    for (const parent of run.ephemerals.values()) visit(parent);
    writeCompiled(worker, node, injectCtes(code, collectCtes(worker, run.ephemerals)));
    ctes.set(node.unique_id, { id: node.unique_id, sql: ` ${cteName(node.alias)} as (\n${code}\n)` });
  };
  for (const node of ephemerals.values()) visit(node);
  return [...ctes.values()];
}

/** target/compiled/…; the path is relative to the project. */
export function writeCompiled(worker: WorkerContext, node: Parameters<typeof targetPath>[0], code: string): string {
  const { facts } = worker.setup;
  const path = targetPath(node, "compiled", facts.targetPath);
  const file = join(facts.root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  return path;
}
