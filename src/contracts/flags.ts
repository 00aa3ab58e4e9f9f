import type { JsonObject } from "./json.ts";

/** What `--sample` leaves of the inputs: a stretch of event time (ISO moments), so many rows, or a share of them. */
export type Sample =
  { readonly start: string; readonly end: string } | { readonly rows: number } | { readonly percent: number };

/** What the command line, the environment and `flags:` of dbt_project.yml say; snake_case because templates and run_results show them. */
export interface Flags {
  which: string;
  project_dir: string;
  profiles_dir: string | null;
  profile: string | null;
  target: string | null;
  threads: number | null;
  vars: JsonObject;
  select: string[];
  exclude: string[];
  selector: string | null;
  resource_types: string[];
  exclude_resource_types: string[];
  indirect_selection: "eager" | "cautious" | "buildable" | "empty";
  full_refresh: boolean;
  fail_fast: boolean;
  warn_error: boolean;
  warn_error_options: { error: string | string[]; warn: string[]; silence: string[] };
  store_failures: boolean;
  empty: boolean;
  defer: boolean;
  favor_state: boolean;
  state: string | null;
  defer_state: string | null;
  target_path: string | null;
  log_path: string | null;
  log_level: "debug" | "info" | "warn" | "error" | "none";
  log_level_file: "debug" | "info" | "warn" | "error" | "none";
  log_format: "default" | "text" | "debug" | "json";
  log_format_file: "default" | "text" | "debug" | "json";
  use_colors: boolean;
  use_colors_file: boolean;
  quiet: boolean;
  print: boolean;
  debug: boolean;
  write_json: boolean;
  partial_parse: boolean;
  static_parser: boolean;
  clean_project_files_only: boolean;
  inject_ephemeral_ctes: boolean;
  introspect: boolean;
  sqlparse: JsonObject;
  populate_cache: boolean;
  cache_selected_only: boolean;
  version_check: boolean;
  printer_width: number;
  show_all_deprecations: boolean;
  send_anonymous_usage_stats: boolean;
  macro_debugging: boolean;
  single_threaded: boolean;
  event_time_start: string | null;
  event_time_end: string | null;
  sample: Sample | null;
  invocation_command: string;
  [behaviour: string]: unknown;
}
