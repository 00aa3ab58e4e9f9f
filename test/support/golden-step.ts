import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { run } from "./program.ts";

/** One entry of a golden project's steps.json; test/projects/README.md describes it. */
export interface StepSpec {
  readonly name: string;
  readonly command: string;
  readonly exit_code?: number;
  readonly edit?: string;
  readonly delete?: readonly string[];
  readonly sql?: readonly string[];
  readonly env?: Record<string, string>;
  readonly save_state?: string;
  readonly keep_artifacts?: boolean;
}

export type Recorded = Record<string, unknown>;

/** Does one step with our program and records the same parts as the golden entry has. */
export async function runStep(
  spec: StepSpec,
  golden: Recorded,
  work: string,
  mask: Record<string, string[]>,
): Promise<Recorded> {
  const project = join(work, "project");
  const target = join(project, "target");
  if (spec.edit !== undefined) cpSync(join(work, "edits", spec.edit), project, { recursive: true });
  for (const gone of spec.delete ?? []) rmSync(join(project, gone));
  if (spec.sql !== undefined) await execute(join(project, "golden.duckdb"), spec.sql);
  rmSync(join(target, "compiled"), { recursive: true, force: true });
  // `retry` goes by the results of the step before.
  if (spec.command !== "retry" && spec.keep_artifacts !== true)
    for (const name of ["run_results.json", "sources.json", "catalog.json"])
      rmSync(join(target, name), { force: true });
  const quiet = "stdout" in golden ? ["--quiet"] : [];
  const ran = await run([...quiet, ...words(spec.command)], project, spec.env ?? {});
  if (spec.save_state !== undefined) {
    mkdirSync(join(project, spec.save_state));
    for (const name of ["manifest.json", "run_results.json", "sources.json"].filter((name) =>
      existsSync(join(target, name)),
    ))
      cpSync(join(target, name), join(project, spec.save_state, name));
  }
  const recorded: Recorded = { name: spec.name, command: spec.command, exit_code: ran.code };
  if ("results" in golden) recorded["results"] = results(project, target);
  if ("compiled" in golden) recorded["compiled"] = compiled(join(target, "compiled"));
  if ("nodes" in golden) recorded["nodes"] = nodes(target);
  if ("tables" in golden) recorded["tables"] = await tables(project, mask);
  if ("stdout" in golden)
    recorded["stdout"] = ran.stdout
      .split("\n")
      .filter((line) => line.trim() !== "")
      .sort();
  if ("sources" in golden) recorded["sources"] = sources(target);
  if ("catalog" in golden) recorded["catalog"] = catalog(target);
  return recorded;
}

/** Splits a command line as a shell does; quotes keep spaces. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

async function execute(path: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

const collapse = (text: string): string =>
  text
    .split(/\s+/)
    .filter((word) => word !== "")
    .join(" ");

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return --
   artifacts are read as the untyped JSON that other programs would find */
function readJson(path: string): any {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}

function results(project: string, target: string): Recorded {
  const report = readJson(join(target, "run_results.json")) ?? { results: [] };
  return Object.fromEntries(
    report.results.map((result: any) => [
      result.unique_id,
      {
        status: result.status,
        failures: result.failures,
        message: neutral(result.message, project),
        ...(result.batch_results === null ? {} : { batch_results: result.batch_results }),
      },
    ]),
  );
}

/** White space collapsed; without folders, line numbers of generated SQL, and the chain of macros. */
function neutral(message: string | null, project: string): string | null {
  if (message === null || message === "") return message;
  const text = collapse(message.replaceAll(`${project}/`, "")).split(/ LINE \d+: | > in (?:macro )?/)[0] ?? "";
  // Which near name DuckDB offers hangs on the order of its catalog.
  return text.replace(/ Did you mean ".*?"\?/, "");
}

function compiled(folder: string): Recorded {
  const found: Recorded = {};
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && path.endsWith(".sql"))
      found[path.slice(folder.length + 1)] = collapse(readFileSync(path, "utf8"));
  }
  return found;
}

const CONFIG_KEYS = (
  "enabled materialized schema database alias tags meta group access contract full_refresh persist_docs on_schema_change " +
  "incremental_strategy unique_key event_time batch_size begin lookback indexes quote_columns column_types delimiter " +
  "strategy updated_at check_cols hard_deletes dbt_valid_to_current snapshot_meta_column_names " +
  "severity where limit fail_calc warn_if error_if store_failures store_failures_as " +
  "pre-hook post-hook location format parameters merge_update_columns merge_exclude_columns"
).split(" ");

