import { createReadStream, lstatSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { posix, sep, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract, Parser, type ReadEntry } from "tar";
import { diagnostic, DiagnosticError, fail, type Place } from "../contracts/diagnostic.ts";
import { errorMessage } from "../shared/objects.ts";

export interface Limits {
  readonly bytes: number;
  readonly files: number;
}

/** Far above any package there is, far below what fills a disk. */
const LIMITS: Limits = { bytes: 1 << 30, files: 100_000 };
const SHOWN = 5;

interface Source {
  readonly url: string;
  readonly place: Place;
}

/** Unpacks a .tar.gz that a stranger made. It is read to its end first, and nothing is written unless all of it is harmless. */
export async function unpackArchive(file: string, folder: string, source: Source, limits = LIMITS): Promise<void> {
  await inspect(file, source, limits);
  mkdirSync(folder, { recursive: true });
  try {
    await extract({ file, cwd: folder, strict: true, preserveOwner: false });
  } catch (error) {
    broken(source, error);
  }
  refuseLinksOut(folder, source);
}

async function inspect(file: string, source: Source, limits: Limits): Promise<void> {
  const problems: string[] = [];
  let bytes = 0;
  let files = 0;
  const parser = new Parser({ strict: true });
  const tooMuch = (what: string): void => {
    problems.unshift(`it unpacks to more than ${what}`);
    parser.abort(new Error("too much"));
  };
  parser.on("entry", (entry: ReadEntry) => {
    const problem = problemOf(entry);
    if (problem !== null && problems.length < SHOWN) problems.push(problem);
    bytes += entry.size;
    files += 1;
    if (bytes > limits.bytes) tooMuch(`${String(limits.bytes)} bytes`);
    else if (files > limits.files) tooMuch(`${String(limits.files)} files`);
    entry.resume();
  });
  try {
    await pipeline(createReadStream(file), parser as unknown as NodeJS.WritableStream);
  } catch (error) {
    if (problems.length === 0) broken(source, error);
  }
  if (problems.length > 0) throw new DiagnosticError(problems.map((problem) => unsafe(source, problem)));
  if (files === 0) broken(source, new Error("it holds no files"));
}

function problemOf({ path, type, linkpath = "" }: ReadEntry): string | null {
  if (!isInside(path)) return `'${path}' lies outside of the package's folder`;
  switch (type) {
    case "File":
    case "OldFile":
    case "ContiguousFile":
    case "Directory":
      return null;
    case "SymbolicLink":
      return isInside(linkpath) || (!isAbsolute(linkpath) && isInside(posix.join(posix.dirname(path), linkpath)))
        ? null
        : `'${path}' is a link to '${linkpath}', outside of the package's folder`;
    case "Link":
      return isInside(linkpath) ? null : `'${path}' is a link to '${linkpath}', outside of the package's folder`;
    default:
      return `'${path}' is neither a file nor a folder, but ${type}`;
  }
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:)/.test(path);
}

function isInside(path: string): boolean {
  return path !== "" && !isAbsolute(path) && !path.split(/[/\\]/).includes("..") && !path.includes("\0");
}

/** A chain of links can lead out though each alone does not; what a link reaches in the end counts. */
export function refuseLinksOut(folder: string, source: Source): void {
  const root = realpathSync(folder);
  const problems: string[] = [];
  const walk = (at: string): void => {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      const stat = lstatSync(path);
      if (stat.isDirectory()) walk(path);
      else if (stat.isSymbolicLink() && !reachesInside(path, root)) problems.push(path.slice(root.length + 1));
    }
  };
  walk(root);
  if (problems.length > 0)
    throw new DiagnosticError(
      problems.map((path) => unsafe(source, `'${path}' is a link that leads out of the package's folder, or nowhere`)),
    );
}

function reachesInside(path: string, root: string): boolean {
  try {
    return realpathSync(path).startsWith(root + sep);
  } catch {
    return false;
  }
}

function unsafe({ url, place }: Source, problem: string): ReturnType<typeof diagnostic> {
  return diagnostic(
    "DH1075",
    `The package from ${url} was refused: ${problem}`,
    place,
    "Nothing of it was installed. Ask its author.",
  );
}

function broken({ url, place }: Source, error: unknown): never {
  fail(
    "DH1074",
    `The package from ${url} is not a whole .tar.gz archive: ${errorMessage(error)}`,
    place,
    "Run the command again; if that does not help, look at what the address answers.",
  );
}
