import { diagnostic } from "../contracts/diagnostic.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { treatmentOf } from "../contracts/warnings.ts";
import type { RunContext } from "../4-compilation/run-context.ts";
import type { WorkerContext } from "../4-compilation/worker-context.ts";
import { toPython } from "../context/convert.ts";
import { nodeRelation } from "../context/node-relation.ts";
import type { Relation } from "../context/relation.ts";
import { iterate, pyStr, raise, truthy } from "../jinja/values.ts";
import { RefusedStatement } from "./port-bridge.ts";

/** Makes the statements of a node's `iceberg_upkeep` before it is built: a wrong config must not cost a build. */
export function checkUpkeep(worker: WorkerContext, run: RunContext, node: ManifestNode): void {
  upkeepStatements(run, node, nodeRelation(node, worker.setup.facts));
}

/**
 * Keeps the tables in shape that a node wrote. A statement that fails is a warning and not the node's failure: its rows
 * are there and complete, what is below may go on, and the next run tries again. The others are still sent.
 */
export function runUpkeep(
  worker: WorkerContext,
  run: RunContext,
  node: ManifestNode,
  relations: readonly Relation[],
): void {
  for (const relation of relations.filter(({ parts }) => parts.type === "table")) {
    for (const sql of upkeepStatements(run, node, relation)) {
      try {
        worker.bridge.request({ op: "execute", sql, autoBegin: false, fetch: false });
      } catch (error) {
        if (!(error instanceof RefusedStatement) || error.pythonType === "KeyboardInterrupt") throw error;
        warnOf(worker, node, `The upkeep of ${relation.render()} failed: ${error.message}\n  ${sql}`);
      }
    }
  }
}

function upkeepStatements(run: RunContext, node: ManifestNode, relation: Relation): string[] {
  const upkeep = toPython(node.config["iceberg_upkeep"] ?? null);
  if (!truthy(upkeep)) return [];
  return [...iterate(run.context.callMacro("get_iceberg_upkeep_sql", [relation, upkeep]))].map(pyStr);
}

function warnOf({ setup, bridge }: WorkerContext, node: ManifestNode, message: string): void {
  const treatment = treatmentOf("", setup.flags);
  if (treatment === "error") raise("DbtRuntimeError", message);
  if (treatment === "silence") return;
  const hint = "The table's rows are complete. The next run tries again, and so does `run-operation iceberg_upkeep`.";
  const place = { file: node.original_file_path };
  bridge.emit({ kind: "diagnostic", diagnostic: diagnostic("DH3005", message, place, hint, "warning") });
}
