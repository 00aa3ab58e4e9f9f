import { readdirSync, readFileSync, statSync, type Dirent } from "node:fs";
import { join } from "node:path";
import type { Checksum } from "../contracts/manifest.ts";
import type { PackageConfig, SourceFile, SourceFileKind } from "../contracts/project.ts";
import { textChecksum } from "../shared/checksum.ts";
import { isMissing, readTextIfExists } from "../shared/files.ts";
import { readIgnoreFile } from "./ignore-file.ts";

interface Search {
  readonly paths: readonly string[];
  readonly endings: readonly string[];
  readonly kind: (relativePath: string) => SourceFileKind | null;
}

/** Beside a built-in package's dbt_project.yml once the program is built: one file to read instead of a hundred. */
export const MACRO_INDEX = "macro-index.json";

const MAX_HASHED_SEED = 1024 * 1024;

/** The files of a package that comes with the program. */
export function builtinSourceFiles(config: PackageConfig): SourceFile[] {
  const indexed = readTextIfExists(join(config.root, MACRO_INDEX));
  return indexed === null ? findSourceFiles(config) : (JSON.parse(indexed) as SourceFile[]);
}

/** Every file of a package that dbt would read, in a stable order. They are read when somebody asks for their text. */
export function findSourceFiles(config: PackageConfig): SourceFile[] {
  const found = new Map<string, SourceFile>();
  const isIgnored = readIgnoreFile(config.root);
  for (const search of searches(config)) {
    for (const searchPath of search.paths) {
      for (const relativePath of walk(join(config.root, searchPath), search.endings)) {
        const kind = search.kind(relativePath);
        const key = `${kind ?? ""}:${searchPath}/${relativePath}`;
        if (kind === null || found.has(key) || isIgnored(`${searchPath}/${relativePath}`)) continue;
        found.set(key, sourceFile(config, searchPath, relativePath, kind));
      }
    }
  }
  return [...found.values()];
}

function searches(config: PackageConfig): Search[] {
  const everywhere = [
    ...new Set([
      ...config.modelPaths,
      ...config.seedPaths,
      ...config.snapshotPaths,
      ...config.analysisPaths,
      ...config.macroPaths,
      ...config.testPaths,
      ...config.functionPaths,
    ]),
  ];
  const isGeneric = (path: string) => path.startsWith("generic/");
  const isFixture = (path: string) => path.startsWith("fixtures/");
  return [
    { paths: config.macroPaths, endings: [".sql"], kind: () => "macro" },
    {
      paths: config.testPaths,
      endings: [".sql", ".csv"],
      kind: (path) => {
        if (isFixture(path)) return "fixture";
        if (path.endsWith(".csv")) return null;
        return isGeneric(path) ? "generic-test" : "test";
      },
    },
    { paths: config.modelPaths, endings: [".sql", ".py"], kind: () => "model" },
    { paths: config.snapshotPaths, endings: [".sql"], kind: () => "snapshot" },
    { paths: config.analysisPaths, endings: [".sql"], kind: () => "analysis" },
    { paths: config.functionPaths, endings: [".sql", ".py", ".js"], kind: () => "function" },
    { paths: config.seedPaths, endings: [".csv"], kind: () => "seed" },
    { paths: config.docsPaths, endings: [".md"], kind: () => "docs" },
    { paths: everywhere, endings: [".yml", ".yaml"], kind: () => "property" },
  ];
}

/** Files below `folder` with one of the endings, relative, sorted; hidden files are dbt's to ignore. */
function walk(folder: string, endings: readonly string[], prefix = ""): string[] {
  const files: string[] = [];
  for (const entry of list(folder)) {
    const relative = prefix + entry.name;
    if (isFolder(entry, folder)) files.push(...walk(join(folder, entry.name), endings, `${relative}/`));
    else if (!entry.name.startsWith(".") && hasEnding(entry.name, endings)) files.push(relative);
  }
  return files;
}

/** A file's ending may be written in any case: `ORDERS.SQL`. */
function hasEnding(name: string, endings: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return endings.some((ending) => lower.endsWith(ending));
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isFolder(entry: Dirent, parent: string): boolean {
  return (
    entry.isDirectory() ||
    (entry.isSymbolicLink() && statSync(join(parent, entry.name), { throwIfNoEntry: false })?.isDirectory() === true)
  );
}

function sourceFile(config: PackageConfig, searchPath: string, relativePath: string, kind: SourceFileKind): SourceFile {
  const originalPath = `${searchPath}/${relativePath}`;
  const path = join(config.root, originalPath);
  let contents: Contents | null = null;
  const read = (): Contents => (contents ??= readContents(path, originalPath, kind, config.internal));
  return {
    kind,
    packageName: config.name,
    path,
    originalPath,
    relativePath,
    searchPath,
    get text() {
      return read().text;
    },
    get checksum() {
      return read().checksum;
    },
  };
}

type Contents = Pick<SourceFile, "text" | "checksum">;

function readContents(path: string, originalPath: string, kind: SourceFileKind, isInternal: boolean): Contents {
  // A seed's rows are read when it is loaded, not here.
  if (kind === "seed") return { text: "", checksum: seedChecksum(path, originalPath) };
  const written = readFileSync(path, "utf8");
  return {
    text: written.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"),
    checksum: isInternal ? { name: "none", checksum: "" } : { name: "sha256", checksum: textChecksum(written) },
  };
}

/** Large seeds are known by their path, as in dbt: hashing them would cost more than it saves. */
function seedChecksum(path: string, originalPath: string): Checksum {
  if (statSync(path).size > MAX_HASHED_SEED) return { name: "path", checksum: originalPath };
  return { name: "sha256", checksum: textChecksum(readFileSync(path, "utf8")) };
}
