import type { Json, JsonObject } from "../contracts/json.ts";
import type { ResourceType } from "../contracts/manifest.ts";
import { asList, isRecord } from "../shared/objects.ts";

/**
 * How configs of several levels are joined, and what they are when nobody says anything.
 * Source: https://docs.getdbt.com/reference/configs-and-properties and the manifests that dbt 1.11 writes.
 */
const APPEND = new Set(["pre-hook", "post-hook", "tags", "packages"]);
const UPDATE = new Set(["quoting", "column_types", "meta", "docs", "contract"]);

/** What else stands in these mappings is left out, as in dbt. */
const ITS_KEYS: Readonly<Record<string, readonly string[]>> = {
  contract: ["enforced", "alias_types"],
  docs: ["show", "node_color"],
};

const COMMON: JsonObject = {
  enabled: true,
  alias: null,
  schema: null,
  database: null,
  tags: [],
  meta: {},
  group: null,
  static_analysis: null,
};

const NODE: JsonObject = {
  ...COMMON,
  materialized: "view",
  incremental_strategy: null,
  batch_size: null,
  lookback: 1,
  begin: null,
  persist_docs: {},
  "post-hook": [],
  "pre-hook": [],
  quoting: {},
  column_types: {},
  full_refresh: null,
  unique_key: null,
  on_schema_change: "ignore",
  on_configuration_change: "apply",
  grants: {},
  packages: [],
  docs: { show: true, node_color: null },
  contract: { enforced: false, alias_types: true },
  event_time: null,
  concurrent_batches: null,
};

const DEFAULTS: Partial<Record<ResourceType, JsonObject>> = {
  model: { ...NODE, access: "protected", freshness: null },
  analysis: NODE,
  operation: NODE,
  sql_operation: NODE,
  function: {
    ...NODE,
    materialized: "function",
    type: "scalar",
    volatility: null,
    runtime_version: null,
    entry_point: null,
  },
  seed: { ...NODE, materialized: "seed", delimiter: ",", quote_columns: null },
  snapshot: {
    ...NODE,
    materialized: "snapshot",
    strategy: null,
    target_schema: null,
    target_database: null,
    updated_at: null,
    check_cols: null,
    snapshot_meta_column_names: {
      dbt_valid_to: null,
      dbt_valid_from: null,
      dbt_scd_id: null,
      dbt_updated_at: null,
      dbt_is_deleted: null,
    },
    dbt_valid_to_current: null,
  },
  test: {
    ...COMMON,
    schema: "dbt_test__audit",
    materialized: "test",
    severity: "ERROR",
    store_failures: null,
    store_failures_as: null,
    where: null,
    limit: null,
    fail_calc: "count(*)",
    warn_if: "!= 0",
    error_if: "!= 0",
  },
  source: {
    enabled: true,
    event_time: null,
    freshness: {
      warn_after: { count: null, period: null },
      error_after: { count: null, period: null },
      filter: null,
    },
    loaded_at_field: null,
    loaded_at_query: null,
    meta: {},
    tags: [],
    static_analysis: null,
  },
  group: { meta: {} },
  exposure: { enabled: true, tags: [], meta: {} },
  unit_test: { tags: [], meta: {}, enabled: true, static_analysis: null },
  metric: { enabled: true, group: null, meta: {} },
  semantic_model: { enabled: true, group: null, meta: {} },
  saved_query: {
    enabled: true,
    group: null,
    meta: {},
    export_as: null,
    schema: null,
    cache: { enabled: false },
  },
};

export function defaultConfig(type: ResourceType): JsonObject {
  return copyOf(DEFAULTS[type] ?? COMMON);
}

/** structuredClone takes ten times as long, and this runs for every node. */
function copyOf(defaults: JsonObject): JsonObject {
  const copy = { ...defaults };
  for (const [key, value] of Object.entries(defaults)) {
    if (Array.isArray(value)) copy[key] = [...value];
    else if (isRecord(value)) copy[key] = copyOf(value);
  }
  return copy;
}

