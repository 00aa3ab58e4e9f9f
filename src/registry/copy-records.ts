import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../shared/objects.ts";
import { makeStateFolder, stateFolder } from "./run-history.ts";

/** A copy of a relation in a shared catalog, as it was made. JSON keeps these keys. */
export interface CopyRecord {
  /** The content of what was copied. */
  readonly version: string;
  /** The snapshot that the copy is. */
  readonly snapshot: string;
  /** ISO 8601. */
  readonly at: string;
}

const VERSION = 1;

function path(projectRoot: string): string {
  return join(stateFolder(projectRoot), "copies.json");
}

/** By place. What cannot be read counts as not there: a copy is then made anew. */
export function readCopyRecords(projectRoot: string): Record<string, CopyRecord> {
  const file = path(projectRoot);
  if (!existsSync(file)) return {};
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isRecord(content) || content["v"] !== VERSION || !isRecord(content["copies"])) return {};
    return content["copies"] as Record<string, CopyRecord>;
  } catch {
    return {};
  }
}

export function writeCopyRecords(projectRoot: string, copies: Readonly<Record<string, CopyRecord>>): void {
  const file = path(projectRoot);
  makeStateFolder(file);
  const temporary = `${file}.${String(process.pid)}`;
  writeFileSync(temporary, JSON.stringify({ v: VERSION, copies }));
  renameSync(temporary, file);
}
