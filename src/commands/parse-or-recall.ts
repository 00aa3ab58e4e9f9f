import { join, resolve } from "node:path";
import type { Invocation } from "../contracts/invocation.ts";
import type { Manifest } from "../contracts/manifest.ts";
import type { ParseInputs } from "../contracts/parse-inputs.ts";
import type { Target } from "../contracts/project.ts";
import { modelDeprecations } from "../2-parsing/model-deprecations.ts";
import type { ParseOptions } from "../2-parsing/new-parse-state.ts";
import { parseProject, type ParseResult } from "../2-parsing/parse-project.ts";
import { readAgain } from "../2-parsing/read-again.ts";
import { manifestFromText, manifestText } from "../7-artifacts/manifest-text.ts";
import { buildGraph, findCycles, type ProjectGraph } from "../3-graph/build-graph.ts";
import { MacroRegistry } from "../context/macro-registry.ts";
import { isSecretField } from "../context/target.ts";
import { changesSince, keepParse, recallParse, type KeptParse, type RecalledParse } from "../registry/parse-cache.ts";
import { BUILD_ID } from "../shared/build-id.ts";
import { sha256 } from "../shared/checksum.ts";
import { foundText } from "./found-text.ts";

export interface Parsed extends Omit<ParseResult, "inputs"> {
  /** Drawn when it is first asked for. */
  readonly graph: () => ProjectGraph;
  /** What dbt says after parsing; null: nobody has counted yet. */
  readonly found: string | null;
  /** manifest.json without its metadata, in UTF-8; null: it is not at hand. */
  readonly text: readonly Buffer[] | null;
}

/** So many files may be read anew by every command; from there on the project is kept anew. */
const FEW = 20;

/**
 * The project's manifest: as an earlier command kept it where nothing changed that it hangs on, with the changed models
 * read anew where only they did, else from a whole parse. The answer is the same in all three cases, but for `created_at`.
 */
export function parseOrRecall(options: ParseOptions, build: string | null = BUILD_ID): Parsed {
  const parsed = parseOrRead(options, build);
  // What nobody had to look at has nothing in it that grows old.
  if (parsed.found !== null) return parsed;
  const aged = modelDeprecations(parsed.manifest, options.invocation.startedAt);
  return { ...parsed, diagnostics: [...parsed.diagnostics, ...aged] };
}

function parseOrRead(options: ParseOptions, build: string | null): Parsed {
  const { project, facts, invocation } = options;
  if (build === null) return { ...parseWhole(options), text: null, found: null };
  const name = `${encodeURIComponent(project.target.name)}.${project.target.type}.json`;
  const path = join(resolve(facts.root, facts.targetPath), "partial_parse", name);
  const key = keyOf(options, build);
  const kept = invocation.flags.partial_parse ? recallParse(path) : null;
  if (kept?.key === key && sameInputs(kept.inputs, invocation)) {
    const recalled = recall(options, kept, path);
    if (recalled !== null) return recalled;
  }
  const parsed = parseWhole(options);
  return { ...parsed, text: keep(options, path, { key, ...parsed }), found: null };
}

function parseWhole(options: ParseOptions): ParseResult & Pick<Parsed, "graph"> {
  const { manifest, registry, diagnostics, inputs } = parseProject(options);
  const graph = buildGraph(manifest);
  const problems = [...diagnostics, ...findCycles(graph)];
  return { manifest, registry, diagnostics: problems, inputs, graph: () => graph };
}

