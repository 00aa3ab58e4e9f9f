import { parse, type SemVer } from "semver";
import { DiagnosticError, diagnostic, fail, type Diagnostic } from "../contracts/diagnostic.ts";
import type { GitSpec, HubSpec, PackageSpec, PinnedPackage } from "../contracts/packages.ts";
import type { HubPackage, PackageStore } from "./package-store.ts";
import { fits, installable, isContradiction, readClause, readClauses } from "./version-ranges.ts";

/** What a package says of itself. */
export interface PackageFacts {
  readonly name: string;
  readonly entries: readonly PackageSpec[];
}

export interface Resolving {
  readonly store: PackageStore;
  readonly rootName: string;
  /** Null: versions of packages are not held to it (--no-version-check). */
  readonly dbtVersion: string | null;
  /** Reads a folder that was fetched. */
  readonly readFolder: (folder: string, spec: PackageSpec) => PackageFacts;
  readonly localFolder: (local: string) => string;
  readonly readHubEntries: (list: readonly unknown[], file: string) => readonly PackageSpec[];
  readonly warnUnpinned: (spec: GitSpec) => void;
}

interface Found {
  readonly pinned: PinnedPackage;
  readonly entries: readonly PackageSpec[];
}

/** Everything that the entries need, and what that needs. As dbt: a version is chosen when a package is met first, and again at the end. */
export async function resolvePackages(entries: readonly PackageSpec[], options: Resolving): Promise<PinnedPackage[]> {
  const wanted = new Map<string, PackageSpec[]>();
  let pending = entries;
  while (pending.length > 0) {
    const keys = new Set<string>();
    for (const spec of pending) {
      const key = keyOf(spec);
      const known = wanted.get(key) ?? [];
      // Packages that need each other would go round for ever: only a new wish is looked into.
      if (!known.some((other) => wishOf(other) === wishOf(spec))) {
        wanted.set(key, [...known, spec]);
        keys.add(key);
      }
    }
    const found = await each(keys, (key) => find(wanted.get(key) ?? [], options));
    pending = found.flatMap((one) => one.entries);
  }
  const pinned = (await each(wanted.keys(), (key) => find(wanted.get(key) ?? [], options))).map((one) => one.pinned);
  checkNames(pinned, options.rootName);
  return pinned;
}

