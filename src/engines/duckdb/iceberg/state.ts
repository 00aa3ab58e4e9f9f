import type { Json, JsonObject } from "../../../contracts/json.ts";
import { asText, isRecord } from "../../../shared/objects.ts";

/**
 * What macros ask of an Iceberg table, from its metadata: how its rows are partitioned (as DuckDB writes it), which columns
 * any of its layouts uses, and how many rows are stored and marked as deleted.
 * Source: https://iceberg.apache.org/spec/#table-metadata-fields
 */
export function icebergState(metadata: JsonObject): JsonObject {
  const names = columnNames(metadata);
  const specs = records(metadata["partition-specs"]);
  const current = specs.find((spec) => asText(spec["spec-id"]) === asText(metadata["default-spec-id"]));
  const snapshotId = metadata["current-snapshot-id"] ?? null;
  const snapshot = records(metadata["snapshots"]).find(
    (entry) => asText(entry["snapshot-id"]) === asText(snapshotId ?? ""),
  );
  const summary = isRecord(snapshot?.["summary"]) ? snapshot["summary"] : {};
  return {
    partitions: records(current?.["fields"]).map((field) => partitionText(field, names)),
    partition_columns: [
      ...new Set(specs.flatMap((spec) => records(spec["fields"]).map((field) => nameOf(field, names)))),
    ],
    stored_rows: Number(summary["total-records"] ?? 0),
    stored_bytes: Number(summary["total-files-size"] ?? 0),
    deleted_rows: Number(summary["total-position-deletes"] ?? 0),
    delete_files: Number(summary["total-delete-files"] ?? 0),
    snapshot_id: snapshotId === null ? null : asText(snapshotId),
  };
}

function columnNames(metadata: JsonObject): Map<string, string> {
  const names = new Map<string, string>();
  for (const schema of records(metadata["schemas"]))
    for (const field of records(schema["fields"])) names.set(asText(field["id"]), asText(field["name"]));
  return names;
}

function nameOf(field: JsonObject, names: ReadonlyMap<string, string>): string {
  return names.get(asText(field["source-id"])) ?? asText(field["name"]);
}

/** `bucket[4]` of column a → `bucket(4, a)`. */
function partitionText(field: JsonObject, names: ReadonlyMap<string, string>): string {
  const [, transform = "", width] = /^(\w+)(?:\[(\d+)\])?$/.exec(asText(field["transform"])) ?? [];
  const column = nameOf(field, names);
  if (transform === "identity") return column;
  return width === undefined ? `${transform}(${column})` : `${transform}(${width}, ${column})`;
}

function records(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? (value.filter(isRecord) as JsonObject[]) : [];
}
