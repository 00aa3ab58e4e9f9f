import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import * as z from "zod";
import { deprecated } from "../contracts/deprecations.ts";
import { diagnostic, fail, type Diagnostic, type Place } from "../contracts/diagnostic.ts";
import type { GitSpec, TarballSpec } from "../contracts/packages.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { readTextIfExists, writeFileAtomic } from "../shared/files.ts";
import { errorMessage } from "../shared/objects.ts";
import { fetchFile, fetchJson, statusOf } from "./fetch-url.ts";
import { checkOut, isCommit } from "./run-git.ts";
import { refuseLinksOut, unpackArchive } from "./unpack-archive.ts";

const hubPackage = z.looseObject({
  name: z.string(),
  namespace: z.string().nullish(),
  redirectnamespace: z.string().nullish(),
  redirectname: z.string().nullish(),
  versions: z.record(
    z.string(),
    z.looseObject({
      name: z.string().regex(/^[^\d\W]\w*$/),
      packages: z.array(z.unknown()).default([]),
      downloads: z.looseObject({ tarball: z.string(), sha1: z.string().nullish() }),
      require_dbt_version: z.union([z.array(z.string()), z.string()]).nullish(),
    }),
  ),
});
export type HubPackage = z.infer<typeof hubPackage>;

export interface StoreOptions {
  /** Packages as they were fetched, shared by all projects of the user. */
  readonly cache: string;
  readonly hubUrl: string;
  readonly offline: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warn: (problem: Diagnostic) => void;
  readonly debug: (message: string) => void;
}

/** Gets packages from where they are, and keeps them: a folder of the cache is there whole or not at all. */
export class PackageStore {
  private readonly hubAnswers = new Map<string, Promise<HubPackage>>();
  private readonly fetched = new Set<string>();
  constructor(private readonly options: StoreOptions) {}

  urlOf(name: string): string {
    return `${this.options.hubUrl.replace(/\/+$/, "")}/api/v1/${name}.json`;
  }

  /** All versions of a package. */
  hub(name: string, place: Place): Promise<HubPackage> {
    const known = this.hubAnswers.get(name);
    if (known !== undefined) return known;
    const asked = this.askHub(name, place);
    this.hubAnswers.set(name, asked);
    return asked;
  }

  private async askHub(name: string, place: Place): Promise<HubPackage> {
    const url = this.urlOf(name);
    const file = join(this.options.cache, `hub-${digest(url)}.json`);
    let data: unknown;
    if (this.options.offline) {
      const text = readTextIfExists(file);
      data = text === null ? this.notCached(name, place) : (JSON.parse(text) as unknown);
    } else {
      this.options.debug(`Making package registry request: GET ${url}`);
      data = await fetchJson(url).catch((error: unknown) => this.hubFailed(name, url, error, place));
    }
    const parsed = hubPackage.safeParse(data);
    if (!parsed.success)
      fail(
        "DH1077",
        `The answer of ${url} is not that of a package hub: ${z.prettifyError(parsed.error)}`,
        place,
        HUB_HINT,
      );
    if (!this.options.offline) writeFileAtomic(file, [JSON.stringify(data)]);
    const { redirectnamespace, redirectname, namespace } = parsed.data;
    if ((redirectnamespace ?? redirectname ?? "") !== "") {
      const now = `${redirectnamespace ?? namespace ?? name.split("/")[0] ?? ""}/${redirectname ?? parsed.data.name}`;
      this.options.warn(
        deprecated(
          "PackageRedirectDeprecation",
          `the package ${name} has the new name ${now}`,
          null,
          "Write the new name in packages.yml.",
        ),
      );
    }
    return parsed.data;
  }

  private async hubFailed(name: string, url: string, error: unknown, place: Place): Promise<never> {
    if (statusOf(error) !== 404) fail("DH1077", `Could not read ${url}: ${errorMessage(error)}`, place, HUB_HINT);
    const index = await fetchJson(this.urlOf("index")).catch(() => []);
    const names = Array.isArray(index) ? index.filter((entry) => typeof entry === "string") : [];
    return fail(
      "DH1076",
      `Package ${name} was not found in the package index`,
      place,
      didYouMean(name, names) ?? HUB_HINT,
    );
  }

  private notCached(what: string, place: Place): never {
    return fail(
      "DH1078",
      `${what} is not in the cache, and --offline asks nobody`,
      place,
      "Run `duckhouse-dbt deps` once without --offline.",
    );
  }

  /** The folder of a hub package's version. */
  async hubFolder(name: string, version: string, place: Place): Promise<string> {
    const key = `${this.options.hubUrl} ${name} ${version}`;
    const folder = join(this.options.cache, digest(key));
    if (existsSync(folder)) return onlyFolder(folder, name, place);
    if (this.options.offline) this.notCached(`${name} ${version}`, place);
    const entry = (await this.hub(name, place)).versions[version];
    if (entry === undefined)
      fail(
        "DH1070",
        `Package ${name} has no version ${version}`,
        place,
        "Run `duckhouse-dbt deps --upgrade` to choose anew.",
      );
    const { tarball, sha1 } = entry.downloads;
    await this.keep(folder, (temporary) => this.download(tarball, temporary, place, sha1 ?? null));
    return onlyFolder(folder, tarball, place);
  }