/** Every config name dbt-duckdb and dbt-core know, and ours, for telling a misspelling from a custom key. */
export const KNOWN_CONFIG_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(DEFAULTS).flatMap((defaults) => Object.keys(defaults)),
  "incremental_predicates",
  "merge_update_columns",
  "merge_exclude_columns",
  "sql_header",
  "location",
  "format",
  "options",
  "delimiter",
  "partitioned_by",
  "partition_by",
  "indexes",
  "unique_key",
  "invalidate_hard_deletes",
  "hard_deletes",
  "on_error",
  "transient",
  "bind",
  "iceberg_upkeep",
]);

/** Merges one level's config into what has been found so far; `target` is changed. */
export function mergeConfig(target: JsonObject, layer: JsonObject): void {
  for (const [written, value] of Object.entries(layer)) {
    const key = canonicalKey(written);
    target[key] = mergeValue(key, target[key], value);
  }
}

/** The same for a further `config()` of one file: what a grant adds to is known only beside the other levels. */
export function mergeCall(target: JsonObject, call: JsonObject): void {
  const { grants, ...rest } = call;
  mergeConfig(target, rest);
  if (grants !== undefined) target["grants"] = isRecord(grants) ? joinGrants(target["grants"], grants) : grants;
}

function joinGrants(before: Json | undefined, grants: JsonObject): JsonObject {
  const result: JsonObject = isRecord(before) ? { ...before } : {};
  for (const [written, list] of Object.entries(grants)) {
    const own = written.startsWith("+") ? asList(result[written] as Json[] | undefined) : [];
    result[written] = [...own, ...(asList(list) as Json[])];
  }
  return result;
}

export function canonicalKey(key: string): string {
  const name = key.trim();
  if (name === "pre_hook") return "pre-hook";
  if (name === "post_hook") return "post-hook";
  return name === "dbname" ? "database" : name;
}

function mergeValue(key: string, before: Json | undefined, value: Json): Json {
  if (APPEND.has(key)) return [...asList(before), ...asList(value)] as Json[];
  if (UPDATE.has(key) && isRecord(value)) return { ...(isRecord(before) ? before : {}), ...ofItsKeys(key, value) };
  if (key === "snapshot_meta_column_names" && isRecord(value)) return { ...(isRecord(before) ? before : {}), ...value };
  // Unquoted, `off` is a boolean to YAML.
  if (key === "static_analysis" && typeof value === "boolean") return value ? "on" : "off";
  if (key === "grants" && isRecord(value)) return mergeGrants(isRecord(before) ? before : {}, value);
  return value;
}

function ofItsKeys(key: string, value: JsonObject): JsonObject {
  const keys = ITS_KEYS[key];
  return keys === undefined ? value : Object.fromEntries(Object.entries(value).filter(([name]) => keys.includes(name)));
}

/** `+select: [x]` adds to the list of the level above; `select: [x]` replaces it. */
function mergeGrants(before: JsonObject, grants: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [privilege, list] of Object.entries(before)) result[privilege] = asList(list);
  for (const [written, list] of Object.entries(grants)) {
    const privilege = written.replace(/^\+/, "");
    const added = asList(list) as Json[];
    result[privilege] = written.startsWith("+")
      ? [...asList(result[privilege] as Json[] | undefined), ...added]
      : added;
  }
  return result;
}

/** A hook as dbt stores it: { sql, transaction, index }. */
export function normaliseHook(hook: Json): JsonObject {
  if (isRecord(hook))
    return {
      sql: hook["sql"] ?? "",
      transaction: hook["transaction"] ?? true,
      index: hook["index"] ?? null,
    };
  const text = typeof hook === "string" ? hook : JSON.stringify(hook);
  if (text.trimStart().startsWith("{") && !text.trimStart().startsWith("{{") && !text.trimStart().startsWith("{%")) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (isRecord(parsed)) return normaliseHook(parsed as JsonObject);
    } catch {
      // Not JSON after all: it is the SQL itself.
    }
  }
  return { sql: text, transaction: true, index: null };
}
