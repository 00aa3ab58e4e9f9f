import { statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { readTextIfExists } from "../shared/files.ts";

/** The project's .env file; what the environment says wins over it. Some projects have a folder of that name. */
export function loadDotEnv(root: string): Record<string, string> {
  const path = join(root, ".env");
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return {};
  const text = readTextIfExists(path);
  if (text === null) return {};
  const parsed = parseEnv(text);
  return Object.fromEntries(
    Object.entries(parsed).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
