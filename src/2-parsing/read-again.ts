import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { ParseInputs } from "../contracts/parse-inputs.ts";
import type { SourceFile } from "../contracts/project.ts";
import type { MacroRegistry } from "../context/macro-registry.ts";
import { RefLookup } from "../context/ref-lookup.ts";
import { newParseState, type ParseOptions } from "./new-parse-state.ts";
import { modelFilesOf, parseSqlFile } from "./parse-sql-files.ts";
import type { ParseState } from "./parse-state.ts";
import { resolveNode } from "./resolve-references.ts";
import { isOfNoFile, saysTheSame } from "./unsteady-nodes.ts";

export interface ReadAgain {
  /** Whether nodes of the manifest are other ones now. */
  readonly isChanged: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** What was read beside files; null: nothing. */
  readonly inputs: ParseInputs | null;
}

export interface KeptProject {
  readonly manifest: Manifest;
  readonly registry: MacroRegistry;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Brings a manifest that was kept up to date with the files that changed since, and with the nodes that have to be asked
 * anew for every command. Null: more than the text of single nodes is another one now, and the project has to be parsed.
 * `manifest` is changed only where the answer is none.
 */
export function readAgain(
  options: ParseOptions,
  { manifest, registry, diagnostics }: KeptProject,
  changed: readonly SourceFile[],
): ReadAgain | null {
  const unsteady = Object.values(manifest.nodes).filter((node) => node._unsteady !== undefined);
  const files = [...new Set([...changed, ...filesOf(options, unsteady)])];
  if (files.length + unsteady.length === 0) return { isChanged: false, diagnostics, inputs: null };
  const before = nodesByFile(manifest, files);
  // What was said of a file is said again, or is true no longer.
  if (before === null || files.some((file) => diagnostics.some((entry) => entry.file === file.originalPath)))
    return null;
  const scratch = { ...manifest, nodes: {}, disabled: {}, functions: {} };
  const old = [...before.values()].flat();
  const state = newParseState(options, scratch, registry, propertyFilesOf(options, old));
  const fresh = parseAgain(state, files, old, manifest);
  if (fresh === null || hasErrors(state) || !unsteady.every((node) => saysTheSame(state.env, node))) return null;
  for (const node of fresh) manifest.nodes[node.unique_id] = node;
  const said = new Set(diagnostics.map((entry) => JSON.stringify(entry)));
  const news = state.diagnostics.filter((entry) => !said.has(JSON.stringify(entry)));
  return { isChanged: files.length > 0, diagnostics: [...diagnostics, ...news], inputs: state.env.inputs.read() };
}

function hasErrors({ diagnostics }: ParseState): boolean {
  return diagnostics.some((entry) => entry.severity === "error");
}

/** The property files that describe the nodes. */
function propertyFilesOf({ project }: ParseOptions, nodes: readonly ManifestNode[]): SourceFile[] {
  const paths = new Set(nodes.map((node) => node.patch_path));
  return project.files.filter(
    (file) => file.kind === "property" && paths.has(`${file.packageName}://${file.originalPath}`),
  );
}

function filesOf({ project }: ParseOptions, nodes: readonly ManifestNode[]): SourceFile[] {
  const wanted = new Set(nodes.filter((node) => !isOfNoFile(node)).map(fileKey));
  return wanted.size === 0
    ? []
    : project.files.filter((file) => wanted.has(`${file.packageName}:${file.originalPath}`));
}

function fileKey(node: Pick<ManifestNode, "package_name" | "original_file_path">): string {
  return `${node.package_name}:${node.original_file_path}`;
}

const KINDS = new Set(["model", "test", "analysis", "seed", "snapshot"]);

/**
 * What the files held before. Null where one of them holds what others look at, what is switched off, or what a package
 * describes that it is not of.
 */
function nodesByFile(manifest: Manifest, files: readonly SourceFile[]): Map<string, ManifestNode[]> | null {
  const found = new Map<string, ManifestNode[]>();
  if (files.length === 0) return found;
  for (const file of files) {
    if (!KINDS.has(file.kind) || file.path.endsWith(".py")) return null;
    found.set(`${file.packageName}:${file.originalPath}`, []);
  }
  for (const node of Object.values(manifest.nodes)) {
    const list = isOfNoFile(node) ? undefined : found.get(fileKey(node));
    if (list !== undefined && node.patch_path?.startsWith(`${node.package_name}://`) === false) return null;
    list?.push(node);
  }
  const disabled = Object.values(manifest.disabled).flat() as ManifestNode[];
  return disabled.some((node) => found.has(fileKey(node))) ? null : found;
}

/** The files' nodes anew; null where others than those came out, or such as others would see differently. */
function parseAgain(
  state: ParseState,
  files: readonly SourceFile[],
  old: readonly ManifestNode[],
  manifest: Manifest,
): ManifestNode[] | null {
  if (files.length === 0) return [];
  const modelFiles = modelFilesOf(state);
  for (const file of files) parseSqlFile(state, file, modelFiles);
  state.diagnostics.push(...state.names.problems());
  const fresh = Object.values(state.manifest.nodes);
  if (fresh.length !== old.length || Object.keys(state.manifest.disabled).length > 0) return null;
  const lookup = new RefLookup(manifest, state.project.root.name, state.env.invocation.flags);
  for (const one of old) {
    const node = state.manifest.nodes[one.unique_id];
    if (node === undefined) return null;
    resolveNode(state, node, lookup);
    // Worked out from its tests and constraints, which are the same.
    if (one.primary_key !== undefined) node.primary_key = one.primary_key;
    if (!looksTheSame(one, node)) return null;
  }
  return fresh;
}

/** What hangs on a node's text and is nobody else's business. */
const OF_THE_TEXT = new Set([
  "raw_code",
  "checksum",
  "refs",
  "sources",
  "metrics",
  "functions",
  "depends_on",
  "created_at",
  "_line",
  "_column",
  "_unsteady",
]);

/** Whether other nodes and the project's checks find nothing new in a node. */
function looksTheSame(old: ManifestNode, fresh: ManifestNode): boolean {
  // Whether it runs in batches hangs on its text and on its inputs.
  if (old._batched !== undefined) return false;
  const [a, b] = [new Map(Object.entries(old)), new Map(Object.entries(fresh))];
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys].every((key) => OF_THE_TEXT.has(key) || JSON.stringify(a.get(key)) === JSON.stringify(b.get(key)));
}
