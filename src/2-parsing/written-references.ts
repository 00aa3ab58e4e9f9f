import type { Json } from "../contracts/json.ts";
import type { RefArgs } from "../contracts/manifest.ts";
import { compileTemplate } from "../jinja/template.ts";
import { asList, asText } from "../shared/objects.ts";
import { refArgs, sourceArgs } from "./parse-context.ts";

/** `depends_on: [ref('x'), source('a', 'b'), metric('m')]`. */
export function writtenReferences(
  list: Json | undefined,
  path: string,
): { refs: RefArgs[]; sources: string[][]; metrics: string[][] } {
  const refs: RefArgs[] = [];
  const sources: string[][] = [];
  const metrics: string[][] = [];
  const members = new Map<string, (args: never[], kwargs: never) => string>([
    ["ref", (args, kwargs) => (refs.push(refArgs(args, kwargs)), "")],
    ["source", (args) => (sources.push(sourceArgs(args)), "")],
    ["metric", (args) => (metrics.push(args.map(String)), "")],
  ]);
  for (const item of asList(list as Json[])) {
    const text = asText(item);
    compileTemplate(text.includes("{{") ? text : `{{ ${text} }}`, { path }).render({
      lookup: (name) => members.get(name) as never,
    });
  }
  return { refs, sources, metrics };
}
