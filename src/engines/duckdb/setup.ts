import type { DuckDBInstance } from "@duckdb/node-api";
import type { Json, JsonObject } from "../../contracts/json.ts";
import { isIceberg, type DuckDbCredentials } from "./credentials.ts";
import { ICEBERG_DEFAULTS } from "./iceberg/catalog-settings.ts";
import { asText } from "../../shared/objects.ts";

interface SetupStatement {
  readonly sql: string;
  readonly what: string;
  readonly hint: string | null;
}

/** What to do where DuckDB cannot download an extension. */
export const EXTENSION_HINT =
  "Extensions are downloaded once. Without the internet, put the extension's file into DuckDB's extension directory; `duckhouse-dbt lakehouse up` brings avro, httpfs and iceberg from a Python index.";

export function isMissingExtension(message: string): boolean {
  return /install[^\n]* extension|download extension/i.test(message);
}

export const BUILT_IN = "select extension_name from duckdb_extensions() where install_mode = 'STATICALLY_LINKED'";

/** DuckDB asks the internet for an INSTALL even of what is part of itself, such as parquet, json and icu. */
export async function builtInExtensions(instance: DuckDBInstance): Promise<ReadonlySet<string>> {
  const connection = await instance.connect();
  try {
    return new Set((await connection.runAndReadAll(BUILT_IN)).getRows().map(([name]) => String(name)));
  } finally {
    connection.closeSync();
  }
}

/**
 * The statements a profile asks for when its database is opened, in dbt-duckdb's order. `later`: the names of secrets that
 * are made when they are needed; `builtIn`: the extensions that are there without a download.
 */
export function setupStatements(
  credentials: DuckDbCredentials,
  later: ReadonlySet<string>,
  builtIn: ReadonlySet<string>,
): SetupStatement[] {
  return [
    ...preparation(credentials, later, builtIn),
    ...credentials.attach.map((entry) => ({
      sql: attachSql(entry),
      what: `attach ${text(entry["path"]) ?? ""}`,
      hint: null,
    })),
    ...(credentials.attach.length > 0
      ? [{ sql: `use "${credentials.database}"`, what: `use ${credentials.database}`, hint: null }]
      : []),
  ];
}

/** The same without the attached databases. */
export function preparation(
  { extensions, settings, secrets }: DuckDbCredentials,
  later: ReadonlySet<string>,
  builtIn: ReadonlySet<string>,
): SetupStatement[] {
  const missing = extensions.filter((entry) => typeof entry !== "string" || !builtIn.has(entry));
  return [
    ...missing.flatMap(extensionStatements),
    ...Object.entries(settings).map(([key, value]) => ({
      sql: `set ${key} = ${literal(value)}`,
      what: `setting ${key}`,
      hint: null,
    })),
    ...secrets.flatMap((secret, index) => {
      const name = text(secret["name"]);
      if (name !== null && later.has(name)) return [];
      return { sql: secretSql(secret, index), what: `secret ${name ?? String(index + 1)}`, hint: null };
    }),
  ];
}

function extensionStatements(extension: string | { name: string; repo: string }): SetupStatement[] {
  const name = typeof extension === "string" ? extension : extension.name;
  const from =
    typeof extension === "string"
      ? ""
      : extension.repo.startsWith("http") || extension.repo.includes("/")
        ? ` from '${extension.repo}'`
        : ` from ${extension.repo}`;
  const hint = EXTENSION_HINT;
  return [
    { sql: `install ${name}${from}`, what: `install extension ${name}`, hint },
    { sql: `load ${name}`, what: `load extension ${name}`, hint },
  ];
}

function text(value: Json | undefined): string | null {
  return value === undefined || value === null ? null : asText(value);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function literal(value: Json): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : quote(asText(value));
}

/**
 * create secret from a profile's entry: `type`, `name`, `provider`, `scope`, `persistent` and any key of the secret's type.
 * `index`: which of the profile's secrets it is; one without a name is called by it.
 */
export function secretSql(secret: JsonObject, index: number): string {
  const { type, name, provider, scope, persistent, ...rest } = secret;
  const options = [`type ${asText(type)}`];
  if (provider !== undefined && provider !== null) options.push(`provider ${asText(provider)}`);
  for (const [key, value] of Object.entries(rest)) if (value !== null) options.push(`${key} ${secretValue(value)}`);
  const scopes = Array.isArray(scope) ? scope : scope === undefined || scope === null ? [] : [scope];
  options.push(...scopes.map((entry) => `scope ${quote(asText(entry))}`));
  const secretName = text(name) ?? `__dbt_secret_${String(index + 1)}`;
  return `create or replace${persistent === true ? " persistent" : ""} secret ${secretName} (${options.join(", ")})`;
}

function secretValue(value: Json): string {
  if (Array.isArray(value)) return `(${value.map((entry) => quote(asText(entry))).join(", ")})`;
  if (value !== null && typeof value === "object") {
    return `map {${Object.entries(value)
      .map(([key, entry]) => `${quote(key)}: ${quote(asText(entry))}`)
      .join(", ")}}`;
  }
  return literal(value);
}

function attachSql(entry: JsonObject): string {
  const options: string[] = [];
  const more = (entry["options"] ?? {}) as JsonObject;
  const type = text(entry["type"] ?? more["type"]);
  if (type !== null) options.push(`TYPE ${type}`);
  const secret = text(entry["secret"] ?? more["secret"]);
  if (secret !== null) options.push(`SECRET ${secret}`);
  if (entry["read_only"] === true || more["read_only"] === true) options.push("READ_ONLY");
  for (const [key, value] of Object.entries(isIceberg(entry) ? { ...ICEBERG_DEFAULTS, ...more } : more)) {
    if (["type", "secret", "read_only"].includes(key) || value === null || value === false) continue;
    options.push(value === true ? key.toUpperCase() : `${key.toUpperCase()} ${literal(value)}`);
  }
  const alias = text(entry["alias"]);
  return `attach if not exists ${quote(text(entry["path"]) ?? "")}${alias === null ? "" : ` as ${alias}`}${options.length > 0 ? ` (${options.join(", ")})` : ""}`;
}
