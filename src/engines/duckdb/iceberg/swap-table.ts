import type { JsonObject } from "../../../contracts/json.ts";
import { errorMessage } from "../../../shared/objects.ts";
import type { IcebergSchema, RestCatalog, TableMetadata } from "./rest-catalog.ts";

const ATTEMPTS = 5;

/**
 * Puts the rows and columns of `from`, a new table, under `to`'s name in one commit, and keeps `to`'s history: its next
 * snapshot is that of `from`. Nothing of the old rows is read or marked as deleted. `from` is gone afterwards; its files
 * are `to`'s. It is taken out of the catalog first, so that nobody can drop it together with files that are in use.
 * Throws where the two are laid out in different ways, or the catalog refuses; `to` is then as it was.
 */
export async function swapTable(catalog: RestCatalog, schema: string, from: string, to: string): Promise<void> {
  const source = await catalog.table(schema, from);
  await catalog.unregister(schema, from);
  for (let attempt = 1; ; attempt++) {
    const target = await catalog.table(schema, to);
    checkLayout(source, target);
    try {
      await catalog.commit(schema, to, requirementsOf(target), updatesOf(source, target));
      return;
    } catch (error) {
      // Another writer was first; a replacement replaces its rows as well.
      if (attempt >= ATTEMPTS || !errorMessage(error).includes("answered 409")) throw error;
    }
  }
}

/** Files say by which of a table's layouts they were written, by number. */
function checkLayout(source: TableMetadata, target: TableMetadata): void {
  const number = source["default-spec-id"];
  const spec = (table: TableMetadata): string => {
    const found = table["partition-specs"].find((entry) => entry["spec-id"] === number);
    const fields = (found?.["fields"] ?? []) as JsonObject[];
    return JSON.stringify(fields.map((field) => [field["source-id"], field["field-id"], field["transform"]]));
  };
  if (source["format-version"] !== 2 || target["format-version"] !== 2)
    throw new Error("only tables of format version 2 are swapped");
  if (target["default-spec-id"] !== number || spec(source) !== spec(target))
    throw new Error("the new table is partitioned in another way than the old one");
}

function requirementsOf(target: TableMetadata): JsonObject[] {
  return [
    { type: "assert-table-uuid", uuid: target["table-uuid"] },
    { type: "assert-ref-snapshot-id", ref: "main", "snapshot-id": target["current-snapshot-id"] },
  ];
}

function updatesOf(source: TableMetadata, target: TableMetadata): JsonObject[] {
  const snapshot = source.snapshots?.find((entry) => entry["snapshot-id"] === source["current-snapshot-id"]);
  const schema = source.schemas.find((entry) => entry["schema-id"] === source["current-schema-id"]);
  if (snapshot === undefined || schema === undefined) throw new Error("the new table has no snapshot");
  const { id, updates } = schemaOf(target, schema);
  return [
    ...updates,
    {
      action: "add-snapshot",
      snapshot: {
        "snapshot-id": snapshot["snapshot-id"],
        "sequence-number": target["last-sequence-number"] + 1,
        "timestamp-ms": Date.now(),
        "manifest-list": snapshot["manifest-list"],
        summary: { ...snapshot.summary, operation: "overwrite" },
        "schema-id": id,
      },
    },
    { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": snapshot["snapshot-id"] },
  ];
}

/** The number that the schema has or gets in the table, and what makes it the current one. */
function schemaOf(target: TableMetadata, { fields }: IcebergSchema): { id: number; updates: JsonObject[] } {
  const text = JSON.stringify(fields);
  const known = target.schemas.find((entry) => JSON.stringify(entry.fields) === text)?.["schema-id"];
  if (known === target["current-schema-id"]) return { id: known, updates: [] };
  if (known !== undefined) return { id: known, updates: [{ action: "set-current-schema", "schema-id": known }] };
  return {
    id: Math.max(...target.schemas.map((entry) => entry["schema-id"])) + 1,
    updates: [
      { action: "add-schema", schema: { type: "struct", fields: [...fields] } },
      { action: "set-current-schema", "schema-id": -1 },
    ],
  };
}
