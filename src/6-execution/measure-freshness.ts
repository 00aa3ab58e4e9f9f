import type { SourceNode } from "../contracts/manifest.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { runContext } from "../4-compilation/run-context.ts";
import type { WorkerContext } from "../4-compilation/worker-context.ts";
import { AgateTable } from "../context/agate.ts";
import { parseDateTime } from "../context/decode-result.ts";
import { sourceRelation } from "../context/source-relation.ts";
import { isJsonObject } from "../contracts/json.ts";
import { PyDict, pyStr, raise, type Value } from "../jinja/values.ts";
import { PyDate, PyDateTime } from "../jinja/stdlib/datetime.ts";

interface Freshness {
  readonly maxLoadedAt: string | null;
  readonly snapshottedAt: string | null;
  readonly ageSeconds: number | null;
}

/** Asks the source for its newest row, by dbt's collect_freshness macro (or the source's own query). */
export function measureFreshness(worker: WorkerContext, source: SourceNode): Freshness {
  const run = runContext(worker, asNode(source));
  const relation = sourceRelation(source, worker.setup.facts.traits);
  const filter =
    isJsonObject(source.freshness) && typeof source.freshness["filter"] === "string"
      ? source.freshness["filter"]
      : null;
  const result =
    source.loaded_at_query === null
      ? run.context.callMacro("collect_freshness", [
          relation,
          loadedAtField(source, worker.setup.facts.target.type),
          filter,
        ])
      : run.context.callMacro("collect_freshness_custom_sql", [relation, source.loaded_at_query]);
  const table = tableOf(result);
  const [row] = table.rows();
  if (row === undefined || table.rowCount !== 1)
    raise(
      "CompilationError",
      `Got an invalid result from "collect_freshness" macro: expected one row, got ${String(table.rowCount)}`,
    );
  const [loaded = null, snapshotted = null] = row.values();
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

function loadedAtField(source: SourceNode, adapter: string): string {
  if (source.loaded_at_field !== null) return source.loaded_at_field;
  raise(
    "DbtRuntimeError",
    `Could not compute freshness for source ${source.name}: no 'loaded_at_field' provided and ${adapter} adapter does not support metadata-based freshness checks.`,
  );
}

function tableOf(result: Value): AgateTable {
  if (result instanceof AgateTable) return result;
  const table = result instanceof PyDict ? result.get("table") : undefined;
  if (table instanceof AgateTable) return table;
  raise("CompilationError", 'The "collect_freshness" macro must return the result of load_result()');
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
