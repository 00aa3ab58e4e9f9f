import type { JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { asText } from "../shared/objects.ts";
import { compileTemplate, type RenderContext } from "../jinja/template.ts";

/** Replaces `to: ref('x')` of a node's foreign keys by the relation's name. Changes the node, and gives the names. */
export function resolveForeignKeys(node: ManifestNode, context: RenderContext): string[] {
  const names = foreignKeys(node).map((constraint) => relationName(constraint, node, context));
  putForeignKeys(node, names);
  return names;
}

/** The same where the node was resolved elsewhere. */
export function putForeignKeys(node: ManifestNode, names: readonly string[]): void {
  for (const [index, constraint] of foreignKeys(node).entries()) constraint["to"] = names[index] ?? null;
}

function foreignKeys(node: ManifestNode): JsonObject[] {
  const ofColumns = Object.values(node.columns).flatMap((column) => column.constraints);
  return [...(node.constraints ?? []), ...ofColumns].filter(
    ({ type, to }) => type === "foreign_key" && typeof to === "string",
  );
}

function relationName(constraint: JsonObject, node: ManifestNode, context: RenderContext): string {
  const to = asText(constraint["to"]).trim();
  // A node that is compiled twice has it already.
  if (!/^(ref|source)\s*\(/.test(to)) return to;
  return compileTemplate(`{{ ${to} }}`, { path: node.original_file_path }).render(context);
}
