import { fail, type Place } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { ResourceType } from "../contracts/manifest.ts";
import { isRecord } from "../shared/objects.ts";
import { isColor } from "./html-colors.ts";

/** What a config may be: `fits` says so, `wanted` is the word for it in the message. */
interface Kind {
  readonly wanted: string;
  readonly fits: (value: Json) => boolean;
}

const isText = (value: Json): boolean => typeof value === "string";
const isTexts = (value: Json): boolean => Array.isArray(value) && value.every(isText);

const BOOLEAN: Kind = { wanted: "of type 'boolean'", fits: (value) => typeof value === "boolean" };
const TEXT: Kind = { wanted: "of type 'string'", fits: isText };
const MAPPING: Kind = { wanted: "of type 'object'", fits: isRecord };
const TEXTS: Kind = { wanted: "a string or a list of strings", fits: (value) => isText(value) || isTexts(value) };
const COUNT: Kind = {
  wanted: "of type 'integer'",
  fits: (value) =>
    typeof value === "number" ||
    value instanceof Number ||
    (typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value)),
};

function orNull({ wanted, fits }: Kind): Kind {
  return { wanted: `${wanted} or none`, fits: (value) => value === null || fits(value) };
}

function oneOf(...values: readonly (string | null)[]): Kind {
  return { wanted: `one of ${JSON.stringify(values)}`, fits: (value) => values.includes(value as string) };
}

function mapping(wanted: string, kinds: Readonly<Record<string, Kind>>): Kind {
  const fits = (value: Json): boolean =>
    isRecord(value) && Object.entries(kinds).every(([key, kind]) => value[key] === undefined || kind.fits(value[key]));
  return { wanted, fits };
}

function kindsOf(kind: Kind, keys: string): [string, Kind][] {
  return keys.split(" ").map((key) => [key, kind]);
}

const COLOR: Kind = {
  wanted: "a color",
  fits: (value) => value === null || value === "" || (typeof value === "string" && isColor(value)),
};

/**
 * What dbt says these configs are, whatever has them. A config that is not named here takes anything.
 * Source: the JSON schemas of dbt 1.11's config classes, and what those take beyond them.
 */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ...kindsOf(BOOLEAN, "enabled"),
  ...kindsOf(orNull(BOOLEAN), "full_refresh quote_columns store_failures"),
  ...kindsOf(TEXT, "materialized delimiter fail_calc warn_if error_if"),
  ...kindsOf(orNull(TEXT), "alias schema database group incremental_strategy on_schema_change strategy"),
  ...kindsOf(orNull(TEXT), "target_schema target_database updated_at dbt_valid_to_current store_failures_as where"),
  ...kindsOf(orNull(TEXT), "loaded_at_field loaded_at_query runtime_version entry_point"),
  ...kindsOf(TEXTS, "tags packages"),
  ...kindsOf(orNull(TEXTS), "unique_key check_cols"),
  ...kindsOf(MAPPING, "meta persist_docs quoting column_types grants snapshot_meta_column_names"),
  ["contract", mapping("a contract (`enforced: true`)", { enforced: BOOLEAN, alias_types: BOOLEAN })],
  [
    "docs",
    mapping("docs (`show: true`, `node_color: <name or hexadecimal code>`)", { show: BOOLEAN, node_color: COLOR }),
  ],
  ["limit", orNull(COUNT)],
  ["on_configuration_change", oneOf("apply", "continue", "fail")],
]);

/** When a model is due again: a count goes with its period. */
const FRESHNESS: Kind = {
  wanted: "`build_after:` with both `count` and `period`, or neither",
  fits: (value) => {
    const after = isRecord(value) ? value["build_after"] : null;
    return !isRecord(after) || isSet(after["count"]) === isSet(after["period"]);
  },
};

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** What is so for one type of resource alone. */
const OF_TYPE: Partial<Record<ResourceType, ReadonlyMap<string, Kind>>> = {
  seed: new Map([["materialized", oneOf("seed")]]),
  snapshot: new Map([["materialized", oneOf("snapshot")]]),
  test: new Map([
    ["materialized", oneOf("test")],
    [
      "severity",
      { wanted: "'warn' or 'error'", fits: (value) => typeof value === "string" && /^(warn|error)$/i.test(value) },
    ],
  ]),
  model: new Map([["freshness", orNull(FRESHNESS)]]),
  function: new Map([
    ["type", oneOf("scalar", "aggregate", "table")],
    ["volatility", oneOf("deterministic", "stable", "non-deterministic", null)],
  ]),
  saved_query: new Map([["export_as", oneOf("table", "view", null)]]),
};

/** A config that is not what it has to be is an error of the project, also where the resource is switched off. */
export function checkConfig(type: ResourceType, name: string, config: JsonObject, place: Place): void {
  const problem = configProblem(type, config);
  if (problem !== null) fail("DH1214", `${problem} (${type} '${name}')`, place);
}

/** The first config that is not what it has to be, as a sentence. */
function configProblem(type: ResourceType, config: JsonObject): string | null {
  const own = OF_TYPE[type];
  for (const [key, value] of Object.entries(config)) {
    const kind = own?.get(key) ?? KINDS.get(key);
    if (kind === undefined || kind.fits(value)) continue;
    const shown = typeof value === "string" ? `'${value}'` : JSON.stringify(value);
    return `Invalid config '${key}': ${shown} is not ${kind.wanted}`;
  }
  return null;
}
