import type { Batch } from "../contracts/batch.ts";
import type { CompiledNode } from "../contracts/bridge.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { hostFunction } from "../context/host-function.ts";
import { pyStr, type Value } from "../jinja/values.ts";
import { compileNode } from "./compile-node.ts";
import { hooksOf, renderHook } from "./node-hooks.ts";
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
  translateHooks(worker, node, { from, run, batch });
  const code = worker.bridge.request({ op: "translate", sql: compiled.code, from });
  run.setCompiled(code);
  return { ...compiled, code };
}

/** The node's hooks are in the language of its text; what else a template renders stays as it is. */
function translateHooks(worker: WorkerContext, node: ManifestNode, { from, run, batch }: Translating): void {
  const texts = new Set(hooksOf(node).map(({ text }) => text));
  const render = run.context.lookup("render");
  if (texts.size === 0 || typeof render !== "function") return;
  const translated = hostFunction("render", ["string"], (given) => {
    const text = pyStr(given ?? null);
    if (!texts.has(text)) return render([text], Object.create(null) as Record<string, Value>);
    const home = worker.home(from);
    const sql = renderHook(text, node, runContext(home, node, batch).context);
    return sql === "" ? "" : worker.bridge.request({ op: "translate", sql, from });
  });
  run.context.override({ render: translated });
}
