import { randomUUID } from "node:crypto";
import { extname, join } from "node:path";
import type { Json, JsonObject } from "../../contracts/json.ts";
import { isRecord } from "../../shared/objects.ts";

type Method = (args: Json[], credentials: Readonly<Record<string, Json>>) => Json;

const record = (value: Json | undefined): JsonObject => (isRecord(value) ? (value as JsonObject) : {});
const COMPRESSION: Readonly<Record<string, string>> = { ".gz": "gzip", ".zst": "zstd" };

/** Adapter methods that dbt-duckdb adds for its macros; values are plain data. Names and results as in dbt-duckdb. */
export const duckDbMethods: Readonly<Record<string, Method>> = {
  is_motherduck: () => false,
  disable_transactions: (_args, credentials) => credentials["disable_transactions"] === true,
  escape_sql_string: ([value]) => String(value as string).replaceAll("'", "''"),
  is_ducklake: () => false,
  use_ducklake_table_workarounds: () => false,
  external_root: (_args, credentials) =>
    typeof credentials["external_root"] === "string" ? credentials["external_root"] : ".",
  get_binding_char: () => "?",
  get_seed_file_path: ([model]) =>
    join(String(record(model)["root_path"] as string), String(record(model)["original_file_path"] as string)),
  external_write_options: ([location, options]) => writeOptions(String(location as string), options ?? {}),
  external_read_location: ([location, options]) => readLocation(String(location as string), record(options)),
  warn_once: () => null,
  catalog_supports_foreign_keys: () => true,
  batch_id_for_model: ([model]) => batchId(record(record(model)["batch"])),
  get_temp_relation_path: ([model, batch]) => ({
    database: record(model)["database"] ?? null,
    schema: "dbt_temp",
    identifier: `${String((record(model)["alias"] ?? record(model)["name"]) as string)}__${randomUUID().replaceAll("-", "_")}${typeof batch === "string" && batch !== "" ? `__${batch}` : ""}`,
  }),
  parse_index: ([index]) => parseIndex(index ?? null),
};

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
      const text = String(value as string);
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
  const depth = partition ? String(partition as string).split(",").length : 0;
  return `${[location, "*", ...Array<string>(depth).fill("*")].join("/")}.${String((options["format"] ?? "parquet") as string)}`;
}

function parseIndex(index: Json): Json {
  if (!isRecord(index)) return null;
  return {
    columns: (index["columns"] ?? []) as Json,
    unique: index["unique"] === true,
    type: (index["type"] ?? null) as Json,
  };
}
