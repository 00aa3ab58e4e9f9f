import { DiagnosticError, fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { PackageConfig, Project, Target } from "../contracts/project.ts";
import { configContext } from "../context/config-context.ts";
import { targetDict } from "../context/target.ts";
import { yamlRenderer } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { readCatalogs } from "./catalogs-file.ts";
import { loadInstalledPackages } from "./packages.ts";
import { loadTarget, type ReadCredentials } from "./profile.ts";
import { targetCatalogs, type ReadCatalog } from "./target-catalogs.ts";
import { loadPackageConfig, readProjectYaml } from "./project-file.ts";
import { readSelectors } from "./selectors-file.ts";
import { readSourceFiles } from "./source-files.ts";
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
 * Reads everything on disk that a command needs: dbt_project.yml, the profile's target, installed packages, source files.
 * Throws DiagnosticError with the problems of the first stage that has any.
 */
export function loadProject(options: LoadOptions): Project {
  const { root, invocation } = options;
  const target = loadProjectTarget(options);
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
    files: packages.flatMap(readSourceFiles),
    selectors: readSelectors(root, context),
  };
}

/** The target alone, for commands that need no models (`debug`, `run-operation` of SQL). */
export function loadProjectTarget({ root, invocation, readCredentials, readCatalog }: LoadOptions): Target {
  const file = readProjectYaml(root);
  const { flags } = invocation;
  const context = configContext(invocation, { secrets: true });
  const target = loadTarget({
    projectRoot: root,
    profilesDir: flags.profiles_dir,
    profileName: flags.profile ?? profileName(file, context),
    targetName: flags.target,
    threads: flags.threads,
    context,
    readCredentials,
  });
  return { ...target, ...targetCatalogs(readCatalogs(root, context), target, readCatalog, root) };
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
