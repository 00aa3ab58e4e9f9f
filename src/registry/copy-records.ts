import { readStateFile, writeStateFile } from "./state-file.ts";

/** A copy of a relation in a shared catalog, as it was made. JSON keeps these keys. */
export interface CopyRecord {
  /** The content of what was copied. */
  readonly version: string;
  /** The snapshot that the copy is. */
  readonly snapshot: string;
  /** ISO 8601. */
  readonly at: string;
}

const NAME = "copies";

/** By place. */
export function readCopyRecords(projectRoot: string): Record<string, CopyRecord> {
  return readStateFile(projectRoot, NAME);
}

export function writeCopyRecords(projectRoot: string, copies: Readonly<Record<string, CopyRecord>>): void {
  writeStateFile(projectRoot, NAME, copies);
}
