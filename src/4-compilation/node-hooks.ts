import type { JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { NodeContext } from "../context/node-context.ts";
import { compileTemplate } from "../jinja/template.ts";
import { asList, asText } from "../shared/objects.ts";

/** A hook as its node has it, and as messages call it: `post-hook 2`. */
export interface NodeHook {
  readonly name: string;
  readonly text: string;
}

/** In the order in which they run. */
export function hooksOf({ config }: Pick<ManifestNode, "config">): NodeHook[] {
  return ["pre-hook", "post-hook"].flatMap((key) =>
    asList(config[key] as JsonObject[]).map((hook, index) => ({
      name: `${key} ${String(index + 1)}`,
      text: asText(hook["sql"] ?? ""),
    })),
  );
}

/** What a hook's template leaves; "" for nothing to run. */
export function renderHook(text: string, { unique_id: id }: ManifestNode, context: NodeContext): string {
  return compileTemplate(text, { path: id }).render(context).trim();
}
