import { basename, extname, isAbsolute, join } from "node:path";
import type { Json, JsonObject } from "../../contracts/json.ts";
import { asText, isRecord } from "../../shared/objects.ts";

export interface DuckDbCredentials {
  readonly path: string;
  readonly database: string;
  readonly schema: string;
  readonly configOptions: JsonObject;
  readonly settings: JsonObject;
  readonly extensions: readonly (string | { name: string; repo: string })[];
  readonly secrets: readonly JsonObject[];
  readonly attach: readonly JsonObject[];
  readonly connectAttempts: number;
  /** Of Python models: their interpreter, null where it is looked for, and where else it finds modules. */
  readonly python: string | null;
  readonly modulePaths: readonly string[];
}

type Problem = { readonly problem: string; readonly hint: string | null };

/** DuckDB names a database after the file's first dot-part, `my.db.duckdb` → `my`, but a DuckLake after all but its last. */
function databaseName(path: string): string {
  if (path === ":memory:") return "memory";
  const lake = /^ducklake:(?:\w+:)?(.*)$/i.exec(path)?.[1];
  if (lake !== undefined) return basename(lake, extname(lake));
  if (/^(md|motherduck):/.test(path)) return path.replace(/^\w+:/, "").split("?")[0] || "my_db";
  return (basename(path).replace(/^\.+/, "").split(".")[0] ?? "") || "main";
}

const UNSUPPORTED: readonly (readonly [string, string])[] = [
  ["remote", "Buena Vista servers are not supported; read the file with `attach`, or use the server's own tool."],
  [
    "plugins",
    "dbt-duckdb's plugins are Python programs. Use DuckDB's extensions instead (`extensions:` and `attach:`): excel, postgres, sqlite, mysql, iceberg, delta.",
  ],
  [
    "filesystems",
    "fsspec filesystems are Python libraries; DuckDB's httpfs extension with `secrets:` reads S3, GCS, R2 and Hugging Face.",
  ],
];

/** The keys of a dbt-duckdb output, with its defaults. Source: https://github.com/duckdb/dbt-duckdb#configuring-your-profile */
export function readCredentials(
  fields: JsonObject,
  projectRoot: string,
): { credentials: DuckDbCredentials; fields: JsonObject } | Problem {
  for (const [key, hint] of UNSUPPORTED) if (isSet(fields[key])) return { problem: `'${key}' is not supported`, hint };
  const written = typeof fields["path"] === "string" ? fields["path"] : ":memory:";
  const name = databaseName(written);
  const named = fields["database"] ?? fields["catalog"];
  const attach = list(fields["attach"]).filter(isRecord) as JsonObject[];
  const database = typeof named === "string" ? named : name;
  if (database !== name && !attach.some((entry) => entry["alias"] === database)) {
    return {
      problem: `Inconsistency detected between 'path' and 'database' fields in profile; the 'database' property must be set to '${name}' to match the 'path'`,
      hint: "Leave `database` out, or attach a database under that alias.",
    };
  }
  const schema = typeof fields["schema"] === "string" ? fields["schema"] : "main";
  const retries = isRecord(fields["retries"]) ? fields["retries"] : {};
  const credentials: DuckDbCredentials = {
    path: absolute(written, projectRoot),
    database,
    schema,
    configOptions: record(fields["config_options"]),
    settings: record(fields["settings"]),
    extensions: list(fields["extensions"]).map((entry) =>
      isRecord(entry) ? { name: asText(entry["name"]), repo: asText(entry["repo"]) } : asText(entry),
    ),
    secrets: list(fields["secrets"]).filter(isRecord) as JsonObject[],
    attach: attach.map((entry) => ({ ...entry, path: absolute(asText(entry["path"]), projectRoot) })),
    connectAttempts: Number(retries["connect_attempts"] ?? 1),
    python: isSet(fields["python"]) ? asText(fields["python"]) : null,
    modulePaths: list(fields["module_paths"]).map((path) => absolute(asText(path), projectRoot)),
  };
  return { credentials, fields: { ...fields, path: written, database, schema } };
}

/** Does this entry of `attach` bring in an Iceberg catalog? */
export function isIceberg(entry: JsonObject): boolean {
  return /^iceberg$/i.test(asText(entry["type"] ?? record(entry["options"])["type"] ?? ""));
}

/** Databases of an output that are DuckLakes: by their path, their type, or because the profile says so (`is_ducklake`). */
export function duckLakeDatabases(fields: JsonObject): string[] {
  const attached = list(fields["attach"]).filter(isRecord) as JsonObject[];
  return [fields, ...attached]
    .filter(isDuckLake)
    .map((entry) => asText(entry["alias"] ?? databaseName(asText(entry["path"] ?? ":memory:"))));
}

function isDuckLake(entry: JsonObject): boolean {
  // Of an output, `type` is the engine.
  const type = asText(entry["type"] ?? record(entry["options"])["type"] ?? "");
  return entry["is_ducklake"] === true || /ducklake:/i.test(asText(entry["path"] ?? "")) || /^ducklake$/i.test(type);
}

/** Files are looked for from the project's folder, as dbt does by running there. */
function absolute(path: string, root: string): string {
  if (path === ":memory:" || isAbsolute(path) || /^[a-z0-9]+:/i.test(path)) return path;
  return join(root, path);
}

function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function record(value: Json | undefined): JsonObject {
  return isRecord(value) ? value : {};
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
