import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { DiagnosticError, fail, type Diagnostic } from "../contracts/diagnostic.ts";
import { DBT_VERSION, secretsOf, type Invocation } from "../contracts/invocation.ts";
import type { PackageSpec, PinnedPackage } from "../contracts/packages.ts";
import type { LogLevel } from "../contracts/events.ts";
import { addPackage } from "../1-project/add-package.ts";
import { LOCK_FILE, lockedPackages, readLock, writeLock } from "../1-project/package-lock.ts";
import { readEntries, readPackageList, type PackageList } from "../1-project/packages.ts";
import { loadPackageConfig } from "../1-project/project-file.ts";
import { contextWithoutProfile } from "../context/config-context.ts";
import type { RenderContext } from "../jinja/template.ts";
import { PackagesFolder } from "../packages/install-packages.ts";
import { PackageStore } from "../packages/package-store.ts";
import { compatible, resolvePackages, type PackageFacts } from "../packages/resolve-packages.ts";
import { maskSecrets } from "../shared/mask-secrets.ts";
import { report } from "./report.ts";
import { OK, type CommandResult } from "./result.ts";
import { projectRoot } from "./session.ts";
import { warn } from "./warn.ts";

export interface DepsOptions {
  readonly upgrade: boolean;
  readonly lock: boolean;
  readonly offline: boolean;
  readonly add: string | null;
  readonly source: string;
}

interface Deps {
  readonly invocation: Invocation;
  readonly root: string;
  readonly context: RenderContext;
  readonly store: PackageStore;
  readonly list: PackageList;
  readonly offline: boolean;
  readonly say: (message: string, level?: LogLevel) => void;
}

/** deps: choose versions (unless the lock file has them) → write the lock file → fetch → put in place. */
export async function depsCommand(invocation: Invocation, options: DepsOptions): Promise<CommandResult> {
  const root = projectRoot(invocation);
  const say: Deps["say"] = (message, level = "info") => invocation.emit({ kind: "log", level, message });
  const context = contextWithoutProfile(invocation, { secrets: true, withoutVars: true });
  const config = loadPackageConfig(root, context);
  report(invocation, config.deprecations);
  if (options.add !== null) sayAdded(addPackage(root, options.add, options.source), say);
  const list = readPackageList(root, context);
  const { offline } = options;
  const deps: Deps = { invocation, root, context, say, list, offline, store: openStore(invocation, options, say) };
  const isFresh = !options.upgrade && readLock(root)?.hash === list.hash;
  if (!isFresh && list.entries.length > 0) await lock(deps, config.name);
  if (options.lock) return OK;
  const current = list.entries.length > 0 || isFresh ? readLock(root) : null;
  const pinned = current === null ? [] : lockedPackages(current, context);
  if (pinned.length === 0) {
    say("Warning: No packages were found in packages.yml", "warn");
    return OK;
  }
  await install(deps, pinned, installFolder(root, config.packagesInstallPath));
  return OK;
}

function openStore(invocation: Invocation, { offline }: DepsOptions, say: Deps["say"]): PackageStore {
  const { env } = invocation;
  const base = env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return new PackageStore({
    cache: resolve(env["DUCKHOUSE_PACKAGE_CACHE_DIR"] ?? join(base, "duckhouse-dbt", "packages")),
    hubUrl: env["DBT_PACKAGE_HUB_URL"] ?? "https://hub.getdbt.com",
    offline,
    env,
    warn: (problem) => {
      report(invocation, [problem]);
    },
    debug: (message) => {
      say(message, "debug");
    },
  });
}

/** A packages folder that holds the project itself would lose it. */
function installFolder(root: string, path: string): string {
  const folder = resolve(root, path);
  if (folder === root || root.startsWith(folder + sep))
    fail(
      "DH1083",
      `packages-install-path '${path}' is not a folder of its own`,
      { file: join(root, "dbt_project.yml") },
      "Use one inside the project, such as dbt_packages.",
    );
  return folder;
}

async function lock({ root, list, store, context, invocation, say }: Deps, rootName: string): Promise<void> {
  const pinned = await resolvePackages(list.entries, {
    store,
    rootName,
    dbtVersion: invocation.flags.version_check ? DBT_VERSION : null,
    localFolder: (local) => resolve(root, local),
    readFolder: (folder, spec) => readPackage(root, folder, spec, context),
    readHubEntries: (entries, file) => readEntries(entries, entries, () => ({ file })),
    warnUnpinned: ({ git, revision }) => {
      const how =
        revision === null || revision === "HEAD"
          ? "not pinned, using HEAD (default branch)"
          : `pinned to the "${revision}" branch`;
      const text = `The git package "${git}" \n\tis ${how}.\n\tThis can introduce breaking changes into your project without warning!\n\nSee https://docs.getdbt.com/docs/package-management#section-specifying-package-versions`;
      warn(invocation, "DepsUnpinned", "DH1084", text);
    },
  });
  const secrets = secretsOf(invocation);
  const file = writeLock(root, pinned, list.hash, (text) => {
    const scrubbed = maskSecrets(text, secrets);
    if (scrubbed !== text)
      warn(
        invocation,
        "DepsScrubbedPackageName",
        "DH1085",
        `Detected secret env var in ${scrubbed}. A scrubbed representation goes to the lock file, which later runs of 'deps' cannot use: they need '--upgrade'`,
      );
    return scrubbed;
  });
  say(`Updating lock file in file path: ${file}`);
}

