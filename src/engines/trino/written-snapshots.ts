import type { EngineConnection, WrittenTable } from "../../contracts/engine.ts";
import { asText } from "../../shared/objects.ts";

/** Tables a statement: Trino plans each part of it. */
const AT_ONCE = 50;

const name = (text: string): string => `"${text.toLowerCase().replaceAll('"', '""')}"`;
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * The ids of the Iceberg snapshots that queries made: a snapshot holds its query's id. Many tables are asked about in one
 * statement. What cannot be found out is null: the rows are written, and this is only told of them.
 */
export async function writtenSnapshots(
  connection: EngineConnection,
  tables: readonly WrittenTable[],
): Promise<(string | null)[]> {
  const unknown = tables.filter((table) => !table.keepsSnapshots);
  const catalogs = await icebergCatalogs(connection, unknown);
  const asked = tables.filter((table) => table.keepsSnapshots || catalogs.has(table.database.toLowerCase()));
  const found = new Map<WrittenTable, string>();
  for (let start = 0; start < asked.length; start += AT_ONCE)
    await find(connection, asked.slice(start, start + AT_ONCE), found);
  return tables.map((table) => found.get(table) ?? null);
}

async function icebergCatalogs(connection: EngineConnection, tables: readonly WrittenTable[]): Promise<Set<string>> {
  if (tables.length === 0) return new Set();
  try {
    const { data } = await connection.execute(
      "select catalog_name from system.metadata.catalogs where connector_name = 'iceberg'",
      true,
    );
    return new Set((data[0] ?? []).map(asText));
  } catch {
    return new Set();
  }
}

/** A table that is gone, or that may not be read, fails the whole statement: then each half is asked alone. */
async function find(
  connection: EngineConnection,
  tables: readonly WrittenTable[],
  found: Map<WrittenTable, string>,
): Promise<void> {
  try {
    const { data } = await connection.execute(`${tables.map(snapshotsOf).join("\nunion all\n")}\norder by 3`, true);
    const [indexes = [], ids = []] = data;
    // The newest comes last.
    indexes.forEach((index, row) => {
      const table = tables[Number(index)];
      if (table !== undefined) found.set(table, asText(ids[row]));
    });
  } catch {
    if (tables.length === 1) return;
    const middle = Math.ceil(tables.length / 2);
    await find(connection, tables.slice(0, middle), found);
    await find(connection, tables.slice(middle), found);
  }
}

/** A compaction ('replace') writes no rows of its own. Ids are longer than the numbers JSON has. */
function snapshotsOf({ database, schema, identifier, queryId }: WrittenTable, index: number): string {
  const wanted =
    queryId === null ? "operation <> 'replace'" : `element_at(summary, 'trino_query_id') = ${quote(queryId)}`;
  const table = `${name(database)}.${name(schema)}.${name(`${identifier}$snapshots`)}`;
  return `select ${String(index)}, cast(snapshot_id as varchar), committed_at from ${table} where ${wanted}`;
}
