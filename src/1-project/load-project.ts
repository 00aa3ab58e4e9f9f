import { join } from "node:path";
import { DiagnosticError, fail, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { PackageConfig, Project, Target } from "../contracts/project.ts";
import { configContext } from "../context/config-context.ts";
import { targetDict } from "../context/target.ts";
import { yamlRenderer } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { readCatalogs } from "./catalogs-file.ts";
import { loadInstalledPackages } from "./packages.ts";
import { loadTargets, type ProfileTargets, type ReadCredentials } from "./profile.ts";
import { targetCatalogs, type ReadCatalog } from "./target-catalogs.ts";
import { loadPackageConfig, readProjectYaml } from "./project-file.ts";
import { readSelectors } from "./selectors-file.ts";
import { builtinSourceFiles, findSourceFiles } from "./source-files.ts";
import { checkVersions } from "./version-check.ts";

export interface LoadOptions {
  readonly root: string;
  readonly invocation: Invocation;
  readonly readCredentials: ReadCredentials;
  readonly readCatalog: ReadCatalog;
  /** Folders of the packages that come with the program, most specific first. */
  readonly internalPackages: (targetType: string) => readonly string[];
}

/**
 * Reads everything on disk that a command needs, as one target's engine sees it: dbt_project.yml, installed packages,
 * source files. Throws DiagnosticError with the problems of the first stage that has any.
 */
export function loadProject(options: LoadOptions, target: Target): Project {
  const { root, invocation } = options;
  const context = configContext(invocation, { target: targetDict(target) });
  const rootConfig = loadPackageConfig(root, context);
  const dependencies = loadInstalledPackages(rootConfig, context);
  const internal = options.internalPackages(target.type).map((folder) => loadPackageConfig(folder, context, true));
  const packages = [rootConfig, ...dependencies, ...internal];
  checkNames(packages);
  if (invocation.flags.version_check) {
    const problems = checkVersions(packages);
    if (problems.length > 0) throw new DiagnosticError(problems);
  }
  return {
    root: rootConfig,
    packages,
    target,
    cliVars: invocation.flags.vars,
    files: [rootConfig, ...dependencies].flatMap(findSourceFiles),
    builtinFiles: () => internal.flatMap(builtinSourceFiles),
    selectors: readSelectors(root, context),
  };
}

/** Reads dbt_project.yml as `loadProject` does, for what it does that is deprecated. Throws DiagnosticError with its problems. */
export function checkProjectFile({ root, invocation }: LoadOptions, target: Target): readonly Diagnostic[] {
  return loadPackageConfig(root, configContext(invocation, { target: targetDict(target) })).deprecations;
}

/** The chosen targets alone; commands that need no models (`debug`) read nothing else. */
export function loadProjectTargets({ root, invocation, readCredentials, readCatalog }: LoadOptions): ProfileTargets {
  const file = readProjectYaml(root);
  const { flags } = invocation;
  const context = configContext(invocation, { secrets: true });
  const { targets, hybrid } = loadTargets({
    projectRoot: root,
    profilesDir: flags.profiles_dir,
    profileName: flags.profile ?? profileName(file, context),
    targetName: flags.target,
    threads: flags.threads,
    context,
    readCredentials,
  });
  const entries = readCatalogs(root, context);
  const withCatalogs = targets.map((target) => ({
    ...target,
    ...targetCatalogs(entries, target, readCatalog, root),
  }));
  if (hybrid !== null) checkSharedCatalog(hybrid.catalog, withCatalogs, root);
  return { targets: withCatalogs, hybrid };
}

/** Rows pass between the engines of a target through one catalog: each of them must be able to use it. */
function checkSharedCatalog(name: string, targets: readonly Target[], root: string): void {
  const without = targets.filter((target) => !target.catalogs.some((catalog) => catalog.name === name));
  if (without.length === 0 || targets.length < 2) return;
  fail(
    "DH1041",
    `The catalog '${name}' of target '${without[0]?.name ?? ""}' is none that ${without.map((target) => target.type).join(" and ")} can use`,
    { file: join(root, "catalogs.yml") },
    "It must be an entry of catalogs.yml of type iceberg_rest with settings for every engine under `config:`.",
  );
}

/** The one key that is needed before the target is known: often an environment variable. */
function profileName({ path, yaml, data }: ReturnType<typeof readProjectYaml>, context: RenderContext): string | null {
  const { profile } = yamlRenderer(path, yaml.placeOf, context).render({
    profile: data["profile"] ?? null,
  }) as JsonObject;
  return typeof profile === "string" ? profile : null;
}

function checkNames(packages: readonly PackageConfig[]): void {
  const seen = new Map<string, PackageConfig>();
  for (const config of packages) {
    const other = seen.get(config.name);
    if (other !== undefined) {
      fail(
        "DH1024",
        `Two packages are named '${config.name}': ${other.root} and ${config.root}`,
        { file: `${config.root}/dbt_project.yml` },
        "Rename one, or remove the copy.",
      );
    }
    seen.set(config.name, config);
  }
}