function clean(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function cleaned(record: Record<string, unknown>): Recorded {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => clean(value)));
}

function nodes(target: string): Recorded {
  const manifest = readJson(join(target, "manifest.json"));
  const found: Recorded = {};
  for (const group of ["nodes", "sources", "exposures", "unit_tests", "functions"]) {
    for (const [id, node] of Object.entries<any>(manifest[group] ?? {}))
      if (node.package_name !== "dbt") found[id] = nodeEntry(node);
  }
  for (const id of Object.keys(manifest.disabled ?? {})) found[id] = { disabled: true };
  return found;
}

function nodeEntry(node: any): Recorded {
  const columns = Object.entries<any>(node.columns ?? {}).map(([name, column]) => [
    name,
    cleaned({ description: column.description, data_type: column.data_type }),
  ]);
  return cleaned({
    resource_type: node.resource_type,
    schema: node.schema,
    alias: node.alias,
    identifier: node.identifier,
    relation_name: node.relation_name?.replace(/^"[^"]*"\./, ""),
    original_file_path: node.original_file_path,
    fqn: node.fqn,
    tags: [...(node.tags ?? [])].sort(),
    depends_on: [...(node.depends_on?.nodes ?? [])].sort(),
    description: node.description,
    access: node.access,
    group: node.group,
    version: node.version,
    latest_version: node.latest_version,
    columns: Object.fromEntries(columns),
    config: cleaned(Object.fromEntries(CONFIG_KEYS.map((key) => [key, node.config?.[key]]))),
  });
}

function sources(target: string): Recorded {
  const report = readJson(join(target, "sources.json")) ?? { results: [] };
  return Object.fromEntries(
    report.results.map((result: any) => [
      result.unique_id,
      { status: result.status, max_loaded_at: result.max_loaded_at ?? null },
    ]),
  );
}

function catalog(target: string): Recorded {
  const report = readJson(join(target, "catalog.json"));
  const found: Recorded = {};
  for (const node of [...Object.values<any>(report.nodes), ...Object.values<any>(report.sources)]) {
    const columns = Object.values<any>(node.columns).sort((a, b) => a.index - b.index);
    found[node.unique_id] = {
      type: node.metadata.type,
      comment: node.metadata.comment ?? null,
      columns: columns.map((column) => [column.name, column.type, column.comment ?? null]),
    };
  }
  return found;
}
/* eslint-enable */

async function rows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJS();
}

async function tables(project: string, mask: Record<string, string[]>): Promise<Recorded> {
  const path = join(project, "golden.duckdb");
  const found: Recorded = {};
  if (!existsSync(path)) return found;
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  await connection.run(`set timezone = 'UTC'; set file_search_path = '${project}'`);
  const relations = await rows(
    connection,
    "select table_schema, table_name, table_type from information_schema.tables where table_catalog = 'golden' order by all",
  );
  for (const [schema, name, kind] of relations)
    found[`${String(schema)}.${String(name)}`] = await table(connection, String(schema), String(name), kind, mask);
  connection.closeSync();
  instance.closeSync();
  return found;
}

async function table(
  connection: DuckDBConnection,
  schema: string,
  name: string,
  kind: unknown,
  mask: Record<string, string[]>,
): Promise<Recorded> {
  const quoted = `"${schema}"."${name}"`;
  const described = await rows(connection, `describe ${quoted}`);
  const hidden = mask[`${schema}.${name}`] ?? [];
  const columns = described.map(([column]) =>
    hidden.includes(String(column)) ? "'*'" : `"${String(column)}"::varchar`,
  );
  const found = await rows(connection, `select ${columns.join(", ")} from ${quoted}`);
  const comments = await rows(
    connection,
    `select comment from duckdb_tables() where schema_name = '${schema}' and table_name = '${name}' union all select comment from duckdb_views() where schema_name = '${schema}' and view_name = '${name}'`,
  );
  const comment = comments[0]?.[0];
  return {
    type: kind === "VIEW" ? "view" : "table",
    columns: described.map(([column, type]) => [column, type]),
    rows: found.sort(compareRows),
    ...(typeof comment === "string" && comment !== "" ? { comment } : {}),
  };
}

/** Nulls first, then by code point, as Python sorts. */
export function compareRows(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index];
    if (value === other) continue;
    if (value === null) return -1;
    if (other === null) return 1;
    return (value as string) < (other as string) ? -1 : 1;
  }
  return 0;
}
