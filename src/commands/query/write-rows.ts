import { fail } from "../../contracts/diagnostic.ts";
import type { EngineConnection, RelationName, RowStage } from "../../contracts/engine.ts";
import type { UploadMode } from "../../contracts/query.ts";
import { quoted } from "../../shared/quoted.ts";
import { relationText } from "./table-directory.ts";
import type { Shelf } from "./upload-loader.ts";

export interface RowsToWrite {
  readonly shelf: Shelf;
  readonly relation: RelationName;
  readonly isThere: boolean;
  /** Where the writer finds the rows. */
  readonly rows: RowStage;
  readonly mode: UploadMode;
}

type Run = (sql: string) => Promise<unknown>;

/** Puts staged rows into their table: one transaction, one commit of the catalog, or a table that takes the name when it is whole. */
export async function writeRows(connection: EngineConnection, what: RowsToWrite): Promise<void> {
  const { shelf, relation, isThere, mode } = what;
  const run: Run = (sql) => connection.execute(sql, false);
  const { names, query } = await storedColumns(connection, what);
  await run(`create schema if not exists ${quoted(relation.database)}.${quoted(relation.schema)}`);
  const name = relationText(relation);
  if (!isThere) await run(`create table ${name} as ${query}`);
  else if (mode === "append") await run(`insert into ${name} (${names}) ${query}`);
  else await REPLACE[shelf.target](connection, run, relation, query);
}

/** The staged rows, with types that the place has. */
async function storedColumns(
  connection: EngineConnection,
  { shelf, rows }: RowsToWrite,
): Promise<{ names: string; query: string }> {
  const columns = await connection.describe(`select * from ${rows.text} limit 0`);
  const cells = columns.map(({ name, type }) => {
    const stored = shelf.storedType(type);
    return stored === type ? quoted(name) : `cast(${quoted(name)} as ${stored}) as ${quoted(name)}`;
  });
  const names = columns.map(({ name }) => quoted(name)).join(", ");
  return { names, query: `select ${cells.join(", ")} from ${rows.text}` };
}

const REPLACE: Readonly<Record<Shelf["target"], typeof swap>> = {
  duckdb: async (_, run, relation, query) => {
    await run(`create or replace table ${relationText(relation)} as ${query}`);
  },
  iceberg: swap,
  trino: rename,
};

const beside = (relation: RelationName, what: string): RelationName => ({
  ...relation,
  identifier: `${relation.identifier}__duckhouse_${what}`,
});

async function swap(connection: EngineConnection, run: Run, relation: RelationName, query: string): Promise<void> {
  const made = beside(relation, "new");
  await run(`drop table if exists ${relationText(made)}`);
  await run(`create table ${relationText(made)} as ${query}`);
  const parts = [relation.database, relation.schema, made.identifier, relation.identifier];
  const literals = parts.map((part) => `'${part.replaceAll("'", "''")}'`).join(", ");
  const { data } = await connection.execute(`call duckhouse_swap_table(${literals})`, true);
  const problem = data[0]?.[0];
  if (typeof problem !== "string") return;
  await run(`drop table if exists ${relationText(made)}`);
  fail("DH1809", `${relationText(relation)} cannot be replaced: ${problem}`, null, "Drop it first.");
}

/** Between two renames the name is empty for a moment; the old table keeps its rows until the new one has its name. */
async function rename(_: EngineConnection, run: Run, relation: RelationName, query: string): Promise<void> {
  const [made, old] = [beside(relation, "new"), beside(relation, "old")];
  await run(`drop table if exists ${relationText(made)}`);
  await run(`create table ${relationText(made)} as ${query}`);
  await run(`alter table ${relationText(relation)} rename to ${relationText(old)}`);
  try {
    await run(`alter table ${relationText(made)} rename to ${relationText(relation)}`);
  } catch (error) {
    await run(`alter table ${relationText(old)} rename to ${relationText(relation)}`);
    await run(`drop table if exists ${relationText(made)}`);
    throw error;
  }
  await run(`drop table ${relationText(old)}`);
}
