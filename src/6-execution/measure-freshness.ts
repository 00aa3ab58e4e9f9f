import type { SourceNode } from "../contracts/manifest.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { runContext, type RunContext } from "../4-compilation/run-context.ts";
import type { WorkerContext } from "../4-compilation/worker-context.ts";
import { AgateTable } from "../context/agate.ts";
import { parseDateTime } from "../context/decode-result.ts";
import { ResponseObject } from "../context/response-object.ts";
import { informationSchemaOf, Relation } from "../context/relation.ts";
import { sourceRelation } from "../context/source-relation.ts";
import type { AdapterResponse } from "../contracts/engine.ts";
import { isJsonObject } from "../contracts/json.ts";
import { compileTemplate } from "../jinja/template.ts";
import { JinjaError, PyDict, pyStr, raise, type Value } from "../jinja/values.ts";
import { PyDate, PyDateTime } from "../jinja/stdlib/datetime.ts";

interface Freshness {
  readonly maxLoadedAt: string | null;
  readonly snapshottedAt: string | null;
  readonly ageSeconds: number | null;
  /** What the engine said of the query. */
  readonly response: AdapterResponse | null;
}

/** Asks the source for its newest row: by its own query, by its column, or else by what the engine knows of the table. */
export function measureFreshness(worker: WorkerContext, source: SourceNode): Freshness {
  const run = runContext(worker, asNode(source));
  const { loaded_at_query, loaded_at_field } = source;
  const relation = sourceRelation(source, worker.setup.facts.traits);
  if (loaded_at_query !== null) {
    const sql = compileTemplate(loaded_at_query, { path: source.original_file_path }).render(run.context);
    return fromResult(run.context.callMacro("collect_freshness_custom_sql", [relation, sql]), source);
  }
  if (loaded_at_field !== null)
    return fromResult(
      run.context.callMacro("collect_freshness", [relation, loaded_at_field, filterOf(source)]),
      source,
    );
  return fromMetadata(worker, run, source, relation);
}

function filterOf({ freshness }: SourceNode): string | null {
  return isJsonObject(freshness) && typeof freshness["filter"] === "string" ? freshness["filter"] : null;
}

/** By dbt's get_relation_last_modified macro, asked for this relation alone: another one's failure is not ours. */
function fromMetadata(worker: WorkerContext, run: RunContext, source: SourceNode, relation: Relation): Freshness {
  const { traits, target } = worker.setup.facts;
  const { lastModifiedOf, lastModifiedInCatalogs } = traits;
  const database = relation.parts.database?.toLowerCase();
  const inCatalog = target.catalogs.some((catalog) => catalog.database.toLowerCase() === database);
  if (lastModifiedOf === undefined || (lastModifiedInCatalogs === true && !inCatalog))
    raise(
      "DbtRuntimeError",
      `Could not compute freshness for source ${source.name}: no 'loaded_at_field' provided and ${target.type} adapter does not support metadata-based freshness checks.`,
    );
  if (filterOf(source) !== null)
    worker.bridge.emit({
      kind: "log",
      level: "warn",
      message: `A filter cannot be applied to a metadata freshness check on source '${source.name}'.`,
      nodeId: source.unique_id,
    });
  const informationSchema = new Relation(informationSchemaOf(relation));
  try {
    const result = run.context.callMacro("get_relation_last_modified", [informationSchema, [relation]]);
    const row = lastModifiedRow(onlyRow(result, "get_relation_last_modified"));
    return { ...fromCells(row, source), response: responseOf(result) };
  } catch (error) {
    if (!(error instanceof JinjaError) || !["DbtDatabaseError", "DbtRuntimeError"].includes(error.pythonType))
      throw error;
    throw new JinjaError(
      error.pythonType,
      `Could not compute freshness for source ${source.name}: no 'loaded_at_field' provided, and only ${lastModifiedOf} tell when they were last written. Give the source a 'loaded_at_field' or a 'loaded_at_query'.\n${error.message}`,
      { cause: error },
    );
  }
}

/** Cells of the two columns that count, in the order of the other macros. */
function lastModifiedRow(row: Row): Value[] {
  return ["last_modified", "snapshotted_at"].map((name) => row.getItem(name) ?? null);
}

function fromResult(result: Value, source: SourceNode): Freshness {
  return { ...fromCells(onlyRow(result, "collect_freshness").values(), source), response: responseOf(result) };
}

function responseOf(result: Value): AdapterResponse | null {
  const response = result instanceof PyDict ? result.get("response") : undefined;
  return response instanceof ResponseObject ? response.response : null;
}

function fromCells(row: readonly Value[], source: SourceNode): Omit<Freshness, "response"> {
  const [loaded = null, snapshotted = null] = row;
  const now = moment(snapshotted, source) ?? new Date();
  const newest = moment(loaded, source);
  // A table without rows has never been loaded: dbt counts from the first moment there is.
  const since = newest ?? new Date(-62_135_596_800_000);
  return {
    maxLoadedAt: isoText(since),
    snapshottedAt: isoText(now),
    ageSeconds: (now.getTime() - since.getTime()) / 1000,
  };
}

type Row = ReturnType<AgateTable["rows"]>[number];

function onlyRow(result: Value, macro: string): Row {
  const table = tableOf(result, macro);
  const [row] = table.rows();
  if (row === undefined || table.rowCount !== 1)
    raise(
      "CompilationError",
      `Got an invalid result from "${macro}" macro: expected one row, got ${String(table.rowCount)}`,
    );
  return row;
}

function tableOf(result: Value, macro: string): AgateTable {
  if (result instanceof AgateTable) return result;
  const table = result instanceof PyDict ? result.get("table") : undefined;
  if (table instanceof AgateTable) return table;
  raise("CompilationError", `The "${macro}" macro must return the result of load_result()`);
}

/** A date counts from its midnight; a timestamp without a zone is UTC. */
function moment(value: Value, source: SourceNode): Date | null {
  if (value === null) return null;
  if (value instanceof PyDateTime || typeof value === "string") {
    const parsed = value instanceof PyDateTime ? value : parseDateTime(value);
    if (parsed !== null) return new Date(Number(parsed.utc / 1000n));
  }
  if (value instanceof PyDate) return new Date(`${pyStr(value)}T00:00:00Z`);
  raise(
    "DbtDatabaseError",
    `Expected a timestamp value when querying field '${source.loaded_at_field ?? ""}' of table ${source.relation_name ?? source.name} but received value of type '${typeof value}' instead`,
  );
}

function asNode(source: SourceNode): ManifestNode {
  return {
    ...source,
    alias: source.identifier,
    depends_on: { macros: [], nodes: [] },
    raw_code: "",
    resource_type: "source",
  } as unknown as ManifestNode;
}

/** As Python writes it: `2020-01-01T00:00:00+00:00`, with microseconds where there are any. */
function isoText(date: Date): string {
  return date
    .toISOString()
    .replace(/\.(\d{3})Z$/, (_, millis: string) => `${millis === "000" ? "" : `.${millis}000`}+00:00`);
}
