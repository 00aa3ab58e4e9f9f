import type { Json, JsonObject } from "../../contracts/json.ts";
import type { CatalogEntry } from "../../contracts/project.ts";
import { asText, isRecord } from "../../shared/objects.ts";

/**
 * What `adapter.build_catalog_relation` tells of a node: the settings of the catalog that its `catalog_name` names, and
 * where its table is stored. Null for what is no node.
 * Source: https://docs.getdbt.com/docs/mesh/iceberg/about-catalogs
 */
export function catalogRelation(model: Json | undefined, entries: readonly CatalogEntry[]): Json {
  if (!isRecord(model) || !isRecord(model["config"])) return null;
  const name = model["config"]["catalog_name"];
  const integration = entries.find((entry) => entry.name === name)?.integration ?? {};
  const volume = integration["external_volume"] ?? null;
  return {
    catalog_type: "trino",
    catalog_name: integration["name"] ?? "trino_default",
    table_format: integration["table_format"] ?? null,
    file_format: integration["file_format"] ?? null,
    external_volume: volume,
    storage_uri: storageUri(model, model["config"], volume),
  };
}

/** The node's own, else a folder of the catalog's volume: <volume>/<root>/<schema>/<name>/<subpath>. */
function storageUri(model: JsonObject, config: JsonObject, volume: Json): Json {
  if (isSet(config["storage_uri"])) return config["storage_uri"];
  if (!isSet(volume)) return null;
  const root = isSet(config["base_location_root"]) ? asText(config["base_location_root"]) : "_dbt";
  const subpath = config["base_location_subpath"];
  return [
    asText(volume),
    ...(config["omit_base_location_root"] === true ? [] : [root]),
    asText(model["schema"]),
    asText(model["name"]),
    ...(isSet(subpath) ? [asText(subpath)] : []),
  ].join("/");
}

function isSet(value: Json | undefined): value is Json {
  return value !== undefined && value !== null && value !== "";
}
