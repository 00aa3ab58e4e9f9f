import { createHash } from "node:crypto";
import type { EngineConnection, RelationName } from "../../contracts/engine.ts";
import { asText } from "../../shared/objects.ts";
import { quoted } from "../../shared/quoted.ts";

/** DuckDB gives lists that differ the same hash (`[0]` and `[0, 0]`); their texts differ. */
const NESTED = /\[|^(STRUCT|MAP|UNION|VARIANT|JSON)\b/i;

/**
 * A text that changes with the rows of a table or view, in whatever order they come: DuckDB keeps no version of a table, and
 * hashing a row costs a small part of copying it. Null for what has no columns to hash.
 */
export async function contentVersion(
  connection: EngineConnection,
  { database, schema, identifier }: RelationName,
): Promise<string | null> {
  const name = [database, schema, identifier].map(quoted).join(".");
  const columns = await connection.describe(`select * from ${name}`);
  if (columns.length === 0) return null;
  const values = columns.map((column) =>
    NESTED.test(column.type) ? `${quoted(column.name)}::varchar` : quoted(column.name),
  );
  const row = `hash(${values.join(", ")})`;
  const { data } = await connection.execute(
    `select count(*)::varchar, sum(${row})::varchar, bit_xor(${row})::varchar from ${name}`,
    true,
  );
  const parts = [...columns.flatMap((column) => [column.name, column.type]), ...data.map(([value]) => asText(value))];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
