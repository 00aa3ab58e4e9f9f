import { randomUUID } from "node:crypto";
import { extname, join } from "node:path";
import type { EngineMethod } from "../../contracts/engine.ts";
import type { Json, JsonObject } from "../../contracts/json.ts";
import type { TargetCatalog } from "../../contracts/project.ts";
import { asText, isRecord } from "../../shared/objects.ts";
import { duckLakeDatabases, isIceberg } from "./credentials.ts";
import { RestCatalog } from "./iceberg/rest-catalog.ts";
import { icebergState } from "./iceberg/state.ts";
import { icebergType } from "./iceberg/types.ts";

const record = (value: Json | undefined): JsonObject => (isRecord(value) ? value : {});
const COMPRESSION: Readonly<Record<string, string>> = { ".gz": "gzip", ".zst": "zstd" };

/** Adapter methods that dbt-duckdb adds for its macros; values are plain data. Names and results as in dbt-duckdb. */
export const duckDbMethods: Readonly<Record<string, EngineMethod>> = {
  is_motherduck: () => false,
  disable_transactions: (_args, { fields }) => fields["disable_transactions"] === true,
  escape_sql_string: ([value]) => asText(value).replaceAll("'", "''"),
  is_ducklake: ([relation], { fields }) => duckLakeDatabases(fields).includes(asText(record(relation)["database"])),
  use_ducklake_table_workarounds: () => false,
  external_root: (_args, { fields }) => (typeof fields["external_root"] === "string" ? fields["external_root"] : "."),
  get_binding_char: () => "?",
  get_seed_file_path: ([model]) =>
    join(asText(record(model)["root_path"]), asText(record(model)["original_file_path"])),
  external_write_options: ([location, options]) => writeOptions(asText(location), options ?? {}),
  external_read_location: ([location, options]) => readLocation(asText(location), record(options)),
  warn_once: () => null,
  iceberg_type: ([type]) => icebergType(asText(type)),
  can_swap_tables: ([database], { fields, catalogs }) => {
    const catalog = catalogs.find((entry) => entry.database.toLowerCase() === asText(database).toLowerCase());
    return catalog !== undefined && canSwap(catalog, list(fields["secrets"]).map(record));
  },
  iceberg_state: ([metadata]) => icebergState(record(JSON.parse(asText(metadata)) as Json)),
  is_iceberg: ([database], target) => isIcebergDatabase(asText(database), target),
  catalog_supports_foreign_keys: ([database], target) => !isIcebergDatabase(asText(database ?? ""), target),
  batch_id_for_model: ([model]) => batchId(record(record(model)["batch"])),
  get_temp_relation_path: ([model, batch]) => ({
    database: record(model)["database"] ?? null,
    schema: "dbt_temp",
    identifier: `${asText(record(model)["alias"] ?? record(model)["name"])}__${randomUUID().replaceAll("-", "_")}${typeof batch === "string" && batch !== "" ? `__${batch}` : ""}`,
  }),
};

/** A database that the catalogs or the profile's `attach` bring in with type iceberg. */
function isIcebergDatabase(database: string, { fields, catalogs }: Parameters<EngineMethod>[1]): boolean {
  const attached = list(fields["attach"]).map(record).filter(isIceberg);
  const names = [
    ...catalogs.map((catalog) => catalog.database),
    ...attached.map((entry) => asText(entry["alias"] ?? entry["path"])),
  ];
  return names.some((name) => name.toLowerCase() === database.toLowerCase());
}

/** Dropping must leave files alone, because the table that is swapped away gives its own to the other. */
function canSwap(catalog: TargetCatalog, secrets: readonly JsonObject[]): boolean {
  const { purge_requested, remove_files_on_delete } = catalog.settings;
  return purge_requested !== true && remove_files_on_delete !== true && RestCatalog.of(catalog, secrets) !== null;
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function batchId(batch: JsonObject): string {
  const start = batch["event_time_start"];
  return typeof start === "string" ? start.replaceAll(/[-:+]/g, "").replaceAll(" ", "_") : "";
}

/** Options of `copy … to`; fills in the format from the file's ending. Changes `options`, as macros rely on. */
function writeOptions(location: string, given: Json): string {
  const options = record(given);
  if (options["format"] === undefined) {
    const compression = COMPRESSION[extname(location).toLowerCase()];
    const ending = (
      compression === undefined ? extname(location) : extname(location.slice(0, -extname(location).length))
    ).toLowerCase();
    options["format"] = ending !== "" ? ending.slice(1) : "delimiter" in options ? "csv" : "parquet";
    if (ending !== "" && compression !== undefined) options["compression"] ??= compression;
  }
  if (options["format"] === "csv") options["header"] ??= 1;
  const partition = options["partition_by"];
  if (typeof partition === "string" && partition.includes(",") && !partition.startsWith("("))
    options["partition_by"] = `(${partition})`;
  return Object.entries(options)
    .map(([key, value]) => {
      const text = asText(value);
      return ["delimiter", "quote", "escape", "null"].includes(key.toLowerCase()) && !text.startsWith("'")
        ? `${key} '${text}'`
        : `${key} ${text}`;
    })
    .join(", ");
}

/** Where a written file is read back: a glob when it was split into parts. */
function readLocation(location: string, options: JsonObject): string {
  const partition = options["partition_by"];
  if (!partition && !options["per_thread_output"]) return location;
  const depth = partition ? asText(partition).split(",").length : 0;
  return `${[location, "*", ...Array<string>(depth).fill("*")].join("/")}.${asText(options["format"] ?? "parquet")}`;
}
