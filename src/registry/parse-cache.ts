import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Checksum } from "../contracts/manifest.ts";
import type { ParseInputs } from "../contracts/parse-inputs.ts";
import type { SourceFile } from "../contracts/project.ts";
import { writeFileAtomic } from "../shared/files.ts";

/** A file as it was read, with what tells cheaply that it still is. */
interface KeptFile {
  readonly id: string;
  readonly checksum: Checksum;
  readonly size: number;
  /** Milliseconds since 1970, and the number of the file on its disk. */
  readonly stamp: readonly [mtime: number, ctime: number, inode: number];
}

/** What a kept parse hangs on, and what it said besides its manifest. */
export interface KeptParse {
  /** Of everything but files: program, packages' configs, target, vars. */
  readonly key: string;
  readonly inputs: ParseInputs;
  readonly diagnostics: readonly Diagnostic[];
  /** What dbt says after parsing: `Found 5 models, …`. */
  readonly found: string;
  /** Something in the manifest is asked anew at every command. */
  readonly isUnsteady: boolean;
  /** Milliseconds since 1970 before the first file was read: what is written from then on is news. */
  readonly readAt: number;
}

interface Header extends KeptParse {
  readonly files: readonly KeptFile[];
  /** SHA-256 of the lines before. */
  readonly digest: string;
}

export interface RecalledParse extends KeptParse {
  readonly files: readonly KeptFile[];
  /** JSON of the manifest, and of what stands beside it. */
  readonly body: Buffer;
  readonly beside: Buffer;
}

/**
 * A parsed project in a file of three lines: the manifest, what stands beside it, and what both hang on. Data, never code.
 * Raises what the file system raises.
 */
export function keepParse(
  path: string,
  kept: KeptParse,
  files: readonly SourceFile[],
  { body, beside }: { body: readonly Buffer[]; beside: string },
): void {
  const lines = [...body, Buffer.from(`\n${beside}\n`)];
  const hash = createHash("sha256");
  for (const bytes of lines) hash.update(bytes);
  const header: Header = { ...kept, files: files.map(keptFile), digest: hash.digest("hex") };
  writeFileAtomic(path, [...lines, JSON.stringify(header)]);
}

/** Null: there is none, or it is not whole. */
export function recallParse(path: string): RecalledParse | null {
  try {
    const { header, lines } = readLines(path);
    if (createHash("sha256").update(lines).digest("hex") !== header.digest) return null;
    const middle = lines.indexOf("\n");
    return { ...header, body: lines.subarray(0, middle), beside: lines.subarray(middle + 1, -1) };
  } catch {
    return null;
  }
}

function readLines(path: string): { header: Header; lines: Buffer } {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf("\n") + 1;
  return { header: JSON.parse(bytes.toString("utf8", end)) as Header, lines: bytes.subarray(0, end) };
}

function keptFile(file: SourceFile): KeptFile {
  const { size, stamp } = stampOf(file.path);
  return { id: idOf(file), checksum: file.checksum, size, stamp };
}

function stampOf(path: string): Pick<KeptFile, "size" | "stamp"> {
  const { size, mtimeMs, ctimeMs, ino } = statSync(path);
  return { size, stamp: [mtimeMs, ctimeMs, ino] };
}

function idOf(file: SourceFile): string {
  return `${file.packageName}:${file.kind}:${file.originalPath}`;
}

/** Clocks of file systems tick slowly: a file written just before it was read may have been written again in the same tick. */
const TICK = 2000;

export interface FileChanges {
  /** Files with other contents; null: some came or went. */
  readonly changed: readonly SourceFile[] | null;
  /** How many had to be read to know. */
  readonly read: number;
}

/** Compares the project's files with those of a kept parse. Only files whose stamps differ are read. */
export function changesSince({ files: kept, readAt }: RecalledParse, files: readonly SourceFile[]): FileChanges {
  if (files.length !== kept.length) return { changed: null, read: 0 };
  const changed: SourceFile[] = [];
  let read = 0;
  for (const [index, file] of files.entries()) {
    const before = kept[index];
    if (before?.id !== idOf(file)) return { changed: null, read };
    const { size, stamp } = stampOf(file.path);
    const [, ctime] = stamp;
    if (size === before.size && ctime < readAt - TICK && stamp.every((part, at) => part === before.stamp[at])) continue;
    read++;
    const { name, checksum } = file.checksum;
    if (size !== before.size || name !== before.checksum.name || checksum !== before.checksum.checksum)
      changed.push(file);
  }
  return { changed, read };
}
