/** `"a b".c.d` → its three parts, without quotes. */
const NAME = String.raw`("(?:[^"]|"")+"|\w+)`;
const ROW_CHANGE = new RegExp(
  String.raw`\b(?:truncate(?:\s+table)?|delete\s+from|update|merge\s+into)\s+${NAME}\.${NAME}\.${NAME}`,
  "gi",
);

export interface TableName {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}

/** Tables whose rows a statement may delete or change, as far as they are named with all three parts. */
export function tablesChanged(sql: string): TableName[] {
  return [...sql.matchAll(ROW_CHANGE)].map(([, database = "", schema = "", table = ""]) => ({
    database: unquoted(database),
    schema: unquoted(schema),
    table: unquoted(table),
  }));
}

export function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** The part of a table's metadata that tells its layouts. */
export interface TableLayouts {
  readonly "partition-specs": readonly unknown[];
  readonly "default-spec-id": number | string;
  readonly snapshots?: readonly { readonly "snapshot-id": unknown; readonly "manifest-list": string }[];
  readonly "current-snapshot-id"?: unknown;
}

/**
 * DuckDB 1.5 writes deletes of a table that was partitioned in several ways under the present way only; those of older
 * files are then seen by no other engine, and at times not by DuckDB. A query that counts the files which would be hit;
 * null where the table has one layout.
 */
export function olderFilesQuery(metadata: TableLayouts): string | null {
  if (metadata["partition-specs"].length < 2) return null;
  const current = metadata.snapshots?.find(
    (entry) => String(entry["snapshot-id"]) === String(metadata["current-snapshot-id"]),
  );
  if (current === undefined) return null;
  return `select coalesce(sum(added_files_count + existing_files_count), 0)::bigint
from read_avro('${current["manifest-list"].replaceAll("'", "''")}')
where content = 0 and partition_spec_id <> ${String(metadata["default-spec-id"])}`;
}
