import type { Json, JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { fail } from "../contracts/diagnostic.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import { normaliseConstraint, parseColumns, versionColumns } from "./columns.ts";
import { checkContract, foreignKeyRefs } from "./contracts.ts";
import { contractChecksum } from "./dbt-checksums.ts";
import { deprecationDate } from "./deprecation-date.ts";
import { renderDescription } from "./docs.ts";
import type { ParseState } from "./parse-state.ts";
import type { PropertyEntry } from "./property-files.ts";
import type { ModelVersion } from "./property-index.ts";
import { applyTimeSpine } from "./time-spine.ts";

/** Keys of an entry that are config when written at its top too. */
const TOP_LEVEL_CONFIG = ["docs", "group", "access", "meta"];

/** The config an entry gives its node; a version's wins over its model's. */
export function propertiesConfig(entry: PropertyEntry | undefined, version: ModelVersion | undefined): JsonObject {
  if (entry === undefined) return {};
  const { data } = entry;
  let config: JsonObject = {};
  for (const key of TOP_LEVEL_CONFIG) {
    const value = version?.data[key] ?? data[key];
    if (value !== undefined && value !== null) config[key] = value;
  }
  for (const layer of [data["config"], version?.data["config"]]) if (isRecord(layer)) config = layOver(config, layer);
  return config;
}

/** dbt's way to lay one config over another: mappings are merged, and a list comes before the list that was there. */
export function layOver(config: JsonObject, layer: JsonObject): JsonObject {
  const result = { ...config };
  for (const [key, value] of Object.entries(layer)) {
    const before = result[key];
    if (isRecord(value)) result[key] = layOver(isRecord(before) ? before : {}, value);
    else if (Array.isArray(value)) result[key] = [...value, ...asList(before as Json[])];
    else result[key] = value;
  }
  return result;
}

/** Description, columns, constraints and the like from the property file. */
export function applyProperties(
  state: ParseState,
  node: ManifestNode,
  entry: PropertyEntry,
  version: ModelVersion | undefined,
): void {
  const { data, file } = entry;
  const own = version?.data ?? {};
  const description = renderDescription(
    state,
    own["description"] ?? data["description"],
    node.package_name,
    file.originalPath,
  );
  node.description = description.text;
  node.doc_blocks = description.docBlocks;
  node.patch_path = `${file.packageName}://${file.originalPath}`;
  node.columns = parseColumns(
    state,
    versionColumns(data["columns"], own["columns"]),
    node.package_name,
    file.originalPath,
  );
  if (node.resource_type === "function") applySignature(node, entry);
  if (node.resource_type !== "model") return;
  const constraints = own["constraints"] ?? data["constraints"];
  node.constraints = asList(constraints as Json[])
    .filter(isRecord)
    .map((constraint) => normaliseConstraint(constraint as JsonObject, true));
  const deprecation = own["deprecation_date"] ?? data["deprecation_date"];
  node.deprecation_date = deprecationDate(deprecation, node.name, () => entry.placeOf(["deprecation_date"]));
  applyTimeSpine(node, entry);
  checkContract(state, node, entry);
  foreignKeyRefs(node, entry.placeOf([]));
  if (node.contract.enforced) node.contract.checksum = contractChecksum(node);
}

/** What a function takes and gives; an argument with a default cannot stand before one without. */
function applySignature(node: ManifestNode, entry: PropertyEntry): void {
  const { data, placeOf } = entry;
  const { returns } = data;
  if (!isRecord(returns) || typeof returns["data_type"] !== "string")
    fail("DH1210", `The function '${node.name}' does not say what it returns`, placeOf([]), "returns: {data_type: …}");
  node.returns = { data_type: returns["data_type"], description: textOrNull(returns["description"]) };
  node.arguments = asList(data["arguments"] as Json[]).map((argument, index) => {
    const at = placeOf(["arguments", index]);
    if (!isRecord(argument) || typeof argument["name"] !== "string" || typeof argument["data_type"] !== "string")
      fail("DH1210", `An argument of the function '${node.name}' needs a name and a data_type`, at);
    const { name, data_type } = argument;
    const description = textOrNull(argument["description"]);
    return { name, data_type, description, default_value: argument["default_value"] ?? null };
  });
  const first = node.arguments.findIndex((argument) => argument.default_value !== null);
  const late = node.arguments.findIndex(
    (argument, index) => first >= 0 && index > first && argument.default_value === null,
  );
  if (late >= 0)
    fail(
      "DH1210",
      `Non-defaulted argument '${node.arguments[late]?.name ?? ""}' of function '${node.name}' comes after a defaulted argument. Non-defaulted arguments cannot come after defaulted arguments.`,
      placeOf(["arguments", late]),
    );
}

function textOrNull(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : asText(value);
}
