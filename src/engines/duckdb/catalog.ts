import type {
  CatalogColumn,
  EngineConnection,
  KeyConstraint,
  RelationRow,
  WrittenTable,
} from "../../contracts/engine.ts";
import { asText } from "../../shared/objects.ts";

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const inList = (names: readonly string[]): string =>
  names.length === 0 ? "('')" : `(${names.map((name) => quote(name.toLowerCase())).join(", ")})`;

/** Tables and views of the given schemas (null = all). */
export async function listRelations(
  connection: EngineConnection,
  database: string,
  schemas: readonly string[] | null,
): Promise<RelationRow[]> {
  const filter = schemas === null ? "" : ` and lower(schema_name) in ${inList(schemas)}`;
  const { data } = await connection.execute(
    `select schema_name, table_name, 'table' from duckdb_tables() where lower(database_name) = ${quote(database.toLowerCase())} and not temporary${filter}
     union all
     select schema_name, view_name, 'view' from duckdb_views() where lower(database_name) = ${quote(database.toLowerCase())} and not internal and not temporary${filter}`,
    true,
  );
  const [names = [], tables = [], types = []] = data;
  return names.map((schema, row) => ({
    database,
    schema: String(schema),
    identifier: String(tables[row]),
    type: types[row] === "view" ? "view" : "table",
  }));
}

/** Primary, unique and foreign keys of a schema's tables. */
export async function listKeyConstraints(
  connection: EngineConnection,
  database: string,
  schema: string,
): Promise<KeyConstraint[]> {
  const { data } = await connection.execute(
    `select table_name, constraint_type, constraint_name, referenced_table, constraint_index,
       unnest(constraint_column_names), unnest(referenced_column_names)
     from duckdb_constraints()
     where lower(database_name) = ${quote(database.toLowerCase())} and lower(schema_name) = ${quote(schema.toLowerCase())}
       and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')`,
    true,
  );
  const [tables = [], types = [], names = [], references = [], numbers = [], columns = [], referenced = []] = data;
  const keys = new Map<string, { row: number; columns: string[]; referenced: string[] }>();
  for (const [row, number] of numbers.entries()) {
    const id = `${asText(number)} of ${asText(tables[row])}`;
    const key = keys.get(id) ?? { row, columns: [], referenced: [] };
    keys.set(id, key);
    key.columns.push(asText(columns[row]));
    key.referenced.push(asText(referenced[row]));
  }
  return [...keys.values()].map(({ row, ...key }) => ({
    table: asText(tables[row]),
    type: asText(types[row]).toLowerCase().replace(" ", "_") as KeyConstraint["type"],
    name: asText(names[row]),
    columns: key.columns,
    referenced: references[row] === null ? null : { table: asText(references[row]), columns: key.referenced },
  }));
}

export async function listSchemas(connection: EngineConnection, database: string): Promise<string[]> {
  const { data } = await connection.execute(
    `select distinct schema_name from duckdb_schemas() where lower(database_name) = ${quote(database.toLowerCase())}`,
    true,
  );
  return (data[0] ?? []).map(String);
}

/** Every column of the given schemas, with comments, for the catalog artifact. */
export async function readCatalog(
  connection: EngineConnection,
  database: string,
  schemas: readonly string[],
): Promise<CatalogColumn[]> {
  const { data } = await connection.execute(
    `with relations as (
       select database_name, schema_name, table_name as name, table_oid as oid, 'BASE TABLE' as kind, comment from duckdb_tables()
       union all
       select database_name, schema_name, view_name, view_oid, 'VIEW', comment from duckdb_views()
     )
     select r.schema_name, r.name, r.kind, r.comment, c.column_name, c.column_index, c.data_type, c.comment
     from relations as r
     join duckdb_columns() as c on c.database_name = r.database_name and c.schema_name = r.schema_name and c.table_name = r.name and c.table_oid = r.oid
     where lower(r.database_name) = ${quote(database.toLowerCase())} and lower(r.schema_name) in ${inList(schemas)}
     order by r.schema_name, r.name, c.column_index`,
    true,
  );
  const cell = (column: number, row: number): unknown => data[column]?.[row] ?? null;
  const optional = (value: unknown): string | null => (value === null ? null : asText(value));
  return (data[0] ?? []).map((schema, row) => ({
    database,
    schema: String(schema),
    relation: String(cell(1, row)),
    relationType: String(cell(2, row)),
    relationComment: optional(cell(3, row)),
    owner: "",
    column: String(cell(4, row)),
    index: Number(cell(5, row)),
    dataType: String(cell(6, row)),
    columnComment: optional(cell(7, row)),
  }));
}

/** The same of an Iceberg catalog, where DuckDB knows a table's columns only once it was asked for the table. */
export async function readIcebergCatalog(
  connection: EngineConnection,
  database: string,
  schemas: readonly string[],
): Promise<CatalogColumn[]> {
  const columns: CatalogColumn[] = [];
  for (const { schema, identifier } of await listRelations(connection, database, schemas)) {
    const { data } = await connection.execute(`describe ${fullName(database, schema, identifier)}`, true);
    const [names = [], types = []] = data;
    const table = {
      database,
      schema,
      relation: identifier,
      relationType: "BASE TABLE",
      relationComment: null,
      owner: "",
    };
    names.forEach((name, row) =>
      columns.push({
        ...table,
        column: asText(name),
        index: row + 1,
        dataType: asText(types[row]),
        columnComment: null,
      }),
    );
  }
  return columns;
}

function fullName(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
}

/**
 * The newest snapshot of each of an Iceberg catalog's tables, as text. DuckDB leaves no mark of its own in a snapshot, so
 * that of somebody who wrote since cannot be told from ours. What cannot be found out is null.
 */
export async function newestSnapshots(
  connection: EngineConnection,
  tables: readonly WrittenTable[],
): Promise<(string | null)[]> {
  const ids: (string | null)[] = [];
  for (const { database, schema, identifier } of tables) {
    const name = fullName(database, schema, identifier);
    try {
      const { data } = await connection.execute(
        `select snapshot_id::varchar from iceberg_snapshots(${name}) where operation <> 'replace' order by sequence_number desc limit 1`,
        true,
      );
      ids.push(data[0]?.[0] === undefined ? null : asText(data[0][0]));
    } catch {
      ids.push(null);
    }
  }
  return ids;
}