/** One after the other, and all problems at once. */
async function each<T>(keys: Iterable<string>, work: (key: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const problems: Diagnostic[] = [];
  for (const key of keys) {
    try {
      results.push(await work(key));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return results;
}

function keyOf(spec: PackageSpec): string {
  switch (spec.kind) {
    case "hub":
      return `hub ${spec.package}`;
    case "git":
      return `git ${spec.git.replace(/\.git$/, "")}/${spec.subdirectory ?? ""}`;
    case "tarball":
      return `tarball ${spec.tarball}`;
    case "local":
      return `local ${spec.local}`;
  }
}

function wishOf(spec: PackageSpec): string {
  if (spec.kind === "hub") return spec.versions.join();
  return spec.kind === "git" ? (spec.revision ?? "") : "";
}

async function find(specs: readonly PackageSpec[], options: Resolving): Promise<Found> {
  const [spec] = specs;
  if (spec === undefined) throw new Error("bug: a package that nobody asked for");
  switch (spec.kind) {
    case "hub":
      return findHub(specs as HubSpec[], spec, options);
    case "git":
      return findGit(specs as GitSpec[], spec, options);
    case "tarball": {
      const { entries } = options.readFolder(await options.store.tarballFolder(spec), spec);
      return { pinned: spec, entries };
    }
    case "local": {
      const { name, entries } = options.readFolder(options.localFolder(spec.local), spec);
      return { pinned: { kind: "local", local: spec.local, name }, entries };
    }
  }
}

async function findGit(specs: readonly GitSpec[], first: GitSpec, options: Resolving): Promise<Found> {
  const revisions = [...new Set(specs.flatMap(({ revision }) => revision ?? []))];
  if (revisions.length > 1)
    fail(
      "DH1070",
      `git dependencies should contain exactly one version. ${first.git} contains: ${revisions.join(", ")}`,
      first.place,
      whoWants(specs.map((spec) => [spec.revision ?? "HEAD", spec])),
    );
  const spec = { ...first, revision: revisions[0] ?? null, warnUnpinned: specs.every((one) => one.warnUnpinned) };
  const { folder, commit } = await options.store.gitFolder(spec);
  const unpinned = spec.revision === null || ["HEAD", "main", "master"].includes(spec.revision);
  if (unpinned && spec.warnUnpinned) options.warnUnpinned(spec);
  const { name, entries } = options.readFolder(folder, spec);
  return { pinned: { ...spec, revision: commit, name }, entries };
}

async function findHub(specs: readonly HubSpec[], first: HubSpec, options: Resolving): Promise<Found> {
  const { package: name, place } = first;
  const clauses = specs.flatMap((spec) => readClauses(spec.versions, name, spec.place));
  const wishes = (): string => whoWants(specs.map((spec) => [spec.versions.join(", "), spec]));
  if (isContradiction(clauses)) {
    const texts = clauses.map(({ matcher, version }) => `'${matcher}${version.version}'`).join(", ");
    fail(
      "DH1070",
      `Version error for package ${name}: Could not find a satisfactory version from options: [${texts}]`,
      place,
      wishes(),
    );
  }
  const hub = await options.store.hub(name, place);
  const prerelease = first.installPrerelease || clauses.some(({ version }) => version.prerelease.length > 0);
  const usable = compatible(hub, prerelease, options.dbtVersion);
  const chosen = usable.findLast((version) => clauses.every((clause) => fits(version, clause)))?.raw;
  const entry = chosen === undefined ? undefined : hub.versions[chosen];
  if (chosen === undefined || entry === undefined) {
    const hidden =
      options.dbtVersion === null
        ? ""
        : "\n  Not shown: package versions incompatible with this version of dbt. To include them, add --no-version-check";
    return fail(
      "DH1070",
      `Could not find a matching compatible version for package ${name}\n  Requested range: ${clauses.map(({ text }) => text).join(", ")}\n  Compatible versions: ${usable.map(({ raw }) => raw).join(", ")}${hidden}`,
      place,
      wishes(),
    );
  }
  const entries = options.readHubEntries(entry.packages, options.store.urlOf(name));
  return { pinned: { kind: "hub", package: name, version: chosen, name: entry.name }, entries };
}

/** The versions that may be chosen, lowest first. */
export function compatible(hub: HubPackage, prerelease: boolean, dbtVersion: string | null): SemVer[] {
  const own = dbtVersion === null ? null : parse(dbtVersion);
  const versions = Object.entries(hub.versions).filter(([, { require_dbt_version: required }]) => {
    if (own === null || required === null || required === undefined) return true;
    const texts = typeof required === "string" ? required.split(",") : required;
    return texts.every((text) => {
      const clause = readClause(text);
      return clause === null || fits(own, clause);
    });
  });
  return installable(
    versions.map(([version]) => version),
    prerelease,
  );
}

function whoWants(wishes: readonly (readonly [string, PackageSpec])[]): string {
  const texts = wishes.map(
    ([wish, { place }]) =>
      `${wish} is asked for by ${place.file ?? "packages.yml"}${place.line === null || place.line === undefined ? "" : `:${String(place.line)}`}`,
  );
  return `${[...new Set(texts)].join("; ")}.`;
}

function checkNames(pinned: readonly PinnedPackage[], rootName: string): void {
  const seen = new Set<string>();
  const problems = pinned.flatMap(({ name }) => {
    if (name === null) return [];
    if (name === rootName)
      return [
        diagnostic(
          "DH1024",
          `Found a dependency with the same name as the root project "${name}". Package names must be unique in a project. Please rename one of these packages.`,
        ),
      ];
    if (seen.has(name))
      return [
        diagnostic(
          "DH1024",
          `Found duplicate project "${name}". This occurs when a dependency has the same project name as some other dependency.`,
        ),
      ];
    seen.add(name);
    return [];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}
