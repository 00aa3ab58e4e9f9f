import { duplicateKey } from "../contracts/deprecations.ts";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import { DiagnosticError } from "../contracts/diagnostic.ts";
import { isJsonObject, type Json, type JsonObject } from "../contracts/json.ts";
import type { SourceFile } from "../contracts/project.ts";
import { yamlRenderer, type KeyPath } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asList, asText, isRecord } from "../shared/objects.ts";
import { parseYaml, type YamlFile } from "../shared/yaml-file.ts";

export const PROPERTY_KEYS = [
  "models",
  "seeds",
  "snapshots",
  "analyses",
  "sources",
  "macros",
  "exposures",
  "groups",
  "unit_tests",
  "data_tests",
  "metrics",
  "semantic_models",
  "saved_queries",
  "functions",
] as const;
export type PropertyKey = (typeof PROPERTY_KEYS)[number];

const OTHER_KEYS = ["version", "anchors"];

/** One entry of a property file: `models: - name: …`. */
export interface PropertyEntry {
  readonly key: PropertyKey;
  readonly name: string;
  /** Rendered, except what dbt renders later (descriptions, tests, unit tests). */
  readonly data: JsonObject;
  readonly raw: JsonObject;
  readonly file: SourceFile;
  readonly placeOf: (path: KeyPath) => { file: string; line: number | null; column: number | null };
}

export interface PropertyFiles {
  readonly entries: readonly PropertyEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads every property file; one broken file does not hide the problems of the others. */
export function readPropertyFiles(
  files: readonly SourceFile[],
  contextFor: (packageName: string) => RenderContext,
): PropertyFiles {
  const entries: PropertyEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    if (file.kind !== "property") continue;
    try {
      entries.push(...readPropertyFile(file, contextFor, diagnostics));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      diagnostics.push(...error.diagnostics);
    }
  }
  return { entries, diagnostics };
}

function readPropertyFile(
  file: SourceFile,
  contextFor: (packageName: string) => RenderContext,
  diagnostics: Diagnostic[],
): PropertyEntry[] {
  // dbt reads the file without the white space at its end: a block text that ends there has no last newline.
  const yaml = parseYaml(file.text.trimEnd());
  if (yaml.problems.length > 0) {
    throw new DiagnosticError(
      yaml.problems.map((problem) =>
        diagnostic("DH1002", `YAML: ${problem.message}`, {
          file: file.originalPath,
          line: problem.line,
          column: problem.column,
        }),
      ),
    );
  }
  diagnostics.push(...yaml.duplicates().map((key) => duplicateKey(key, file.originalPath)));
  if (yaml.data === null) return [];
  if (!isRecord(yaml.data)) {
    throw new DiagnosticError([
      diagnostic("DH1101", "A property file needs a mapping at its top, such as `models:`", {
        file: file.originalPath,
        line: 1,
        column: 1,
      }),
    ]);
  }
  const entries: PropertyEntry[] = [];
  for (const [key, list] of Object.entries(yaml.data)) {
    if (!PROPERTY_KEYS.includes(key as PropertyKey)) {
      if (!OTHER_KEYS.includes(key)) diagnostics.push(...misspelledKey(file, yaml, key));
      continue;
    }
    if (list === null) continue;
    if (!Array.isArray(list)) {
      diagnostics.push(diagnostic("DH1103", `'${key}' must be a list`, place(file, yaml, [key]), null, gravity(key)));
      continue;
    }
    list.forEach((item: unknown, index) => {
      const entry = readEntry(file, yaml, key as PropertyKey, item, index, contextFor(file.packageName), diagnostics);
      if (entry !== null) entries.push(entry);
    });
  }
  return entries;
}

function place(
  file: SourceFile,
  yaml: YamlFile,
  path: KeyPath,
): { file: string; line: number | null; column: number | null } {
  const found = yaml.placeOf(path);
  return { file: file.originalPath, line: found?.line ?? null, column: found?.column ?? null };
}

/** As dbt does on these engines, other keys are let be; one that is nearly a known key is probably a misspelling. */
function misspelledKey(file: SourceFile, yaml: YamlFile, key: string): Diagnostic[] {
  const hint = didYouMean(key, PROPERTY_KEYS);
  if (hint === null) return [];
  const message = `Unknown top-level key '${key}' in a property file`;
  return [diagnostic("DH1104", message, place(file, yaml, [key]), hint, "warning")];
}

/** Below `data_tests:` at the top some keep the tests that they use elsewhere by YAML's anchors. */
function gravity(key: string): Diagnostic["severity"] {
  return key === "data_tests" ? "warning" : "error";
}

