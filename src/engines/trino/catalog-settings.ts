import type { CatalogEntry, TargetCatalog } from "../../contracts/project.ts";
import { asText } from "../../shared/objects.ts";

/**
 * A catalog of catalogs.yml is Trino's catalog of that name, unless `config.trino.catalog` names another. Null: the type
 * dbt-trino gives its own tables' settings by (`catalog_type: trino`), whose place stays the target's.
 */
export function readCatalog(entry: CatalogEntry): TargetCatalog | null {
  const { name, type, tableFormat, shared, config } = entry;
  if (type === "trino") return null;
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
