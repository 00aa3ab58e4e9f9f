import { join } from "node:path";
import { parseEnv } from "node:util";
import { readTextIfExists } from "../shared/files.ts";

/** The project's .env file; what the environment says wins over it. */
export function loadDotEnv(root: string): Record<string, string> {
  const text = readTextIfExists(join(root, ".env"));
  if (text === null) return {};
  const parsed = parseEnv(text);
  return Object.fromEntries(
    Object.entries(parsed).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
