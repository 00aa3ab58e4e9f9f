import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { StatementType, type DuckDBConnection } from "@duckdb/node-api";
import { asText } from "../../shared/objects.ts";
import { DuckDbError } from "./errors.ts";

/** What clients of a server may still read outside of the database. */
export interface LockDown {
  /** Where uploads are staged. */
  readonly stageFolder: string;
  /** SQL in which files are named that the project reads. */
  readonly texts: readonly string[];
  /** Warehouses of the catalogs that are attached. */
  readonly warehouses: readonly string[];
}

/**
 * Shuts the database off from files, settings and extensions: everything that may be needed has to be there before. What
 * an engine so locked still lets through is refused by `refuseForbidden`.
 */
export async function lockDown(connection: DuckDBConnection, options: LockDown): Promise<void> {
  const column = async (sql: string): Promise<string[]> =>
    (await connection.runAndReadAll(sql)).getRows().map(([value]) => asText(value));
  // Types and formats that are loaded at their first use otherwise.
  for (const extension of ["icu", "json", "parquet"]) await connection.run(`load ${extension}`).catch(() => undefined);
  const [spill = ""] = await column("select current_setting('temp_directory')");
  const spillFolder = resolve(spill === "" ? options.stageFolder : spill);
  mkdirSync(spillFolder, { recursive: true });
  const views = await column("select sql from duckdb_views() where not internal");
  const folders = new Set([options.stageFolder, spillFolder, ...options.warehouses]);
  // A new table of an Iceberg catalog asks for this name, relative to nothing.
  const files = new Set(["data"]);
  for (const name of [...options.texts, ...views].flatMap(filesIn)) {
    const folder = /[*?[]/.test(name) ? name.slice(0, name.search(/[*?[]/)).replace(/[^/]*$/, "") : null;
    if (folder === null) files.add(isRemote(name) ? name : resolve(name));
    else if (folder !== "" && folder !== "./") folders.add(isRemote(folder) ? folder : resolve(folder));
    // Of the project's own folder only those that are there: its profile is there too.
    else for (const file of await column(`select file from glob(${quote(name)})`)) files.add(resolve(file));
  }
  for (const statement of [
    `set temp_directory = ${quote(spillFolder)}`,
    `set allowed_directories = [${[...folders].map(quote).join(", ")}]`,
    `set allowed_paths = [${[...files].map(quote).join(", ")}]`,
    "set enable_external_access = false",
    "set lock_configuration = true",
  ])
    await connection.run(statement);
}

/** Names of files in calls like `read_csv('…')` and in FROM; other texts may be among them, and name no file. */
function filesIn(sql: string): string[] {
  return [...sql.matchAll(/'((?:[^']|'')+)'/g)]
    .map(([, text = ""]) => text.replaceAll("''", "'"))
    .filter((text) => /[/.]/.test(text));
}

function isRemote(name: string): boolean {
  return /^[a-z0-9]+:\/\//i.test(name);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const ALLOWED: ReadonlySet<StatementType> = new Set([
  StatementType.SELECT,
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.MERGE_INTO,
  StatementType.CREATE,
  StatementType.DROP,
  StatementType.ALTER,
  StatementType.EXPLAIN,
]);

/** Functions that tell secrets and settings, run a text that nobody has looked at, or show what a catalog's login is. */
const FORBIDDEN =
  /\b(duckdb_secrets|which_secret|duckdb_settings|current_setting|getenv|duckdb_logs\w*|query|query_table|json_execute_serialized_sql|iceberg_load_table_response)"?\s*\(/i;
const SECRET = /^\s*(create|drop)\s+(or\s+replace\s+)?((persistent|temporary|temp)\s+)?secret\b/i;
const EXPLAIN = /^\s*explain\s+(analy[sz]e\s+|\([^)]*\)\s*)?/i;

/** Throws DuckDbError where a client of a server may not run this. */
export async function refuseForbidden(connection: DuckDBConnection, sql: string): Promise<void> {
  const text = withoutComments(sql);
  const [, name] = FORBIDDEN.exec(text) ?? [];
  if (name !== undefined) refuse(`the function ${name}`);
  if (SECRET.test(text)) refuse("a statement about secrets");
  const statements = await connection.extractStatements(sql);
  if (statements.count > 1) refuse("a text of several statements");
  if (statements.count === 0) return;
  const prepared = await statements.prepare(0);
  const type = prepared.statementType;
  prepared.destroySync();
  if (!ALLOWED.has(type)) refuse(`a statement of the kind ${StatementType[type]}`);
  if (type === StatementType.EXPLAIN && EXPLAIN.test(text))
    await refuseForbidden(connection, text.replace(EXPLAIN, ""));
}

/** Texts stay: a function may be named by one. */
function withoutComments(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, (token) =>
    token.startsWith("--") || token.startsWith("/*") ? " " : token,
  );
}

function refuse(what: string): never {
  throw new DuckDbError(
    `Permission Error: The server does not run ${what}`,
    "Queries, INSERT, UPDATE, DELETE, MERGE, and CREATE, ALTER and DROP of tables and views are run, one at a time.",
  );
}
