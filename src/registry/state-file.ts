import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../shared/files.ts";
import { isRecord } from "../shared/objects.ts";
import { makeStateFolder, stateFolder } from "./run-history.ts";

const VERSION = 1;

/**
 * One table of data in `.duckhouse/`, under its name in the file of that name: `{"v": 1, "copies": {…}}`. What cannot be read
 * counts as not there: it is found out again.
 */
export function readStateFile<T>(projectRoot: string, name: string): Record<string, T> {
  try {
    const content: unknown = JSON.parse(readFileSync(pathOf(projectRoot, name), "utf8"));
    if (!isRecord(content) || content["v"] !== VERSION || !isRecord(content[name])) return {};
    return content[name] as Record<string, T>;
  } catch {
    return {};
  }
}

export function writeStateFile<T>(projectRoot: string, name: string, entries: Readonly<Record<string, T>>): void {
  const path = pathOf(projectRoot, name);
  makeStateFolder(path);
  writeFileAtomic(path, [JSON.stringify({ v: VERSION, [name]: entries })]);
}

function pathOf(projectRoot: string, name: string): string {
  return join(stateFolder(projectRoot), `${name}.json`);
}