/** Null: too much has changed. */
function recall(options: ParseOptions, kept: RecalledParse, path: string): Parsed | null {
  const { changed, read } = changesSince(kept, options.project.files);
  if (changed === null) return null;
  const manifest = manifestFromText(kept.body, kept.beside);
  const registry = newRegistry(options, manifest);
  let drawn: ProjectGraph | null = null;
  const graph = (): ProjectGraph => (drawn ??= buildGraph(manifest));
  const { diagnostics: before, inputs, key, found } = kept;
  if (changed.length === 0 && read <= FEW && !kept.isUnsteady)
    return { manifest, registry, diagnostics: before, text: [kept.body], graph, found };
  const again = readAgain(options, { manifest, registry, diagnostics: before }, changed);
  if (again === null) return null;
  const { isChanged } = again;
  const diagnostics = isChanged ? [...again.diagnostics, ...findCycles(graph())] : again.diagnostics;
  if (read > FEW) keep(options, path, { key, manifest, diagnostics, inputs: together(inputs, again.inputs) });
  return { manifest, registry, diagnostics, text: isChanged ? null : [kept.body], graph, found: null };
}

function newRegistry({ project, facts }: ParseOptions, manifest: Manifest): MacroRegistry {
  return new MacroRegistry(() => Object.values(manifest.macros), {
    rootPackage: project.root.name,
    internalPackages: facts.internalPackages,
  });
}

function together(before: ParseInputs, more: ParseInputs | null): ParseInputs {
  return more === null
    ? before
    : { ...before, env: { ...before.env, ...more.env }, flags: { ...before.flags, ...more.flags } };
}

/** Keeps a parse without errors for later commands. Gives the manifest's text where one was made. */
function keep(
  { project, invocation }: ParseOptions,
  path: string,
  {
    key,
    manifest,
    diagnostics,
    inputs,
  }: Pick<KeptParse, "key" | "diagnostics" | "inputs"> & { readonly manifest: Manifest },
): readonly Buffer[] | null {
  if (!inputs.isRepeatable || diagnostics.some((entry) => entry.severity === "error")) return null;
  const text = manifestText(manifest);
  if (text === null) return null;
  const readAt = invocation.startedAt.getTime();
  const found = foundText(manifest);
  const isUnsteady = Object.values(manifest.nodes).some(
    (node) => node._unsteady !== undefined || typeof node.deprecation_date === "string",
  );
  try {
    const beside = JSON.stringify(text.unpublished);
    keepParse(path, { key, inputs, diagnostics, readAt, found, isUnsteady }, project.files, {
      body: text.body,
      beside,
    });
  } catch {
    // A folder that nobody may write to costs the next command the time that this one took.
  }
  return text.body;
}

/** Everything that a parse hangs on, but for the files and for what it was seen to read. */
function keyOf({ project, facts, elsewhere = null }: ParseOptions, build: string): string {
  const { target, packages, cliVars, selectors } = project;
  const { targetPath, projectName } = facts;
  const parts = {
    build,
    projectName,
    targetPath,
    packages,
    target: ofTarget(target),
    elsewhere: elsewhere === null ? null : ofTarget(elsewhere.target),
    cliVars,
    selectors,
    zone: timeZone(),
  };
  // JSON does not tell 1.0 from 1, templates do.
  return sha256(
    JSON.stringify(parts, (_name, value: unknown) => (value instanceof Number ? { float: +value } : value)),
  );
}

function ofTarget(target: Target): object {
  // Templates do not see these either, and a file in target/ is no place for them, not even hashed.
  const fields = Object.entries(target.fields).filter(([name]) => !isSecretField(name));
  const catalogs = target.catalogs.map(({ name, type, tableFormat, database, defaultSchema }) => {
    return { name, type, tableFormat, database, defaultSchema };
  });
  const tableDefaults = target.tableDefaults.map(({ name, type, tableFormat }) => [name, type, tableFormat]);
  return { ...target, fields, catalogs, tableDefaults };
}

/** Dates without a zone are the machine's: its offsets in winter and in summer. */
function timeZone(): number[] {
  return [0, 6].map((month) => new Date(2026, month, 1).getTimezoneOffset());
}

function sameInputs({ env, flags }: ParseInputs, invocation: Invocation): boolean {
  const now = invocation.flags as unknown as Record<string, unknown>;
  return (
    Object.entries(env).every(([name, value]) => (invocation.env[name] ?? null) === value) &&
    Object.entries(flags).every(([name, value]) => JSON.stringify(now[name] ?? null) === JSON.stringify(value))
  );
}
