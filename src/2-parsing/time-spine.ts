import { fail } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { asList, asText, isRecord } from "../shared/objects.ts";
import type { PropertyEntry } from "./property-files.ts";

type Entry = Pick<PropertyEntry, "data" | "placeOf">;

/** Keeps a model's time spine. */
export function applyTimeSpine(node: ManifestNode, entry: Entry): void {
  const spine = entry.data["time_spine"];
  node.time_spine = null;
  if (!isRecord(spine)) return;
  const granularities = asList(spine["custom_granularities"] as Json[]).filter(isRecord) as JsonObject[];
  const granularityOf = columnsToCheck(node, entry.data);
  if (granularityOf !== null) checkColumns(node.name, spine, granularities, granularityOf, entry);
  // A granularity of its own has the name of its column, unless it says which.
  node.time_spine = { ...spine, custom_granularities: granularities.map((own) => ({ column_name: null, ...own })) };
}

type Granularities = ReadonlyMap<string, Json>;

/** As dbt, which looks at those of the latest version where the file says which that is, else at the model's own. Null: none. */
function columnsToCheck(node: ManifestNode, data: JsonObject): Granularities | null {
  const latest = data["latest_version"] ?? null;
  const isVersion = node.version !== null && node.version !== undefined;
  if (isVersion && latest !== null && asText(latest) !== String(node.version)) return null;
  const columns = isVersion && latest === null ? asList(data["columns"] as Json[]) : Object.values(node.columns);
  return new Map(columns.flatMap((one) => (isRecord(one) ? [[asText(one["name"]), one["granularity"] ?? null]] : [])));
}

function checkColumns(
  model: string,
  spine: JsonObject,
  granularities: readonly JsonObject[],
  granularityOf: Granularities,
  { placeOf }: Entry,
): void {
  const refuse = (message: string, key: string): never => fail("DH1217", message, placeOf(["time_spine", key]));
  const described = `Described are: ${[...granularityOf.keys()].join(", ") || "none"}.`;
  const standard = asText(spine["standard_granularity_column"]);
  if (!granularityOf.has(standard))
    refuse(
      `Time spine standard granularity column must be defined on the model: '${model}' describes no column '${standard}'. ${described}`,
      "standard_granularity_column",
    );
  if (!granularityOf.get(standard))
    refuse(
      `Time spine standard granularity column must have a granularity defined: give the column '${standard}' of '${model}' one, such as \`granularity: day\`.`,
      "standard_granularity_column",
    );
  const missing = granularities
    .map((own) => asText(own["column_name"] ?? own["name"]))
    .filter((column) => !granularityOf.has(column));
  if (missing.length > 0)
    refuse(
      `Time spine custom granularity columns do not exist in the model '${model}': ${missing.join(", ")}. ${described}`,
      "custom_granularities",
    );
}
