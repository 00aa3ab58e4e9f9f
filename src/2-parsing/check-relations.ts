import { diagnostic } from "../contracts/diagnostic.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { ParseState } from "./parse-state.ts";

const WITH_RELATION = ["model", "seed", "snapshot"];

/** Two nodes that would write one relation are refused, whatever packages they are of. */
export function checkRelations({ manifest, diagnostics }: ParseState): void {
  const writers = new Map<string, ManifestNode>();
  for (const node of Object.values(manifest.nodes)) {
    const isTestWithRows = node.resource_type === "test" && node.relation_name !== null;
    if (!WITH_RELATION.includes(node.resource_type) && !isTestWithRows) continue;
    const { database, schema, alias } = node;
    const name = [database, schema, alias].filter((part) => part !== null).join(".");
    const other = writers.get(name);
    if (other === undefined) writers.set(name, node);
    else
      diagnostics.push(
        diagnostic(
          "DH1212",
          `dbt found two resources with the database representation "${name}": ${other.unique_id} (${other.original_file_path}) and ${node.unique_id} (${node.original_file_path}).`,
          { file: node.original_file_path, line: node._line ?? null },
          "Give one of them another schema or alias.",
        ),
      );
  }
}
