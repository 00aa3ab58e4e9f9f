import type { RelationMeasure, RelationName } from "../../contracts/engine.ts";
import type { JsonObject } from "../../contracts/json.ts";
import { asText, errorMessage } from "../../shared/objects.ts";
import { icebergState } from "./iceberg/state.ts";
import { exactIds } from "./iceberg/rest-catalog.ts";
import { quoted } from "../../shared/quoted.ts";

/** Runs a statement that may name the database; gives its columns. */
type Ask = (database: string, sql: string) => Promise<readonly (readonly unknown[])[]>;

/** Requests that a catalog's server is asked at the same time. */
const AT_A_TIME = 8;

/**
 * Rows and bytes without reading a row: DuckDB's own tables from its storage, Iceberg tables from their metadata (what is
 * marked as deleted is taken off).
 */
export async function measureRelations(
  relations: readonly RelationName[],
  isIceberg: (database: string) => boolean,
  ask: Ask,
): Promise<(RelationMeasure | null)[]> {
  const measured = new Map<string, RelationMeasure>();
  const own = [...new Set(relations.map((one) => one.database.toLowerCase()))].filter((name) => !isIceberg(name));
  for (const database of own) await measureDatabase(database, ask, measured);
  const others = await inExistingSchemas(
    relations.filter((one) => isIceberg(one.database)),
    ask,
  );
  for (let start = 0; start < others.length; start += AT_A_TIME)
    await Promise.all(
      others.slice(start, start + AT_A_TIME).map(async (relation) => {
        const found = await measureIceberg(relation, ask);
        if (found !== null) measured.set(keyOf(relation), found);
      }),
    );
  return relations.map((relation) => measured.get(keyOf(relation)) ?? null);
}

/** DuckDB keeps in mind that a schema was missing and never looks again: one that another engine makes would not be found. */
async function inExistingSchemas(relations: readonly RelationName[], ask: Ask): Promise<RelationName[]> {
  const existing = new Set<string>();
  for (const database of new Set(relations.map((one) => one.database))) {
    const name = database.toLowerCase().replaceAll("'", "''");
    const [schemas = []] = await ask(
      database,
      `select schema_name from duckdb_schemas() where lower(database_name) = '${name}'`,
    );
    for (const schema of schemas) existing.add(`${database}\0${asText(schema)}`.toLowerCase());
  }
  return relations.filter(({ database, schema }) => existing.has(`${database}\0${schema}`.toLowerCase()));
}

async function measureDatabase(database: string, ask: Ask, into: Map<string, RelationMeasure>): Promise<void> {
  const where = `where lower(database_name) = '${database.replaceAll("'", "''")}' and not temporary`;
  const [schemas = [], names = [], formats = [], rows = []] = await ask(
    database,
    `select schema_name, table_name, 'table', estimated_size from duckdb_tables() ${where}
     union all select schema_name, view_name, 'view', null from duckdb_views() ${where} and not internal`,
  );
  names.forEach((name, index) => {
    const count = rows[index] ?? null;
    into.set(keyOf({ database, schema: asText(schemas[index]), identifier: asText(name) }), {
      format: formats[index] === "view" ? "view" : "table",
      rows: count === null ? null : Number(count),
      bytes: null,
      version: null,
    });
  });
}

async function measureIceberg(relation: RelationName, ask: Ask): Promise<RelationMeasure | null> {
  const { database, schema, identifier } = relation;
  const name = [database, schema, identifier].map(quoted).join(".");
  try {
    const [texts = []] = await ask(
      database,
      `select metadata::json::varchar from iceberg_load_table_response(${name})`,
    );
    const metadata = JSON.parse(exactIds(asText(texts[0]))) as JsonObject;
    const state = icebergState(metadata);
    return {
      format: "iceberg",
      rows: Math.max(0, Number(state["stored_rows"]) - Number(state["deleted_rows"])),
      bytes: state["stored_bytes"] === null ? null : Number(state["stored_bytes"]),
      version: state["snapshot_id"] === null ? null : asText(state["snapshot_id"] ?? null),
    };
  } catch (error) {
    // A view is not a table to DuckDB, and no schema means no table either.
    if (/does not exist|not found|NoSuch|no such/i.test(errorMessage(error))) return null;
    throw error;
  }
}

function keyOf({ database, schema, identifier }: RelationName): string {
  return [database, schema, identifier].join("\0").toLowerCase();
}
