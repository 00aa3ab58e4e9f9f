import { join } from "node:path";
import * as z from "zod";
import { DiagnosticError, diagnostic, fail, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { PackageConfig } from "../contracts/project.ts";
import { yamlRenderer, type KeyPath } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { projectDeprecations } from "./project-deprecations.ts";
import { readTextIfExists } from "../shared/files.ts";
import { asList, isRecord } from "../shared/objects.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { parseYaml, type YamlFile } from "../shared/yaml-file.ts";

export const PROJECT_FILE = "dbt_project.yml";

const paths = z.union([z.array(z.string()), z.string().transform((path) => [path])]).nullish();
const hooks = z.union([z.array(z.string()), z.string().transform((sql) => [sql])]).nullish();
const queryComment = z
  .union(
    [
      z.string(),
      z.strictObject({
        comment: z.string().optional(),
        append: z.boolean().nullish(),
        "job-label": z.boolean().optional(),
      }),
    ],
    "must be a text, or a mapping with comment and append",
  )
  .nullish();
const tree = z.record(z.string(), z.unknown()).nullish();
const text = z.union([z.string(), z.number().transform(String), z.instanceof(Number).transform(String)]);

const RESOURCE_TREES = [
  "models",
  "seeds",
  "snapshots",
  "sources",
  "tests",
  "data_tests",
  "unit_tests",
  "exposures",
  "metrics",
  "semantic-models",
  "saved-queries",
  "functions",
  "analyses",
] as const;

/** Numbers are whatever people write; a text has the form of a version. */
const version = z.union([
  z.number().transform(String),
  z.instanceof(Number).transform(String),
  z
    .string()
    .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)(\.(0|[1-9]\d*)(-[\w.-]+)?(\+[\w.-]+)?)?$/, "is no version: write it as 1.0.0"),
]);
const unused = z.unknown().optional();

const schema = z.strictObject({
  name: z.string().regex(/^[^\d\W]\w*$/, "is not a valid project name: use letters, digits and underscores"),
  version: version.nullish(),
  "config-version": unused,
  profile: z.string().nullish(),
  "model-paths": paths,
  "source-paths": paths,
  "seed-paths": paths,
  "data-paths": paths,
  "test-paths": paths,
  "analysis-paths": paths,
  "macro-paths": paths,
  "snapshot-paths": paths,
  "docs-paths": paths,
  "asset-paths": paths,
  "function-paths": paths,
  "target-path": z.string().nullish(),
  "log-path": unused,
  "project-root": unused,
  packages: unused,
  // Keys of dbt 1.12 that nothing here works with.
  "osi-paths": unused,
  sync: unused,
  "dbt-cloud": tree,
  "clean-targets": paths,
  "packages-install-path": z.string().nullish(),
  quoting: tree,
  "require-dbt-version": z.union([z.array(text), text.transform((version) => version.split(","))]).nullish(),
  dispatch: z.array(z.object({ macro_namespace: z.string(), search_order: z.array(z.string()) })).nullish(),
  "on-run-start": hooks,
  "on-run-end": hooks,
  "query-comment": queryComment,
  vars: tree,
  flags: tree,
  "restrict-access": z.boolean().nullish(),
  ...Object.fromEntries(RESOURCE_TREES.map((key) => [key, tree])),
});
type ProjectFile = z.infer<typeof schema> & Record<string, unknown>;

/** dbt_project.yml as written, or diagnostics: no file, broken YAML, not a mapping. */
export function readProjectYaml(root: string): { path: string; yaml: YamlFile; data: JsonObject } {
  const path = join(root, PROJECT_FILE);
  const source = readTextIfExists(path);
  if (source === null) {
    fail(
      "DH1001",
      `No ${PROJECT_FILE} found at expected path ${path}`,
      { file: path },
      "Run the command in a dbt project's folder, or name it with --project-dir.",
    );
  }
  const yaml = parseYaml(source);
  if (yaml.problems.length > 0) {
    throw new DiagnosticError(
      yaml.problems.map((problem) =>
        diagnostic("DH1002", `YAML: ${problem.message}`, { file: path, line: problem.line, column: problem.column }),
      ),
    );
  }
  if (!isRecord(yaml.data))
    fail("DH1003", `${PROJECT_FILE} does not parse to a dictionary`, { file: path, line: 1, column: 1 });
  return { path, yaml, data: yaml.data as JsonObject };
}

/** Hooks, vars and query comments are rendered later, when they run. */
function rendersLater(path: KeyPath): boolean {
  const first = path[0];
  if (first === "on-run-start" || first === "on-run-end" || first === "query-comment" || first === "vars") return true;
  const last = String(path.at(-1) ?? "").replace(/^\+\s*/, "");
  return path.length > 1 && /^(pre|post)[-_]hook$/.test(last);
}

