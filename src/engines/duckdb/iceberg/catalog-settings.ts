import type { JsonObject } from "../../../contracts/json.ts";
import type { CatalogEntry, TargetCatalog } from "../../../contracts/project.ts";
import { didYouMean } from "../../../shared/did-you-mean.ts";
import { asText } from "../../../shared/objects.ts";

/** Options of ATTACH … (TYPE iceberg). Source: https://duckdb.org/docs/current/core_extensions/iceberg/iceberg_rest_catalogs */
const ATTACH_OPTIONS = [
  ...["endpoint", "endpoint_type", "secret", "default_region", "default_schema", "max_table_staleness"],
  ...["authorization_type", "access_delegation_mode", "read_only", "support_nested_namespaces"],
  ...["stage_create_tables", "disable_multi_table_commit", "skip_create_table_metadata_updates"],
  ...["remove_files_on_delete", "purge_requested", "encode_entire_prefix"],
];
/** What is not an option of ATTACH but names things in it. */
const NAMES = ["warehouse", "attach_as"];
/** Types that speak Iceberg's REST protocol. */
const REST_TYPES = ["iceberg_rest", "glue", "horizon", "unity", "biglake_metastore"];

/** A catalog that DuckDB can attach; null where it is of another kind, or the file says nothing for DuckDB. */
export function readCatalog(
  entry: CatalogEntry,
  target: { readonly database: string },
): TargetCatalog | { problem: string; hint: string | null } | null {
  const { name, type, tableFormat, shared, config } = entry;
  const own = config["duckdb"];
  const settings: JsonObject = { ...pick(shared), ...own };
  if (!REST_TYPES.includes(type) || (own === undefined && Object.keys(settings).length === 0)) return null;
  const known = [...NAMES, ...ATTACH_OPTIONS];
  const unknown = Object.keys(settings).find((key) => !known.includes(key));
  if (unknown !== undefined)
    return {
      problem: `config.duckdb of catalog '${name}' has an unknown key '${unknown}'`,
      hint: didYouMean(unknown, known) ?? `Keys: ${known.join(", ")}.`,
    };
  if (settings["endpoint"] === undefined && settings["endpoint_type"] === undefined)
    return {
      problem: `config.duckdb of catalog '${name}' has no endpoint`,
      hint: "The URL of the Iceberg REST catalog, or `endpoint_type: glue`.",
    };
  const database = asText(settings["attach_as"] ?? shared["catalog_name"] ?? name);
  if (database.toLowerCase() === target.database.toLowerCase())
    return {
      problem: `Catalog '${name}' would be attached as '${database}', which is the name of the profile's database`,
      hint: "Give the database file another name, or the catalog an `attach_as`.",
    };
  const defaultSchema = settings["default_schema"];
  return {
    name,
    type,
    tableFormat,
    database,
    defaultSchema: typeof defaultSchema === "string" ? defaultSchema : null,
    settings,
    entry,
  };
}

function pick(shared: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(shared).filter(([key]) => [...NAMES, ...ATTACH_OPTIONS].includes(key)));
}

/**
 * Options that are set where nobody says otherwise. Iceberg's own REST server takes a `transactions/commit` that comes
 * second for done and drops it (https://github.com/apache/iceberg, CatalogHandlers and BaseTransaction); its commits of
 * one table are sound. A transaction over several tables is then several commits.
 */
export const ICEBERG_DEFAULTS: JsonObject = { disable_multi_table_commit: true };

/** The statement that attaches the catalog. */
export function attachStatement({ database, settings }: TargetCatalog): string {
  const options = ["TYPE iceberg"];
  for (const [key, value] of Object.entries({ ...ICEBERG_DEFAULTS, ...settings })) {
    if (NAMES.includes(key) || value === null) continue;
    if (key === "read_only") {
      if (value === true) options.push("READ_ONLY");
    } else options.push(`${key.toUpperCase()} ${typeof value === "boolean" ? String(value) : quote(asText(value))}`);
  }
  return `attach ${quote(asText(settings["warehouse"] ?? ""))} as "${database.replaceAll('"', '""')}" (${options.join(", ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
