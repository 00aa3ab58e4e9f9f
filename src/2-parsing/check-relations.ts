import { diagnostic } from "../contracts/diagnostic.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { ParseState } from "./parse-state.ts";

const WITH_RELATION = ["model", "seed", "snapshot"];

/** A model and the versions of another of the same name and package are refused: `ref()` cannot tell them apart. */
export function checkVersionedNames({ manifest, diagnostics }: ParseState): void {
  const keyOf = (node: ManifestNode): string => `${node.package_name}.${node.name}`;
  const all = Object.values(manifest.nodes).filter(({ resource_type }) => WITH_RELATION.includes(resource_type));
  const versioned = new Map(
    all.filter(({ version }) => (version ?? null) !== null).map((node) => [keyOf(node), node] as const),
  );
  for (const node of all) {
    const other = versioned.get(keyOf(node));
    if (other === undefined || (node.version ?? null) !== null) continue;
    diagnostics.push(
      diagnostic(
        "DH1205",
        `dbt found versioned and unversioned models with the name "${node.name}": ${other.unique_id} (${other.original_file_path}) and ${node.unique_id} (${node.original_file_path}).`,
        { file: node.original_file_path, line: node._line ?? null },
        `Give it another name, or add it to the versions in ${other.patch_path?.split("://")[1] ?? other.original_file_path}.`,
      ),
    );
  }
}

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
