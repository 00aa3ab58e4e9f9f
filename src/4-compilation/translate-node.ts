import type { Batch } from "../contracts/batch.ts";
import type { CompiledNode } from "../contracts/bridge.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { compileNode } from "./compile-node.ts";
import { runContext, type RunContext } from "./run-context.ts";
import type { WorkerContext } from "./worker-context.ts";

export interface Translating {
  /** The engine that the text is written for. */
  readonly from: string;
  /** What the node's materialization sees. */
  readonly run: RunContext;
  readonly batch: Batch | null;
}

/**
 * The text of a node that this engine runs and another one's SQL is written for: rendered as that engine would, with the
 * names that hold here, and translated. Throws where the translation could mean something else.
 */
export function translateNode(
  worker: WorkerContext,
  node: ManifestNode,
  { from, run, batch }: Translating,
): CompiledNode {
  const home = worker.home(from);
  const compiled = compileNode(home, node, runContext(home, node, batch));
  const code = worker.bridge.request({ op: "translate", sql: compiled.code, from });
  run.setCompiled(code);
  return { ...compiled, code };
}
