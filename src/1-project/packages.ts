import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { deprecationOf } from "../contracts/deprecations.ts";
import { DiagnosticError, diagnostic, fail, type Diagnostic, type Place } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { PackageSpec } from "../contracts/packages.ts";
import type { PackageConfig } from "../contracts/project.ts";
import { yamlRenderer } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { readTextIfExists } from "../shared/files.ts";
import { isRecord } from "../shared/objects.ts";
import { floatRepr } from "../shared/python-float.ts";
import { pythonJson } from "../shared/python-json.ts";
import { parseYaml } from "../shared/yaml-file.ts";
import { loadPackageConfig, PROJECT_FILE } from "./project-file.ts";

const version = z.union([
  z.string(),
  z.number().transform(String),
  z.instanceof(Number).transform((value) => floatRepr(Number(value))),
]);
const gitKeys = {
  revision: version.nullish(),
  "warn-unpinned": z.boolean().nullish(),
  subdirectory: z.string().nullish(),
};
const PROVIDERS = ["github", "gitlab", "ado", "azure_devops"] as const;
const named = z.string().min(1, "is empty");
const FORMS = {
  local: z.looseObject({ local: named }),
  git: z.looseObject({ git: named, ...gitKeys }),
  tarball: z.looseObject({ tarball: named, name: z.string().regex(/^[^\d\W]\w*$/, "is not a valid project name") }),
  private: z.looseObject({
    private: z.string().regex(/^[\w.-]+(\/[\w .-]+)+$/, "must have the form org/repository"),
    provider: z.enum(PROVIDERS).nullish(),
    ...gitKeys,
  }),
  package: z.looseObject({
    package: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must have the form namespace/name, such as dbt-labs/dbt_utils"),
    version: z.union([z.array(version).min(1, "is empty"), version.transform((text) => [text])]),
    install_prerelease: z.boolean().nullish(),
    "install-prerelease": z.boolean().nullish(),
  }),
};

export interface PackageList {
  readonly file: string | null;
  readonly entries: readonly PackageSpec[];
  /** dbt's hash of the list: a lock file with it was made from the same list. */
  readonly hash: string;
}

const FILES = ["packages.yml", "dependencies.yml"];

/** The packages that packages.yml or dependencies.yml asks for. */
export function readPackageList(root: string, context: RenderContext): PackageList {
  const found = FILES.flatMap((name) => {
    const path = join(root, name);
    const text = readTextIfExists(path);
    if (text === null) return [];
    const yaml = parseYaml(text);
    if (yaml.problems.length > 0) {
      throw new DiagnosticError(
        yaml.problems.map((problem) =>
          diagnostic("DH1002", `YAML: ${problem.message}`, { file: path, line: problem.line, column: problem.column }),
        ),
      );
    }
    const raw = isRecord(yaml.data) ? yaml.data["packages"] : undefined;
    if (!Array.isArray(raw)) return [];
    // dependencies.yml is not rendered, as in dbt, so that it can be read without secrets.
    const renderer = yamlRenderer(path, yaml.placeOf, context);
    const list = name === "packages.yml" ? (renderer.render(raw, { at: ["packages"] }) as unknown[]) : raw;
    return [{ path, placeOf: yaml.placeOf, list, raw: raw as unknown[] }];
  });
  if (found.length > 1)
    fail("DH1020", "The 'packages' key cannot be specified in both packages.yml and dependencies.yml", {
      file: found[0]?.path ?? null,
    });
  const [source] = found;
  if (source === undefined) return { file: null, entries: [], hash: listHash([]) };
  const placeOf = (path: readonly (string | number)[]): Place => {
    const place = source.placeOf(["packages", ...path]) ?? source.placeOf(["packages", ...path.slice(0, 1)]);
    return { file: source.path, line: place?.line ?? null, column: place?.column ?? null };
  };
  const entries = readEntries(source.list, source.raw, placeOf);
  return {
    file: source.path,
    entries,
    hash: listHash(source.list.map((entry, index) => hashed(entry, source.raw[index]))),
  };
}

type PlaceOf = (path: readonly (string | number)[]) => Place;

