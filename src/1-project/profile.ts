import { join } from "node:path";
import { DiagnosticError, diagnostic, fail, type Place } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { HybridSettings, Target } from "../contracts/project.ts";
import { yamlRenderer } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { readTextIfExists } from "../shared/files.ts";
import { asText, isRecord } from "../shared/objects.ts";
import { parseYaml, type YamlFile } from "../shared/yaml-file.ts";
import { HYBRID_TYPE, readHybrid } from "./hybrid-profile.ts";
import { findProfilesDir } from "./profiles-dir.ts";

/** What an engine makes of a profile's output: which database and schema it writes to by default. */
export type ReadCredentials = (
  type: string,
  fields: JsonObject,
  projectRoot: string,
) => { database: string; schema: string; fields: JsonObject } | { problem: string; hint: string | null };

export interface ProfileRequest {
  readonly projectRoot: string;
  readonly profilesDir: string | null;
  readonly profileName: string | null;
  readonly targetName: string | null;
  readonly threads: number | null;
  readonly context: RenderContext;
  readonly readCredentials: ReadCredentials;
}

/** A profile's chosen output: a target for each of its engines, the default one first. */
export interface ProfileTargets {
  readonly targets: readonly Target[];
  /** Null: the output has one engine. */
  readonly hybrid: HybridSettings | null;
}

/** The chosen output of the profile. Throws DiagnosticError: no file, no profile, no target, bad keys. */
export function loadTargets(request: ProfileRequest): ProfileTargets {
  const folder = findProfilesDir(request.profilesDir, request.projectRoot);
  const path = join(folder, "profiles.yml");
  const profiles = readProfiles(path);
  const name = request.profileName;
  if (name === null) {
    fail(
      "DH1010",
      "No profile was specified for this project",
      { file: join(request.projectRoot, "dbt_project.yml") },
      "Add a line `profile: <name>` to dbt_project.yml, or pass --profile.",
    );
  }
  const profile = isRecord(profiles.data) ? profiles.data[name] : undefined;
  if (!isRecord(profile)) {
    const known = isRecord(profiles.data) ? Object.keys(profiles.data).filter((key) => key !== "config") : [];
    fail(
      "DH1011",
      `Could not find profile named '${name}'`,
      { file: path },
      didYouMean(name, known) ?? `Profiles in the file: ${known.join(", ") || "none"}.`,
    );
  }
  return readTarget(request, path, profiles, name, profile);
}

function readProfiles(path: string): YamlFile {
  const text = readTextIfExists(path);
  if (text === null) {
    fail(
      "DH1012",
      `Could not find profiles.yml at ${path}`,
      { file: path },
      "dbt looks in --profiles-dir, DBT_PROFILES_DIR, the current folder and ~/.dbt.",
    );
  }
  const yaml = parseYaml(text);
  if (yaml.problems.length > 0) {
    throw new DiagnosticError(
      yaml.problems.map((problem) =>
        diagnostic("DH1002", `YAML: ${problem.message}`, { file: path, line: problem.line, column: problem.column }),
      ),
    );
  }
  return yaml;
}

function readTarget(
  request: ProfileRequest,
  path: string,
  yaml: YamlFile,
  name: string,
  profile: Record<string, unknown>,
): ProfileTargets {
  const renderer = yamlRenderer(path, yaml.placeOf, request.context);
  const place = (keys: string[]) => ({
    file: path,
    line: yaml.placeOf(keys)?.line ?? null,
    column: yaml.placeOf(keys)?.column ?? null,
  });
  const outputs = profile["outputs"];
  if (!isRecord(outputs)) fail("DH1013", `outputs not specified in profile '${name}'`, place([name]));
  const written =
    profile["target"] === undefined ? "default" : renderer.render(profile["target"], { at: [name, "target"] });
  const targetName = request.targetName ?? asText(written);
  const raw = outputs[targetName];
  if (!isRecord(raw)) {
    const list = Object.keys(outputs)
      .map((output) => ` - ${output}`)
      .join("\n");
    fail(
      "DH1014",
      `The profile '${name}' does not have a target named '${targetName}'. The valid target names for this profile are:\n${list}`,
      place([name, "outputs"]),
      didYouMean(targetName, Object.keys(outputs)),
    );
  }
  const { threads, ...fields } = renderer.render(raw, { at: [name, "outputs", targetName] }) as JsonObject;
  const type = fields["type"];
  if (typeof type !== "string")
    fail(
      "DH1015",
      `required field "type" not found in profile ${name} and target ${targetName}`,
      place([name, "outputs", targetName]),
    );
  const at = [name, "outputs", targetName];
  const names = {
    profileName: name,
    name: targetName,
    threads: request.threads ?? readThreads(threads, () => place([...at, "threads"])),
  };
  if (type === HYBRID_TYPE) {
    const readEngine = (engine: string, own: JsonObject): ReturnType<ReadCredentials> =>
      request.readCredentials(engine, own, request.projectRoot);
    return readHybrid({ fields, names, placeOf: (keys) => place([...at, ...keys]), readEngine });
  }
  return { targets: [oneEngine(request, type, fields, names, place(at))], hybrid: null };
}

function oneEngine(
  request: ProfileRequest,
  type: string,
  fields: JsonObject,
  names: Pick<Target, "profileName" | "name" | "threads">,
  place: Place,
): Target {
  const credentials = request.readCredentials(type, fields, request.projectRoot);
  if ("problem" in credentials) {
    fail(
      "DH1016",
      `Credentials in profile "${names.profileName}", target "${names.name}" invalid: ${credentials.problem}`,
      place,
      credentials.hint,
    );
  }
  const { schema, database } = credentials;
  return { ...names, type, schema, database, fields: credentials.fields, catalogs: [], tableDefaults: [] };
}

function readThreads(value: unknown, place: () => Place): number {
  if (value === undefined || value === null) return 1;
  const threads = Number(value);
  if (!Number.isInteger(threads) || threads < 1)
    fail("DH1017", `threads must be a whole number above 0, got '${asText(value)}'`, place());
  return threads;
}
