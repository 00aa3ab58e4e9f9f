import type { EngineSession, WrittenTable } from "../contracts/engine.ts";
import type { Manifest } from "../contracts/manifest.ts";
import type { RunResult } from "../contracts/run-result.ts";
import type { RelationCache } from "./relation-cache.ts";

/**
 * Adds `snapshot_id` to the responses of nodes whose tables keep snapshots, as a text: the ids are longer than JSON's
 * numbers. Asked once when all nodes are done, because a statement a node would make every run slower. `keepers` are the
 * databases whose tables had snapshots in an earlier run. Gives the databases that were written to, and whether any did in this.
 */
export async function noteSnapshots(
  engine: EngineSession,
  cache: RelationCache,
  manifest: Manifest,
  results: readonly RunResult[],
  keepers: ReadonlySet<string>,
): Promise<Map<string, boolean>> {
  const databases = new Map<string, boolean>();
  if (engine.writtenSnapshots === undefined) return databases;
  const written: { result: RunResult; table: WrittenTable }[] = [];
  for (const result of results) {
    const node = manifest.nodes[result.unique_id];
    if (result.status !== "success" || node === undefined || node.database === null) continue;
    const { database, schema, alias } = node;
    if ((await cache.get(database, schema, alias))?.type !== "table") continue;
    const { query_id: queryId = null } = result.adapter_response;
    written.push({
      result,
      table: { database, schema, identifier: alias, queryId, keepsSnapshots: keepers.has(database) },
    });
  }
  if (written.length === 0) return databases;
  const ids = await engine.writtenSnapshots(written.map(({ table }) => table));
  written.forEach(({ result, table }, index) => {
    const id = ids[index] ?? null;
    databases.set(table.database, id !== null || databases.get(table.database) === true);
    if (id !== null) result.adapter_response = { _message: "", ...result.adapter_response, snapshot_id: id };
  });
  return databases;
}
