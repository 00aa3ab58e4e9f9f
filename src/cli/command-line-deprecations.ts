import { deprecated } from "../contracts/deprecations.ts";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import { isJsonObject } from "../contracts/json.ts";
import { parseYaml } from "../shared/yaml-file.ts";
import type { ProjectSettings } from "../commands/project-settings.ts";

/** The variables with dbt's prefix that dbt 1.12 knows, without it. */
const KNOWN =
  "ARTIFACT_STATE_PATH CACHE_SELECTED_ONLY CLEAN_PROJECT_FILES_ONLY DEBUG DEFER DEFER_STATE DEFER_TO_STATE " +
  "DOWNLOAD_DIR EMPTY EVENT_TIME_END EVENT_TIME_START EXCLUDE_RESOURCE_TYPES EXPORT_SAVED_QUERIES FAIL_FAST " +
  "FAVOR_STATE FAVOR_STATE_MODE FULL_REFRESH HINTS_ENABLED HOST INCLUDE_SAVED_QUERY INDIRECT_SELECTION " +
  "INTROSPECT INVOCATION_ENV LOG_CACHE_EVENTS LOG_FILE_MAX_BYTES LOG_FORMAT LOG_FORMAT_FILE LOG_LEVEL " +
  "LOG_LEVEL_FILE LOG_PATH MACRO_DEBUGGING NO_PRINT PACKAGE_HUB_URL PARTIAL_PARSE PARTIAL_PARSE_FILE_DIFF " +
  "PARTIAL_PARSE_FILE_PATH POPULATE_CACHE PP_FILE_DIFF_TEST PP_TEST PRINT PRINTER_WIDTH PROFILE PROFILES_DIR " +
  "PROJECT_DIR QUIET RECORDED_FILE_PATH RESOURCE_TYPES SAMPLE SEND_ANONYMOUS_USAGE_STATS SHOW_RESOURCE_REPORT " +
  "SINGLE_THREADED SNOWFLAKE_PROJECTS_OTEL SQLPARSE STATE STATIC_PARSER STORE_FAILURES TARGET TARGET_PATH " +
  "TEST_STATE_MODIFIED UPLOAD_TO_ARTIFACTS_INGEST_API USE_COLORS USE_COLORS_FILE USE_EXPERIMENTAL_PARSER " +
  "USE_FAST_TEST_EDGES USE_V2_PARSER V2_PARSER VERSION_CHECK WARN_ERROR WARN_ERROR_OPTIONS WRITE_JSON";
const PREFIX = "DBT_ENGINE_";

/** Older names of variables, which go before the newer ones. */
const RENAMED = [
  ["DBT_DEFER_TO_STATE", "DBT_ENGINE_DEFER"],
  ["DBT_FAVOR_STATE_MODE", "DBT_ENGINE_FAVOR_STATE"],
  ["DBT_NO_PRINT", "DBT_ENGINE_PRINT"],
  ["DBT_ARTIFACT_STATE_PATH", "DBT_ENGINE_STATE"],
] as const;

const OLDER_SELECT = ["--models", "--model", "-m"];

interface CommandLine {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly given: Readonly<Record<string, unknown>>;
  readonly settings: ProjectSettings;
}

/** What a command line, its environment and the project's flags do that is deprecated. Source: dbt-core 1.11, measured. */
export function commandLineDeprecations({ argv, env, given, settings }: CommandLine): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [older, newer] of RENAMED) {
    if (!isGiven(env[older])) continue;
    const message = `the variable ${older} is the older name of ${newer}`;
    found.push(deprecated("EnvironmentVariableRenamed", message, null, `Set ${newer} and unset ${older}.`));
  }
  if (settings.movedFrom !== null) {
    const hint = "Move them to `flags:` of dbt_project.yml.";
    const message = "flags stand in `config:` of profiles.yml";
    found.push(deprecated("ProjectFlagsMovedDeprecation", message, { file: settings.movedFrom }, hint));
  }
  const fromEnv = [env["DBT_ENGINE_WARN_ERROR_OPTIONS"], env["DBT_WARN_ERROR_OPTIONS"]].find(isGiven);
  const onCommand = given["warn_error_options"] ?? fromEnv;
  found.push(...olderOptions(settings.flags["warn_error_options"]));
  if (typeof onCommand === "string") found.push(...olderOptions(parseYaml(onCommand).data));
  for (const name of OLDER_SELECT) {
    if (!argv.includes(name)) continue;
    found.push(deprecated("ModelParamUsageDeprecation", `\`${name}\` is an older name of \`--select\``));
  }
  return [...found, ...foreignVariables(env)];
}

function isGiven(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}

function olderOptions(options: unknown): Diagnostic[] {
  if (!isJsonObject(options)) return [];
  const older = ["include", "exclude"].filter((key) => key in options);
  if (older.length === 0) return [];
  const message = `warn_error_options has \`${older.join("` and `")}\``;
  const hint = "Write `error` for `include`, and `warn` for `exclude`.";
  return [deprecated("WEOIncludeExcludeDeprecation", message, null, hint)];
}

function foreignVariables(env: CommandLine["env"]): Diagnostic[] {
  const own = Object.keys(env).filter((name) => name.startsWith(PREFIX));
  if (own.length === 0) return [];
  const known = new Set(KNOWN.split(" "));
  return own
    .filter((name) => !known.has(name.slice(PREFIX.length)))
    .map((name) => {
      const message = `the variable ${name} is none of dbt's, and the prefix ${PREFIX} is dbt's own`;
      return deprecated("EnvironmentVariableNamespaceDeprecation", message, null, "Give it another name.");
    });
}
