import type { EngineConnection, RelationMeasure, RelationName } from "../../contracts/engine.ts";
import { listRelations } from "./catalog.ts";

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/**
 * Rows by the connector's statistics, for what is there; a view has none.
 * Source: https://trino.io/docs/current/sql/show-stats.html (the last row is the table's own).
 */
export async function measureRelations(
  connection: EngineConnection,
  relations: readonly RelationName[],
): Promise<(RelationMeasure | null)[]> {
  const types = new Map<string, string>();
  for (const [database, schemas] of bySchema(relations))
    for (const row of await listRelations(connection, database, [...schemas])) types.set(keyOf(row), row.type);
  const measures: (RelationMeasure | null)[] = [];
  for (const relation of relations) {
    const type = types.get(keyOf(relation));
    if (type === undefined) measures.push(null);
    else if (type === "view") measures.push({ format: "view", rows: null, bytes: null, version: null });
    else measures.push({ format: "table", rows: await countOf(connection, relation), bytes: null, version: null });
  }
  return measures;
}

async function countOf(
  connection: EngineConnection,
  { database, schema, identifier }: RelationName,
): Promise<number | null> {
  const name = [database, schema, identifier].map(quote).join(".");
  const { columns, data, rowCount } = await connection.execute(`show stats for ${name}`, true);
  const counts = data[columns.findIndex((column) => column.name === "row_count")] ?? [];
  const count = counts[rowCount - 1];
  return count === null || count === undefined ? null : Number(count);
}

function bySchema(relations: readonly RelationName[]): Map<string, Set<string>> {
  const schemas = new Map<string, Set<string>>();
  for (const { database, schema } of relations)
    schemas.set(database, (schemas.get(database) ?? new Set<string>()).add(schema));
  return schemas;
}

function keyOf({ database, schema, identifier }: RelationName): string {
  return [database, schema, identifier].join("\0").toLowerCase();
}
