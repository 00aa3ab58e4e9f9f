import type { Flags } from "../contracts/flags.ts";
import type { JsonObject } from "../contracts/json.ts";
import { fail } from "../contracts/diagnostic.ts";
import { asText } from "../shared/objects.ts";
import { checkEventTimes } from "./event-times.ts";
import { ACCEPTED_FLAGS } from "./accepted-flags.ts";
import { BEHAVIOUR_FLAGS } from "./behaviour-flags.ts";
import { RUNS, type FlagRow } from "./flag-row.ts";
import { fromText } from "./flag-values.ts";
import { readWarnErrorOptions } from "../commands/warn-error-options.ts";

const SELECTING = [...RUNS, "clone", "plan", "route"];
const STATEFUL = [...SELECTING, "retry", "docs serve"];

export const FLAGS: readonly FlagRow[] = [
  { key: "project_dir", kind: "text", option: "--project-dir <dir>", help: "the project's folder (default: this one)" },
  { key: "profiles_dir", kind: "text", option: "--profiles-dir <dir>", help: "where profiles.yml lies" },
  { key: "profile", kind: "text", option: "--profile <name>", help: "the profile to use" },
  { key: "target", kind: "text", option: "-t, --target <name>", help: "the profile's output to use" },
  { key: "threads", kind: "number", option: "--threads <n>", help: "how many nodes run at a time" },
  { key: "vars", kind: "yaml", option: "--vars <yaml>", help: "variables, as YAML: '{a: 1}'" },
  {
    key: "select",
    kind: "list",
    option: "-s, --select <selector...>",
    help: "the nodes to work on",
    commands: SELECTING,
  },
  {
    key: "models",
    kind: "list",
    option: "-m, --models <selector...>",
    help: "the same, for models",
    commands: SELECTING,
    hidden: true,
  },
  { key: "exclude", kind: "list", option: "--exclude <selector...>", help: "nodes to leave out", commands: SELECTING },
  {
    key: "selector",
    kind: "text",
    option: "--selector <name>",
    help: "a selector of selectors.yml",
    commands: SELECTING,
  },
  {
    key: "resource_types",
    kind: "list",
    option: "--resource-type <type...>",
    help: "only these kinds of nodes",
    commands: ["build", "clone", "ls", "test"],
  },
  {
    key: "exclude_resource_types",
    kind: "list",
    option: "--exclude-resource-type <type...>",
    help: "not these kinds of nodes",
    commands: ["build", "clone", "ls", "test"],
  },
  {
    key: "indirect_selection",
    kind: "text",
    option: "--indirect-selection <mode>",
    help: "which tests come along",
    choices: ["eager", "cautious", "buildable", "empty"],
    commands: [...SELECTING, "docs serve"],
  },
  {
    key: "full_refresh",
    kind: "boolean",
    option: "-f, --full-refresh",
    help: "build incremental models and seeds anew",
    commands: ["build", "run", "seed", "compile", "clone", "show", "docs generate"],
  },
  { key: "fail_fast", kind: "boolean", option: "-x, --fail-fast", help: "stop at the first failure" },
  {
    key: "store_failures",
    kind: "boolean",
    option: "--store-failures",
    help: "keep the rows that fail tests",
    commands: ["build", "test"],
  },
  {
    key: "empty",
    kind: "boolean",
    option: "--empty",
    help: "read no rows from any input",
    commands: ["build", "run", "compile", "snapshot", "seed"],
  },
  {
    key: "sample",
    kind: "sample",
    option: "--sample <window>",
    help: "read a part of the inputs: '3 days', '{start: 2025-01-01, end: 2025-02-01}' of their event time, '1000 rows', '10%'",
    commands: ["build", "run", "compile", "snapshot"],
  },
  {
    key: "event_time_start",
    kind: "moment",
    option: "--event-time-start <datetime>",
    help: "where the batches of microbatch models begin",
    commands: ["build", "run"],
  },
  {
    key: "event_time_end",
    kind: "moment",
    option: "--event-time-end <datetime>",
    help: "where they end; that moment is not among them",
    commands: ["build", "run"],
  },
  {
    key: "state",
    kind: "text",
    option: "--state <dir>",
    help: "an earlier command's artifacts, to compare with",
    commands: STATEFUL,
    oldEnv: "DBT_ARTIFACT_STATE_PATH",
  },
  {
    key: "defer",
    kind: "boolean",
    option: "--defer",
    help: "read what is not built here where the state has it",
    commands: STATEFUL,
    oldEnv: "DBT_DEFER_TO_STATE",
  },
  {
    key: "defer_state",
    kind: "text",
    option: "--defer-state <dir>",
    help: "the artifacts to defer to, where those of --state are others",
    commands: STATEFUL,
  },
  {
    key: "favor_state",
    kind: "boolean",
    option: "--favor-state",
    help: "with --defer: read what is not selected from the state, also where it is built here",
    commands: STATEFUL,
    oldEnv: "DBT_FAVOR_STATE_MODE",
  },
  { key: "warn_error", kind: "boolean", option: "--warn-error", help: "warnings are errors" },
  { key: "target_path", kind: "text", option: "--target-path <dir>", help: "where artifacts go (default: target)" },
  { key: "log_path", kind: "text", option: "--log-path <dir>", help: "where the log file goes (default: logs)" },
  {
    key: "log_level",
    kind: "text",
    option: "--log-level <level>",
    help: "what is shown",
    choices: ["debug", "info", "warn", "error", "none"],
  },
  {
    key: "log_level_file",
    kind: "text",
    option: "--log-level-file <level>",
    help: "what goes to the log file",
    choices: ["debug", "info", "warn", "error", "none"],
  },
  {
    key: "log_format",
    kind: "text",
    option: "--log-format <format>",
    help: "text or one JSON object a line",
    choices: ["text", "debug", "json", "default"],
  },
  {
    key: "log_format_file",
    kind: "text",
    option: "--log-format-file <format>",
    help: "the same for the log file",
    choices: ["text", "debug", "json", "default"],
  },
  { key: "debug", kind: "boolean", option: "-d, --debug", help: "show everything, SQL included" },
  { key: "quiet", kind: "boolean", option: "-q, --quiet", help: "show errors only" },
  { key: "print", kind: "boolean", option: "--print", help: "show what templates print()" },
  { key: "use_colors", kind: "boolean", option: "--use-colors", help: "colours (default: on a terminal)" },
  {
    key: "use_colors_file",
    kind: "boolean",
    option: "--use-colors-file",
    help: "colours in the log file",
    hidden: true,
  },
  { key: "printer_width", kind: "number", option: "--printer-width <n>", help: "the width of node lines" },
  { key: "write_json", kind: "boolean", option: "--write-json", help: "write artifacts" },
  { key: "version_check", kind: "boolean", option: "--version-check", help: "check require-dbt-version" },
  {
    key: "populate_cache",
    kind: "boolean",
    option: "--populate-cache",
    help: "read what exists before running",
    hidden: true,
  },
  {
    key: "cache_selected_only",
    kind: "boolean",
    option: "--cache-selected-only",
    help: "read only the selected nodes' schemas",
    hidden: true,
  },
  {
    key: "partial_parse",
    kind: "boolean",
    option: "--partial-parse",
    help: "take unchanged files from the last parse (default: on)",
    hidden: true,
  },
  {
    key: "clean_project_files_only",
    kind: "boolean",
    option: "--clean-project-files-only",
    help: "remove nothing outside of the project (default: on)",
    commands: ["clean"],
    hidden: true,
  },
  {
    key: "inject_ephemeral_ctes",
    kind: "boolean",
    option: "--inject-ephemeral-ctes",
    help: "put ephemeral models into the text of what reads them (default: on)",
    commands: ["compile"],
    hidden: true,
  },
  { key: "single_threaded", kind: "boolean", option: "--single-threaded", help: "one node at a time", hidden: true },
  {
    key: "show_all_deprecations",
    kind: "boolean",
    option: "--show-all-deprecations",
    help: "show every use of what is deprecated",
  },
  {
    key: "warn_error_options",
    kind: "yaml",
    option: "--warn-error-options <yaml>",
    help: "which warnings are errors or are left out, as YAML: '{error: [NothingToDo]}'",
  },
  {
    key: "static_parser",
    kind: "boolean",
    option: "--static-parser",
    help: "how plain config() calls stand in unrendered configs",
    hidden: true,
  },
  ...ACCEPTED_FLAGS,
];