/** The name of a package and what it needs; local packages of a package lie relative to the root, as in dbt, or to itself. */
function readPackage(root: string, folder: string, spec: PackageSpec, context: RenderContext): PackageFacts {
  if (!existsSync(join(folder, "dbt_project.yml")))
    fail(
      "DH1026",
      `No dbt_project.yml in the package ${nameOf(spec)}`,
      spec.place,
      spec.kind === "git"
        ? "Where it lies in a folder of the repository, name that with `subdirectory:`."
        : `Looked for in ${folder}.`,
    );
  const { name } = loadPackageConfig(folder, context);
  const entries = readPackageList(folder, context).entries.map((entry) => {
    if (entry.kind !== "local" || isAbsolute(entry.local) || existsSync(resolve(root, entry.local))) return entry;
    const own = resolve(folder, entry.local);
    return spec.kind === "local" ? { ...entry, local: relative(root, own) } : entry;
  });
  return { name, entries };
}

function nameOf(spec: PackageSpec | PinnedPackage): string {
  switch (spec.kind) {
    case "hub":
      return spec.package;
    case "git":
      return spec.subdirectory === null ? spec.git : `${spec.git}/${spec.subdirectory}`;
    case "tarball":
      return spec.name;
    case "local":
      return spec.local;
  }
}

/** Fetches all, and changes the packages folder only when all are there. */
async function install(deps: Deps, pinned: readonly PinnedPackage[], path: string): Promise<void> {
  const folder = new PackagesFolder(path);
  const problems: Diagnostic[] = [];
  const newer: string[] = [];
  try {
    for (const one of pinned) {
      deps.say(`Installing ${nameOf(one)}`);
      try {
        await makeReady(deps, one, folder);
        deps.say(`Installed from ${versionOf(one)}`);
        if (await sayUpdate(deps, one)) newer.push(`'${nameOf(one)}'`);
        if (one.kind === "git" && one.subdirectory !== null) deps.say(`and subdirectory ${one.subdirectory}`);
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        problems.push(...error.diagnostics);
      }
    }
    if (problems.length > 0) throw new DiagnosticError(problems);
    folder.finish();
    if (newer.length > 0)
      deps.say(
        `\nUpdates available for packages: [${newer.join(", ")}]\nUpdate your versions in packages.yml, then run duckhouse-dbt deps`,
      );
  } finally {
    folder.close();
  }
}

async function makeReady(deps: Deps, pinned: PinnedPackage, folder: PackagesFolder): Promise<void> {
  const { root, context } = deps;
  const place = { file: join(root, LOCK_FILE) };
  const source = await folderOf(deps, pinned, place);
  if (!existsSync(join(source, "dbt_project.yml")))
    fail("DH1026", `No dbt_project.yml in the package ${nameOf(pinned)}`, place, `Looked for in ${source}.`);
  const { name } = loadPackageConfig(source, context);
  // A tarball's entry says its folder; of the others a name that differs means that it is not what was asked for.
  if (pinned.kind !== "tarball" && pinned.name !== null && pinned.name !== name)
    fail(
      "DH1086",
      `The package ${nameOf(pinned)} should hold the project '${pinned.name}', but holds '${name}'`,
      place,
      "Run `duckhouse-dbt deps --upgrade`.",
    );
  if (pinned.kind === "local") folder.link(source, name);
  else folder.copy(source, pinned.kind === "tarball" ? pinned.name : name);
}

async function folderOf({ root, store }: Deps, pinned: PinnedPackage, place: { file: string }): Promise<string> {
  switch (pinned.kind) {
    case "local":
      return resolve(root, pinned.local);
    case "hub":
      return store.hubFolder(pinned.package, pinned.version, place);
    case "git":
      return (await store.gitFolder(pinned)).folder;
    case "tarball":
      return store.tarballFolder(pinned);
  }
}

function versionOf(pinned: PinnedPackage): string {
  switch (pinned.kind) {
    case "hub":
      return `version ${pinned.version}`;
    case "git":
      return pinned.revision === "HEAD" ? "HEAD (default revision)" : `revision ${pinned.revision}`;
    case "tarball":
      return `tarball (url: ${pinned.tarball})`;
    case "local":
      return `<local @ ${pinned.local}>`;
  }
}

/** Whether a newer version is there; a hub that does not answer does not undo what was installed. */
async function sayUpdate({ store, say, invocation, offline }: Deps, pinned: PinnedPackage): Promise<boolean> {
  if (pinned.kind !== "hub" || offline) return false;
  const hub = await store.hub(pinned.package, { file: null }).catch((error: unknown) => {
    if (error instanceof DiagnosticError) return null;
    throw error;
  });
  if (hub === null) return false;
  const dbtVersion = invocation.flags.version_check ? DBT_VERSION : null;
  const latest = compatible(hub, pinned.version.includes("-"), dbtVersion).at(-1)?.raw ?? pinned.version;
  say(latest === pinned.version ? "Up to date!" : `Updated version available: ${latest}`);
  return latest !== pinned.version;
}

function sayAdded({ file, name, version, removed }: ReturnType<typeof addPackage>, say: Deps["say"]): void {
  for (const entry of removed) say(`Found duplicate package in packages.yml, removing: ${entry}`);
  say(`Added new package ${name}@${version ?? "None"} to ${file}`);
}