/** Reads and renders one package's dbt_project.yml. Throws DiagnosticError with every problem of the file. */
export function loadPackageConfig(root: string, context: RenderContext, internal = false): PackageConfig {
  const { path, yaml, data } = readProjectYaml(root);
  const rendered = yamlRenderer(path, yaml.placeOf, context).render(data, { skip: rendersLater });
  const parsed = schema.safeParse(rendered);
  if (!parsed.success)
    throw new DiagnosticError(parsed.error.issues.flatMap((issue) => projectIssues(issue, path, yaml)));
  const deprecations = internal ? [] : projectDeprecations(parsed.data, path, yaml);
  return { ...toPackageConfig(parsed.data, data, root, internal), deprecations };
}

function projectIssues(issue: z.core.$ZodIssue, path: string, yaml: YamlFile): Diagnostic[] {
  const keys = issue.path.map((key) => (typeof key === "symbol" ? key.toString() : key));
  if (issue.code === "unrecognized_keys" && keys.length === 0)
    return issue.keys.map((key) => {
      const { line = null, column = null } = yaml.placeOf([key]) ?? {};
      const hint = didYouMean(key, Object.keys(schema.shape));
      return diagnostic("DH1004", `'${key}' is no key of ${PROJECT_FILE}`, { file: path, line, column }, hint);
    });
  const place = yaml.placeOf(keys);
  const missing = issue.code === "invalid_type" && keys.length === 1 && place?.line === 1 && keys[0] === "name";
  const message = missing ? 'Required "name" field not present in project' : `${keys.join(".")}: ${issue.message}`;
  return [diagnostic("DH1004", message, { file: path, line: place?.line ?? null, column: place?.column ?? null })];
}

function toPackageConfig(
  file: ProjectFile,
  raw: JsonObject,
  root: string,
  internal: boolean,
): Omit<PackageConfig, "deprecations"> {
  const modelPaths = clean(file["model-paths"] ?? file["source-paths"] ?? ["models"]);
  const seedPaths = clean(file["seed-paths"] ?? file["data-paths"] ?? ["seeds"]);
  const testPaths = clean(file["test-paths"] ?? ["tests"]);
  const analysisPaths = clean(file["analysis-paths"] ?? ["analyses"]);
  const macroPaths = clean(file["macro-paths"] ?? ["macros"]);
  const snapshotPaths = clean(file["snapshot-paths"] ?? ["snapshots"]);
  const functionPaths = clean(file["function-paths"] ?? ["functions"]);
  const everywhere = [
    ...modelPaths,
    ...seedPaths,
    ...snapshotPaths,
    ...analysisPaths,
    ...macroPaths,
    ...testPaths,
    ...functionPaths,
  ];
  const targetPath = file["target-path"] ?? "target";
  return {
    name: file.name,
    version: file.version ?? null,
    root,
    profile: file.profile ?? null,
    modelPaths,
    seedPaths,
    testPaths,
    analysisPaths,
    macroPaths,
    snapshotPaths,
    functionPaths,
    docsPaths: clean(file["docs-paths"] ?? [...new Set(everywhere)]),
    assetPaths: clean(file["asset-paths"] ?? []),
    targetPath,
    cleanTargets: file["clean-targets"] ?? [targetPath],
    packagesInstallPath: file["packages-install-path"] ?? "dbt_packages",
    quoting: (file.quoting ?? {}) as JsonObject,
    requireDbtVersion: file["require-dbt-version"] ?? [],
    dispatch: (file.dispatch ?? []).map((entry) => ({
      macroNamespace: entry.macro_namespace,
      searchOrder: entry.search_order,
    })),
    onRunStart: file["on-run-start"] ?? [],
    onRunEnd: file["on-run-end"] ?? [],
    vars: (file.vars ?? {}) as JsonObject,
    flags: (file.flags ?? {}) as JsonObject,
    queryComment: file["query-comment"] as Json | undefined,
    restrictAccess: file["restrict-access"] ?? false,
    resourceConfigs: resourceTrees(file),
    // dbt looks for these trees under names that they never have: what they say is in no unrendered config.
    unrenderedConfigs: resourceTrees({ ...raw, "semantic-models": undefined, "saved-queries": undefined }),
    internal,
  };
}

function clean(list: readonly string[]): string[] {
  return asList(list).map((path) => path.replace(/\/+$/, ""));
}

function resourceTrees(file: Record<string, unknown>): Record<string, JsonObject> {
  const trees: Record<string, JsonObject> = {};
  for (const key of RESOURCE_TREES) {
    const value = file[key];
    if (isRecord(value)) trees[key.replace("-", "_")] = value as JsonObject;
  }
  trees["data_tests"] ??= trees["tests"] ?? {};
  return trees;
}
