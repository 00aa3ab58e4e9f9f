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

/** Notes or forgets (null) one copy. Read anew, because another run may have noted its own in the meantime. */
export function noteCopyRecord(projectRoot: string, place: string, copy: CopyRecord | null): void {
  const { [place]: before, ...others } = readCopyRecords(projectRoot);
  if (copy === null && before === undefined) return;
  writeStateFile(projectRoot, NAME, copy === null ? others : { ...others, [place]: copy });
}
