import { join } from "node:path";
import { fail } from "../contracts/diagnostic.ts";
import { isJsonObject, type JsonObject } from "../contracts/json.ts";
import { findProfilesDir } from "../1-project/profiles-dir.ts";
import { readTextIfExists } from "../shared/files.ts";
import { parseYaml } from "../shared/yaml-file.ts";

/** What the files of a project say of flags, before anything else is known. */
export interface ProjectSettings {
  /** `flags:` of dbt_project.yml, or `config:` of profiles.yml, where they used to stand. */
  readonly flags: JsonObject;
  /** The profiles.yml whose `config:` they are. */
  readonly movedFrom: string | null;
  /** `log-path:` as dbt reads it: before its Jinja is rendered. */
  readonly logPath: string | null;
}

/** Read leniently: the loader reports what is wrong with the files. Flags in both files are refused: DiagnosticError DH0009. */
export function readProjectSettings(root: string, profilesDir: string | null): ProjectSettings {
  const project = readKeys(join(root, "dbt_project.yml"), /^\s*["']?(flags|log-path)["']?\s*:/m);
  const flags = isJsonObject(project["flags"]) ? project["flags"] : {};
  const logPath = typeof project["log-path"] === "string" ? project["log-path"] : null;
  const profiles = join(findProfilesDir(profilesDir, root), "profiles.yml");
  const { config } = readKeys(profiles, /^["']?config["']?\s*:/m);
  const moved = isJsonObject(config) ? config : {};
  if (Object.keys(moved).length === 0) return { flags, movedFrom: null, logPath };
  if (Object.keys(flags).length > 0) {
    const message = "Flags stand in `config:` of profiles.yml and in `flags:` of dbt_project.yml";
    fail("DH0009", message, { file: profiles }, "Move those of profiles.yml, where they are deprecated.");
  }
  return { flags: moved, movedFrom: profiles, logPath };
}

/** Most projects have none of the keys: their files are not parsed for them. */
function readKeys(path: string, wanted: RegExp): JsonObject {
  const text = readTextIfExists(path);
  if (text === null || !wanted.test(text)) return {};
  const { data } = parseYaml(text);
  return isJsonObject(data) ? data : {};
}
