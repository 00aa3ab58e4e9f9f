import type { CatalogEntry, TargetCatalog } from "../../contracts/project.ts";
import { asText } from "../../shared/objects.ts";

/**
 * A catalog of catalogs.yml is Trino's catalog of that name, unless `config.trino.catalog` names another. The type that is
 * dbt-trino's own (`catalog_type: trino`) is no place: it has settings for tables, which stay in the target's catalog.
 */
export function readCatalog(entry: CatalogEntry): TargetCatalog | "own" {
  const { name, type, tableFormat, shared, config } = entry;
  if (type === "trino") return "own";
  const settings = config["trino"] ?? {};
  const defaultSchema = settings["default_schema"];
  return {
    name,
    type,
    tableFormat,
    database: asText(settings["catalog"] ?? shared["catalog_name"] ?? name),
    defaultSchema: typeof defaultSchema === "string" ? defaultSchema : null,
    settings,
    entry,
  };
}
