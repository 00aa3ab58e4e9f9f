import type { JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { asText } from "../shared/objects.ts";
import { compileTemplate, type RenderContext } from "../jinja/template.ts";

/** Replaces `to: ref('x')` of a node's foreign keys by the relation's name. Changes the node. */
export function resolveForeignKeys(node: ManifestNode, context: RenderContext): void {
  const ofColumns = Object.values(node.columns).flatMap((column) => column.constraints);
  for (const constraint of [...(node.constraints ?? []), ...ofColumns]) {
    if (constraint["type"] === "foreign_key" && typeof constraint["to"] === "string")
      constraint["to"] = relationName(constraint, node, context);
  }
}

function relationName(constraint: JsonObject, node: ManifestNode, context: RenderContext): string {
  const to = asText(constraint["to"]).trim();
  if (!/^(ref|source)\s*\(/.test(to) && !to.includes("{{")) return to;
  const template = to.includes("{{") ? to : `{{ ${to} }}`;
  return compileTemplate(template, { path: node.original_file_path }).render(context);
}
