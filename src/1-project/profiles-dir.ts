import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** profiles.yml is looked for as dbt does: the named folder, else the current folder, else the project's, else ~/.dbt. */
export function findProfilesDir(named: string | null, projectRoot: string): string {
  if (named !== null) return resolve(named);
  for (const folder of [process.cwd(), projectRoot]) if (existsSync(join(folder, "profiles.yml"))) return folder;
  return join(homedir(), ".dbt");
}
