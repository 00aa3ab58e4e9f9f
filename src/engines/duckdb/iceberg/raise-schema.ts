import type { JsonObject } from "../../../contracts/json.ts";
import type { RestCatalog } from "./rest-catalog.ts";

/**
 * DuckDB 1.5 gives a changed schema the id after the current one. Where a table went back to an earlier schema (a column
 * came and went), that id is taken, and every further ALTER fails. This makes the current schema the latest one: the same
 * columns under a new id. A catalog takes an equal schema for the old one, so the first column's `doc` gets a blank more.
 */
export async function raiseSchema(catalog: RestCatalog, schema: string, name: string): Promise<void> {
  const table = await catalog.table(schema, name);
  const current = table["current-schema-id"];
  const latest = Math.max(...table.schemas.map((entry) => entry["schema-id"]));
  if (current === latest) return;
  const fields = table.schemas.find((entry) => entry["schema-id"] === current)?.fields ?? [];
  const docs = table.schemas.map((entry) => docOf(entry.fields[0]));
  let doc = docOf(fields[0]);
  while (docs.includes(doc)) doc += " ";
  const raised = fields.map((field, index) => (index === 0 ? { ...field, doc } : field));
  await catalog.commit(
    schema,
    name,
    [
      { type: "assert-table-uuid", uuid: table["table-uuid"] },
      { type: "assert-current-schema-id", "current-schema-id": current },
    ],
    [
      { action: "add-schema", schema: { type: "struct", fields: raised } },
      { action: "set-current-schema", "schema-id": -1 },
    ],
  );
}

function docOf(field: JsonObject | undefined): string {
  const doc = field?.["doc"];
  return typeof doc === "string" ? doc : "";
}