/** The entries of a `packages:` list, whether a file's or the hub's. Throws DH1021 for all that have the wrong form. */
export function readEntries(list: readonly unknown[], raw: readonly unknown[], placeOf: PlaceOf): PackageSpec[] {
  const problems: Diagnostic[] = [];
  const entries = list.flatMap((entry, index) => {
    const at = (keys: readonly PropertyKey[]): Place =>
      placeOf([index, ...keys.map((key) => (typeof key === "symbol" ? String(key) : key))]);
    const kind = isRecord(entry)
      ? (Object.keys(FORMS) as (keyof typeof FORMS)[]).find((key) => key in entry)
      : undefined;
    if (kind === undefined) {
      problems.push(
        diagnostic("DH1021", "A package needs one of the keys package, git, local, tarball or private", at([]), HINT),
      );
      return [];
    }
    const parsed = FORMS[kind].safeParse(entry);
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        problems.push(
          diagnostic("DH1021", `${kind} package: ${issue.path.join(".")} ${issue.message}`, at(issue.path), HINT),
        );
      return [];
    }
    const unrendered = (isRecord(raw[index]) ? raw[index] : {}) as JsonObject;
    return [toSpec(kind, parsed.data as JsonObject, { unrendered, place: at([]) })];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
  return entries;
}

const HINT =
  'Such as `- package: dbt-labs/dbt_utils` with `version: [">=1.0.0", "<2.0.0"]`, or `- git: URL` with `revision: v1.0`.';

function toSpec(
  kind: keyof typeof FORMS,
  data: JsonObject,
  entry: Pick<PackageSpec, "unrendered" | "place">,
): PackageSpec {
  const text = (key: string): string => data[key] as string;
  switch (kind) {
    case "local":
      return { kind, local: text("local"), ...entry };
    case "tarball":
      return { kind, tarball: text("tarball"), name: text("name"), ...entry };
    case "package": {
      const installPrerelease = (data["install_prerelease"] ?? data["install-prerelease"]) === true;
      return {
        kind: "hub",
        package: text("package"),
        versions: data["version"] as string[],
        installPrerelease,
        ...entry,
      };
    }
    case "git":
    case "private":
      return {
        kind: "git",
        git: kind === "git" ? text("git") : privateUrl(text("private"), data["provider"] as string | null | undefined),
        revision: (data["revision"] as string | null | undefined) ?? null,
        warnUnpinned: data["warn-unpinned"] !== false,
        subdirectory: (data["subdirectory"] as string | null | undefined) ?? null,
        ...entry,
      };
  }
}

/** By SSH, so that the user's own key opens it. */
function privateUrl(repository: string, provider: string | null | undefined): string {
  if (provider === "gitlab") return `git@gitlab.com:${repository}.git`;
  if (provider === "ado" || provider === "azure_devops") return `git@ssh.dev.azure.com:v3/${repository}`;
  return `git@github.com:${repository}.git`;
}

/** The keys of an entry that dbt hashes: those that may be left out count as null. */
function hashed(entry: unknown, unrendered: unknown): JsonObject {
  const data = entry as JsonObject;
  const all = { ...data, unrendered: unrendered as JsonObject };
  if ("package" in data) {
    const { "install-prerelease": spelled = false, ...rest } = all as JsonObject;
    return { install_prerelease: spelled, ...rest };
  }
  if ("git" in data) return { revision: null, subdirectory: null, "warn-unpinned": null, ...all };
  if ("private" in data) return { provider: null, revision: null, subdirectory: null, "warn-unpinned": null, ...all };
  return all;
}

function listHash(list: readonly JsonObject[]): string {
  const texts = list.map((entry) => pythonJson(entry)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash("sha1").update(texts.join("\n")).digest("hex");
}

/** Every package installed below the root's packages folder. Throws when fewer are installed than asked for. */
export function loadInstalledPackages(root: PackageConfig, context: RenderContext): PackageConfig[] {
  const folder = join(root.root, root.packagesInstallPath);
  const wanted = readPackageList(root.root, context);
  const installed = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .filter((name) => existsSync(join(folder, name, PROJECT_FILE)))
    : [];
  if (installed.length < wanted.entries.length) {
    fail(
      "DH1022",
      `dbt found ${String(wanted.entries.length)} package(s) specified in ${wanted.file === null ? "packages.yml" : wanted.file.slice(root.root.length + 1)}, but only ${String(installed.length)} package(s) installed in ${root.packagesInstallPath}.`,
      { file: wanted.file },
      'Run "duckhouse-dbt deps" to install package dependencies.',
    );
  }
  return installed.map((name) => {
    const config = loadPackageConfig(join(folder, name), context);
    // As in dbt, repeated keys are looked for in the project's own file alone.
    const isOwn = ({ code }: Diagnostic): boolean => deprecationOf(code) !== "DuplicateYAMLKeysDeprecation";
    return { ...config, deprecations: config.deprecations.filter(isOwn) };
  });
}
