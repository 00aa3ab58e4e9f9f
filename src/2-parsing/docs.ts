import type { DocNode } from "../contracts/manifest.ts";
import type { SourceFile } from "../contracts/project.ts";
import { hostFunction } from "../context/host-function.ts";
import { lookupMember } from "../context/node-context.ts";
import { extractBlocks, type Block } from "../jinja/blocks.ts";
import { compileTemplate } from "../jinja/template.ts";
import { pyStr, raise } from "../jinja/values.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import { asText } from "../shared/objects.ts";

/** `{% docs name %}` blocks of every markdown file. */
export function parseDocs(state: ParseState): void {
  const { docs } = state.manifest;
  for (const file of state.project.files) {
    if (file.kind !== "docs" || !file.text.includes("{%")) continue;
    collecting(state, "docs", file.originalPath, () => {
      for (const block of extractBlocks(file.text, file.originalPath, ["docs"])) {
        const doc = docNode(block.name, contentsOf(block, file.originalPath), file);
        docs[doc.unique_id] = doc;
      }
    });
  }
}

/** The text is a template that knows no names: `{% raw %}` keeps braces, comments are left out. */
function contentsOf({ body, bodyLine: line }: Block, path: string): string {
  const isTemplate = /\{[{%#]|[#}%]\}/.test(body);
  return (isTemplate ? compileTemplate(body, { path, line }).render({ lookup: () => undefined }) : body).trim();
}

function docNode(name: string, contents: string, file: SourceFile): DocNode {
  return {
    name,
    resource_type: "doc",
    package_name: file.packageName,
    path: file.relativePath,
    original_file_path: file.originalPath,
    unique_id: `doc.${file.packageName}.${name}`,
    block_contents: contents,
  };
}

export interface RenderedDescription {
  readonly text: string;
  /** The docs blocks it uses. */
  readonly docBlocks: string[];
}

/** A description with its `{{ doc('name') }}` filled in. */
export function renderDescription(
  state: ParseState,
  source: unknown,
  packageName: string,
  file: string,
): RenderedDescription {
  const text = source === null || source === undefined ? "" : asText(source);
  if (!text.includes("{{") && !text.includes("{%")) return { text, docBlocks: [] };
  const docBlocks: string[] = [];
  const doc = hostFunction("doc", ["package_or_name", "name?"], (first, second) => {
    const found = findDoc(state, pyStr(first ?? null), second === undefined ? null : pyStr(second), packageName);
    docBlocks.push(found.unique_id);
    return found.block_contents;
  });
  const shared = state.env.shared;
  const rendered = compileTemplate(text, { path: file }).render({
    lookup: (name) => (name === "doc" ? doc : lookupMember(shared, name)),
  });
  return { text: rendered, docBlocks };
}

function findDoc(state: ParseState, first: string, second: string | null, packageName: string): DocNode {
  const { docs } = state.manifest;
  const root = state.project.root.name;
  const name = second ?? first;
  const packages = second === null ? [packageName, root] : [first];
  for (const candidate of packages) {
    const found = docs[`doc.${candidate}.${name}`];
    if (found !== undefined) return found;
  }
  const anywhere = second === null ? Object.values(docs).find((entry) => entry.name === name) : undefined;
  if (anywhere !== undefined) return anywhere;
  const hint = didYouMean(
    name,
    Object.values(docs).map((entry) => entry.name),
  );
  raise("CompilationError", `Documentation for '${name}' was not found.${hint === null ? "" : ` ${hint}`}`);
}
