import { unusedConfigs } from "./unused-configs.ts";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import { isJsonObject, type Json } from "../contracts/json.ts";
import type { Manifest } from "../contracts/manifest.ts";
import type { ParseInputs } from "../contracts/parse-inputs.ts";
import type { Project } from "../contracts/project.ts";
import { MacroRegistry } from "../context/macro-registry.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asList } from "../shared/objects.ts";
import { versionColumns } from "./columns.ts";
import { KNOWN_CONFIG_KEYS } from "./config-rules.ts";
import { parseDocs } from "./docs.ts";
import { findDeprecations } from "./find-deprecations.ts";
import { parseTests, type TestTarget } from "./generic-tests.ts";
import { checkSwitchedOn } from "./lend-properties.ts";
import { applyMacroProperties } from "./macro-properties.ts";
import { checkMicrobatch } from "./microbatch.ts";
import { newParseState, type ParseOptions } from "./new-parse-state.ts";
import { resolveMacroDependencies } from "./macro-dependencies.ts";
import { parseMacros } from "./parse-macros.ts";
import { parseOperations } from "./parse-operations.ts";
import { parseResources } from "./parse-resources.ts";
import { parseSources } from "./parse-sources.ts";
import { parseSqlFiles } from "./parse-sql-files.ts";
import type { ParseState } from "./parse-state.ts";
import { parseUnitTests } from "./parse-unit-tests.ts";
import { inferPrimaryKeys } from "./primary-key.ts";
import type { PropertyEntry } from "./property-files.ts";
import { checkAccess } from "./check-access.ts";
import { checkRelations, checkVersionedNames } from "./check-relations.ts";
import { resolveReferences } from "./resolve-references.ts";
import { resolveSemantic } from "./resolve-semantic.ts";

export interface ParseResult {
  readonly manifest: Manifest;
  readonly registry: MacroRegistry;
  /** Everything wrong with the project, errors and warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly inputs: ParseInputs;
}

/** Turns a project's files into its manifest. Never stops at the first problem: see `diagnostics`. */
export function parseProject(options: ParseOptions): ParseResult {
  const { project, facts, invocation } = options;
  const createdAt = invocation.startedAt.getTime() / 1000;
  const { macros, diagnostics: macroProblems } = parseMacros([...project.files, ...project.builtinFiles()], createdAt);
  const all = Object.values(macros);
  const registry = new MacroRegistry(() => all, {
    rootPackage: project.root.name,
    internalPackages: facts.internalPackages,
  });
  const manifest = emptyManifest(project, macros);
  // Also macros that nobody calls are held to the language, before anything runs.
  const unreadable = resolveMacroDependencies(macros, registry, facts, options.elsewhere);
  const propertyFiles = project.files.filter((file) => file.kind === "property");
  const state = newParseState(options, manifest, registry, propertyFiles);
  state.diagnostics.unshift(...macroProblems);
  parseDocs(state);
  parseSqlFiles(state);
  state.diagnostics.push(...state.properties.diagnostics);
  parseOperations(state);
  parseNodeTests(state);
  parseSources(state);
  parseResources(state);
  parseUnitTests(state);
  applyMacroProperties(state);
  checkSwitchedOn(state);
  checkAccess(state);
  checkRelations(state);
  checkVersionedNames(state);
  resolveReferences(state);
  resolveSemantic(state);
  checkMicrobatch(state);
  state.diagnostics.push(...state.names.problems());
  finish(state);
  return { manifest, registry, diagnostics: [...state.diagnostics, ...unreadable], inputs: state.env.inputs.read() };
}

function emptyManifest(project: Project, macros: Manifest["macros"]): Manifest {
  return {
    metadata: {},
    nodes: {},
    sources: {},
    macros,
    docs: {},
    exposures: {},
    metrics: {},
    groups: {},
    selectors: project.selectors,
    disabled: {},
    saved_queries: {},
    semantic_models: {},
    unit_tests: {},
    functions: {},
  };
}

/** Generic tests of models, seeds and snapshots; versioned models get theirs once a version. */
function parseNodeTests(state: ParseState): void {
  for (const entry of state.properties.ofKey("models", "seeds", "snapshots")) {
    const versions = asList(entry.data["versions"] as Json[]).filter(isJsonObject);
    const quote = entry.data["quote_columns"] === true;
    if (versions.length === 0) {
      const target = testTarget(entry, null);
      const own = entry.data["data_tests"] ?? entry.data["tests"];
      parseTests(state, target, own, asList(entry.data["columns"] as Json[]), quote);
      continue;
    }
    for (const version of versions) {
      const own = version["data_tests"] ?? version["tests"] ?? entry.data["data_tests"] ?? entry.data["tests"];
      const columns = versionColumns(entry.data["columns"], version["columns"]);
      parseTests(state, testTarget(entry, version["v"] as string | number), own, columns, quote);
    }
  }
}

function testTarget(entry: PropertyEntry, version: string | number | null): TestTarget {
  return {
    key: entry.key,
    name: entry.name,
    version,
    source: null,
    file: entry.file,
    tags: [],
    placeOf: entry.placeOf,
  };
}

function finish(state: ParseState): void {
  inferPrimaryKeys(state.manifest);
  findDeprecations(state);
  warnUnusedProperties(state);
  warnMisspelledConfigs(state);
  state.diagnostics.push(...unusedConfigs(state.project.root.resourceConfigs, state.manifest));
}

const PATCHED = new Set(["models", "seeds", "snapshots", "analyses"]);

function warnUnusedProperties(state: ParseState): void {
  const names = new Set(Object.values(state.manifest.nodes).map((node) => node.name));
  for (const entry of state.properties.unused()) {
    if (!PATCHED.has(entry.key) || state.broken.has(entry.name)) continue;
    state.diagnostics.push(
      diagnostic(
        "DH1307",
        `Did not find matching node for patch with name '${entry.name}' in the '${entry.key}' section of file '${entry.file.originalPath}'`,
        entry.placeOf([]),
        didYouMean(entry.name, names),
        "warning",
      ),
    );
  }
}

/** Custom config keys are allowed; one that is nearly a known key is probably a misspelling. */
function warnMisspelledConfigs(state: ParseState): void {
  for (const node of Object.values(state.manifest.nodes)) {
    for (const key of Object.keys(node._config_call ?? {})) {
      if (KNOWN_CONFIG_KEYS.has(key) || key.length < 5) continue;
      const hint = didYouMean(key, KNOWN_CONFIG_KEYS, 1);
      const near = /'(.+)'/.exec(hint ?? "")?.[1];
      if (near === undefined || Math.abs(near.length - key.length) > 1 || near.charAt(0) !== key.charAt(0)) continue;
      state.diagnostics.push(
        diagnostic(
          "DH1309",
          `Unknown config '${key}' in ${node.unique_id}; it is kept as a custom config`,
          { file: node.original_file_path, line: node._line ?? null },
          hint,
          "warning",
        ),
      );
    }
  }
}