function readEntry(
  file: SourceFile,
  yaml: YamlFile,
  key: PropertyKey,
  item: unknown,
  index: number,
  context: RenderContext,
  diagnostics: Diagnostic[],
): PropertyEntry | null {
  const at = [key, index];
  const severity = gravity(key);
  if (!isRecord(item)) {
    const message = `An entry of '${key}' must be a mapping with a name`;
    diagnostics.push(diagnostic("DH1105", message, place(file, yaml, at), null, severity));
    return null;
  }
  const name = item["name"];
  if (typeof name !== "string" && typeof name !== "number") {
    diagnostics.push(diagnostic("DH1106", `An entry of '${key}' needs a name`, place(file, yaml, at), null, severity));
    return null;
  }
  const renderer = yamlRenderer(file.originalPath, yaml.placeOf, context);
  try {
    const data = renderer.render(item, { skip: (path) => rendersLater(key, path.slice(2)), at }) as JsonObject;
    diagnostics.push(...saidTwice(key, data, (path) => place(file, yaml, [...at, ...path])));
    return {
      key,
      // Rendered too: "{{ var('raw_schema') }}" is a common name of a source.
      name: asText(data["name"] ?? name),
      data,
      raw: item as JsonObject,
      file,
      placeOf: (path) => place(file, yaml, [...at, ...path]),
    };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    diagnostics.push(...error.diagnostics);
    return null;
  }
}

const PATCHES: readonly PropertyKey[] = ["models", "seeds", "snapshots", "analyses", "functions", "data_tests"];
const MOVED = ["meta", "docs", "group", "contract", "access"];

/** What may stand in two places, or under two names, stands in one: which of two would count, dbt does not guess. */
function saidTwice(key: PropertyKey, data: JsonObject, placeOf: PropertyEntry["placeOf"]): Diagnostic[] {
  const owner = `'${asText(data["name"])}'`;
  if (key === "sources") {
    const tables = children(data, "tables");
    const tested = [...tables, ...tables.flatMap((table) => children(table, "columns"))];
    // An empty list counts here as none, as in dbt.
    const said = tested.filter((part) => asList(part["data_tests"]).length > 0);
    return testedTwice(owner, said, placeOf);
  }
  if (!PATCHES.includes(key)) return [];
  const { config } = data;
  const found = MOVED.filter((name) => name in data && isRecord(config) && name in config).map((name) => {
    const message = `${owner} has \`${name}\` in its \`config:\` and beside it`;
    return diagnostic("DH1108", message, placeOf([name]), "Keep the one below `config:`.");
  });
  const tested = [data, ...children(data, "columns"), ...children(data, "versions")];
  for (const version of children(data, "versions")) tested.push(...children(version, "columns"));
  return [...found, ...testedTwice(owner, tested, placeOf)];
}

function testedTwice(owner: string, tested: readonly JsonObject[], placeOf: PropertyEntry["placeOf"]): Diagnostic[] {
  if (!tested.some((part) => asList(part["tests"]).length > 0 && "data_tests" in part)) return [];
  const message = `${owner} has both \`tests\` and \`data_tests\``;
  return [diagnostic("DH1108", message, placeOf([]), "Put all below `data_tests:`.")];
}

function children(data: JsonObject, key: string): JsonObject[] {
  return asList(data[key] as Json[]).filter(isJsonObject);
}

const LATER = new Set<Json>(["tests", "data_tests", "description", "loaded_at_query"]);
const PARTS = new Set<Json>(["columns", "dimensions", "measures", "entities"]);

/**
 * Descriptions may hold `doc()`, tests are rendered with their node's context, and the filters of metrics and saved
 * queries are templates for MetricFlow.
 */
function rendersLater(key: PropertyKey, path: KeyPath): boolean {
  if (key === "metrics" && (path.at(-1) === "filter" || path.at(-2) === "filter")) return true;
  if (key === "saved_queries" && path[0] === "query_params" && path[1] === "where") return true;
  if (path[0] === "config" && path[1] === "loaded_at_query") return true;
  if (key === "exposures" && path[0] === "depends_on") return true;
  if (key === "snapshots" && path[0] === "relation") return true;
  if (key === "sources")
    return (
      path[0] === "description" || path[0] === "loaded_at_query" || (path[0] === "tables" && isLater(path.slice(2)))
    );
  if (key === "macros" && path[0] === "arguments") return isLater(path.slice(1));
  if (
    (key === "models" || key === "seeds" || key === "snapshots") &&
    path.some((part) => part === "pre-hook" || part === "post-hook" || part === "pre_hook" || part === "post_hook")
  )
    return true;
  if (path.includes("versions")) return path.some((part) => LATER.has(part));
  return isLater(path);
}

function isLater(path: KeyPath): boolean {
  const [first, second, third] = path;
  if (first === undefined) return false;
  if (LATER.has(first)) return true;
  if (path.length >= 2 && LATER.has(second as Json)) return true;
  return path.length >= 3 && PARTS.has(first) && (LATER.has(third as Json) || third === "constraints");
}
