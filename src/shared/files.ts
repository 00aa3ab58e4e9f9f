import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

let counter = 0;

/** Writes a whole file or nothing: readers never see half of it, also when the process is killed. */
export function writeFileAtomic(path: string, pieces: Iterable<string | Uint8Array>, mode?: number): void {
  const temporary = `${path}.${String(process.pid)}.${String(counter++)}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writePieces(temporary, pieces, mode);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes a file to be looked at. What says the same already stays: to look costs a tenth of writing it again. */
export function writeTextFile(path: string, text: string): void {
  try {
    if (readTextIfExists(path) === text) return;
  } catch {
    // What cannot be read may be written.
  }
  try {
    writeFileSync(path, text);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const BATCH = 1 << 20;

function writePieces(path: string, pieces: Iterable<string | Uint8Array>, mode?: number): void {
  const file = openSync(path, "w", mode);
  try {
    let batch = "";
    for (const piece of pieces) {
      if (typeof piece === "string") batch += piece;
      if (typeof piece === "string" && batch.length < BATCH) continue;
      writeWhole(file, Buffer.from(batch));
      batch = "";
      if (typeof piece !== "string") writeWhole(file, piece);
    }
    writeWhole(file, Buffer.from(batch));
  } finally {
    closeSync(file);
  }
}

/** A write may take only a part. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

/** The text of a file, or null where there is none; other failures are raised. */
export function readTextIfExists(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

export function errorCode(error: unknown): string | null {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return null;
}
