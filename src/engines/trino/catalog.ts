import type { CatalogColumn, EngineConnection, RelationRow } from "../../contracts/engine.ts";
import { asText } from "../../shared/objects.ts";

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const inList = (names: readonly string[]): string => names.map((entry) => quote(entry.toLowerCase())).join(", ");

/** Tables, views and materialized views of the given schemas (null = all), in one query. */
export async function listRelations(
  connection: EngineConnection,
  database: string,
  schemas: readonly string[] | null,
): Promise<RelationRow[]> {
  if (schemas?.length === 0) return [];
  const filter = (column: string): string => (schemas === null ? "" : ` and ${column} in (${inList(schemas)})`);
  const { data } = await connection.execute(
    `select t.table_schema, t.table_name, case when m.name is not null then 'materialized_view' when t.table_type = 'VIEW' then 'view' else 'table' end
     from ${name(database)}.information_schema.tables t
     left join (
       select schema_name, name from system.metadata.materialized_views
       where catalog_name = ${quote(database.toLowerCase())}${filter("schema_name")}
     ) m on m.schema_name = t.table_schema and m.name = t.table_name
     where t.table_schema <> 'information_schema'${filter("t.table_schema")}`,
    true,
  );
  const [names = [], tables = [], types = []] = data;
  return names.map((schema, row) => ({
    database,
    schema: asText(schema),
    identifier: asText(tables[row]),
    type: asText(types[row]) as RelationRow["type"],
  }));
}

export async function listSchemas(connection: EngineConnection, database: string): Promise<string[]> {
  const { data } = await connection.execute(
    `select schema_name from ${name(database)}.information_schema.schemata`,
    true,
  );
  return (data[0] ?? []).map(asText);
}

/** Every column of the given schemas, with comments, for the catalog artifact. */
export async function readCatalog(
  connection: EngineConnection,
  database: string,
  schemas: readonly string[],
): Promise<CatalogColumn[]> {
  if (schemas.length === 0) return [];
  const { data } = await connection.execute(
    `select c.table_schema, c.table_name, t.table_type, o.comment, c.column_name, c.ordinal_position, c.data_type, c.comment
     from ${name(database)}.information_schema.columns c
     join ${name(database)}.information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
     left join system.metadata.table_comments o
       on o.catalog_name = ${quote(database.toLowerCase())} and o.schema_name = c.table_schema and o.table_name = c.table_name
     where c.table_schema in (${inList(schemas)})
     order by c.table_schema, c.table_name, c.ordinal_position`,
    true,
  );
  const cell = (column: number, row: number): unknown => data[column]?.[row] ?? null;
  const optional = (value: unknown): string | null => (value === null ? null : asText(value));
  return (data[0] ?? []).map((schema, row) => ({
    database,
    schema: asText(schema),
    relation: asText(cell(1, row)),
    relationType: asText(cell(2, row)),
    relationComment: optional(cell(3, row)),
    owner: null,
    column: asText(cell(4, row)),
    index: Number(cell(5, row)),
    dataType: asText(cell(6, row)),
    columnComment: optional(cell(7, row)),
  }));
}