const DEFAULTS: Omit<Flags, "which" | "project_dir" | "invocation_command"> = {
  profiles_dir: null,
  profile: null,
  target: null,
  threads: null,
  vars: {},
  select: [],
  exclude: [],
  selector: null,
  resource_types: [],
  exclude_resource_types: [],
  indirect_selection: "eager",
  full_refresh: false,
  fail_fast: false,
  warn_error: false,
  warn_error_options: { error: [], warn: [], silence: [] },
  store_failures: false,
  empty: false,
  defer: false,
  favor_state: false,
  state: null,
  defer_state: null,
  target_path: null,
  log_path: null,
  log_level: "info",
  log_level_file: "debug",
  log_format: "default",
  log_format_file: "debug",
  use_colors: true,
  use_colors_file: true,
  quiet: false,
  print: true,
  debug: false,
  write_json: true,
  partial_parse: true,
  static_parser: true,
  clean_project_files_only: true,
  inject_ephemeral_ctes: true,
  introspect: true,
  sqlparse: {},
  populate_cache: true,
  cache_selected_only: false,
  version_check: true,
  printer_width: 80,
  show_all_deprecations: false,
  send_anonymous_usage_stats: false,
  macro_debugging: false,
  single_threaded: false,
  event_time_start: null,
  event_time_end: null,
  sample: null,
  ...BEHAVIOUR_FLAGS,
};