  /** Fetched anew by every command, for what an address holds may change. */
  async tarballFolder({ tarball, place }: TarballSpec): Promise<string> {
    const folder = join(this.options.cache, digest(`tarball ${tarball}`));
    if (this.options.offline && !existsSync(folder)) this.notCached(tarball, place);
    if (!this.options.offline && !this.fetched.has(folder)) {
      await this.keep(folder, (temporary) => this.download(tarball, temporary, place, null));
      this.fetched.add(folder);
    }
    return onlyFolder(folder, tarball, place);
  }

  private async download(url: string, folder: string, place: Place, sha1: string | null): Promise<void> {
    const file = `${folder}.tar.gz`;
    try {
      if (!/^https?:\/\//i.test(url))
        fail("DH1074", `${url} is no http or https address`, place, "For a folder on this machine use `local:`.");
      await fetchFile(url, file).catch((error: unknown) =>
        fail(
          "DH1074",
          `Could not download ${url}: ${errorMessage(error)}`,
          place,
          "Is the machine online, and the address right?",
        ),
      );
      const found = createHash("sha1").update(readFileSync(file)).digest("hex");
      // Hosts pack the same files anew at times, with another checksum: that alone must not stop a project.
      if (sha1 !== null && sha1 !== "" && sha1 !== found)
        this.options.warn(
          diagnostic(
            "DH1080",
            `${url} is not byte for byte what the hub has seen: its SHA-1 is ${found}, not ${sha1}`,
            null,
            null,
            "warning",
          ),
        );
      await unpackArchive(file, folder, { url, place });
    } finally {
      rmSync(file, { force: true });
    }
  }

  /** The folder of a git package, and the commit it is at. */
  async gitFolder(spec: GitSpec): Promise<{ folder: string; commit: string }> {
    const folderOf = (commit: string): string => join(this.options.cache, digest(`git ${spec.git} ${commit}`));
    const { revision, place, git } = spec;
    let commit = revision !== null && isCommit(revision) ? revision : null;
    if (commit === null || !existsSync(folderOf(commit))) {
      if (this.options.offline) this.notCached(`${git} at ${revision ?? "HEAD"}`, place);
      commit = await this.checkOut(spec, folderOf);
    }
    const folder = resolve(folderOf(commit), spec.subdirectory ?? ".");
    if (folder !== folderOf(commit) && !folder.startsWith(folderOf(commit) + sep))
      fail(
        "DH1075",
        `The subdirectory '${spec.subdirectory ?? ""}' lies outside of ${git}`,
        place,
        "Write a folder of the repository.",
      );
    return { folder, commit };
  }

  private async checkOut(spec: GitSpec, folderOf: (commit: string) => string): Promise<string> {
    let commit = "";
    await this.keep(
      () => folderOf(commit),
      async (temporary) => {
        mkdirSync(temporary);
        commit = await checkOut(spec, temporary, this.options.env);
        rmSync(join(temporary, ".git"), { recursive: true, force: true });
        refuseLinksOut(temporary, { url: spec.git, place: spec.place });
      },
    );
    return commit;
  }

  /** Makes a folder under another name, and gives it its own when it is whole. */
  private async keep(target: string | (() => string), make: (folder: string) => Promise<void>): Promise<void> {
    mkdirSync(this.options.cache, { recursive: true });
    removeLeft(this.options.cache);
    const room = mkdtempSync(join(this.options.cache, "new-"));
    try {
      const made = join(room, "package");
      await make(made);
      const path = typeof target === "string" ? target : target();
      if (existsSync(path)) renameSync(path, join(room, "old"));
      renameSync(made, path);
    } finally {
      rmSync(room, { recursive: true, force: true });
    }
  }
}

const DAY_MS = 86_400_000;

/** What killed commands left; a day is longer than any that still runs. */
function removeLeft(cache: string): void {
  for (const name of readdirSync(cache).filter((entry) => entry.startsWith("new-"))) {
    const made = statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > DAY_MS) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

const HUB_HINT = "Is the name right, and DBT_PACKAGE_HUB_URL (default https://hub.getdbt.com) reachable?";

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

/** Archives hold one folder, and that the package. */
function onlyFolder(folder: string, what: string, place: Place): string {
  const names = readdirSync(folder).filter((name) => name !== "pax_global_header");
  const [name] = names;
  if (names.length === 1 && name !== undefined && statSync(join(folder, name)).isDirectory()) return join(folder, name);
  return fail(
    "DH1074",
    `Incorrect structure for package extracted from ${what}: it must hold one folder with the package in it`,
    place,
    "Pack it with `tar -czf package.tar.gz package/`.",
  );
}
