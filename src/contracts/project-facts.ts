import type { EngineTraits } from "./engine.ts";
import type { JsonObject } from "./json.ts";
import type { Project, Target } from "./project.ts";
import type { RelationPolicy } from "./relation.ts";

/** What contexts need to know of a project, as plain data that can be sent to another thread. */
export interface ProjectFacts {
  readonly projectName: string;
  readonly root: string;
  readonly targetPath: string;
  readonly packagesInstallPath: string;
  readonly target: Target;
  readonly cliVars: JsonObject;
  readonly packageVars: Readonly<Record<string, JsonObject>>;
  readonly packageVersions: Readonly<Record<string, string | null>>;
  readonly packageRoots: Readonly<Record<string, string>>;
  readonly quoting: Partial<RelationPolicy>;
  readonly quoteColumns: boolean | null;
  readonly dispatch: Readonly<Record<string, readonly string[]>>;
  /** The root's dependencies, without the built-in packages. */
  readonly dependencies: readonly string[];
  readonly internalPackages: readonly string[];
  /** Prefixes for `adapter.dispatch`, the most specific first, without `default`. */
  readonly adapterTypes: readonly string[];
  readonly traits: EngineTraits;
}

export function projectFacts(
  project: Project,
  { adapterTypes, traits }: Pick<ProjectFacts, "adapterTypes" | "traits">,
): ProjectFacts {
  const { root, packages } = project;
  const quoting: { -readonly [P in keyof RelationPolicy]?: boolean } = {};
  for (const part of ["database", "schema", "identifier"] as const) {
    const flag = root.quoting[part];
    if (typeof flag === "boolean") quoting[part] = flag;
  }
  return {
    projectName: root.name,
    root: root.root,
    targetPath: root.targetPath,
    packagesInstallPath: root.packagesInstallPath,
    target: project.target,
    cliVars: project.cliVars,
    packageVars: Object.fromEntries(packages.map((config) => [config.name, config.vars])),
    packageVersions: Object.fromEntries(packages.map((config) => [config.name, config.version])),
    packageRoots: Object.fromEntries(packages.map((config) => [config.name, config.root])),
    quoting,
    quoteColumns: typeof root.quoting["column"] === "boolean" ? root.quoting["column"] : null,
    dispatch: Object.fromEntries(root.dispatch.map((entry) => [entry.macroNamespace, entry.searchOrder])),
    dependencies: packages.filter((config) => !config.internal && config !== root).map((config) => config.name),
    internalPackages: packages.filter((config) => config.internal).map((config) => config.name),
    adapterTypes,
    traits,
  };
}