export interface FlagSources {
  readonly which: string;
  /** What the command line says, by flag key. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `flags:` of dbt_project.yml. */
  readonly project: JsonObject;
  readonly argv: readonly string[];
}

/** Command line over environment over dbt_project.yml over defaults. */
export function resolveFlags({ which, given, env, project, argv }: FlagSources): Flags {
  const flags: Record<string, unknown> = { ...DEFAULTS };
  for (const [key, value] of Object.entries(project)) flags[key] = value;
  for (const row of FLAGS) {
    const text =
      env[`DBT_ENGINE_${row.key.toUpperCase()}`] ?? env[`DBT_${row.key.toUpperCase()}`] ?? env[row.oldEnv ?? ""];
    if (text !== undefined && text !== "") flags[row.key] = fromText(row, text, `DBT_${row.key.toUpperCase()}`);
    const value = given[row.key];
    if (value !== undefined) flags[row.key] = typeof value === "string" ? fromText(row, value, row.option) : value;
  }
  if (env["DBT_NO_PRINT"] !== undefined && env["DBT_NO_PRINT"] !== "" && given["print"] === undefined)
    flags["print"] = fromText({ kind: "boolean" }, env["DBT_NO_PRINT"], "DBT_NO_PRINT") !== true;
  const { models } = flags;
  if (Array.isArray(models) && models.length > 0) {
    // `ls --models` lists models alone.
    const isList = which === "list";
    if (isList) flags["resource_types"] = ["model"];
    flags["select"] = [...(isList ? [] : (flags["select"] as string[])), ...(models as string[])];
  }
  delete flags["models"];
  checkWarnError(flags, { given, env, project });
  checkEventTimes(flags);
  if (flags["debug"] === true) flags["log_level"] = "debug";
  return {
    ...(flags as Omit<Flags, "which">),
    which,
    project_dir: asText(flags["project_dir"] ?? process.cwd()),
    invocation_command: `duckhouse-dbt ${argv.join(" ")}`,
  } as Flags;
}

/** `warn_error` and `warn_error_options` may come from anywhere, but not both. */
function checkWarnError(
  flags: Record<string, unknown>,
  { given, env, project }: Pick<FlagSources, "given" | "env" | "project">,
): void {
  const isGiven = (key: string): boolean => {
    const inEnv = [env[`DBT_ENGINE_${key.toUpperCase()}`], env[`DBT_${key.toUpperCase()}`]];
    return given[key] !== undefined || inEnv.some((text) => text !== undefined && text !== "") || key in project;
  };
  if (!isGiven("warn_error_options")) return;
  if (isGiven("warn_error")) fail("DH0005", "warn_error_options: not allowed with argument warn_error");
  flags["warn_error_options"] = readWarnErrorOptions(flags["warn_error_options"]);
}
