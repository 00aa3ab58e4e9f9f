import type { Batch, BatchWindow } from "../contracts/batch.ts";
import type { EngineTraits } from "../contracts/engine.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { ColumnInfo, ManifestNode, NodeConfig } from "../contracts/manifest.ts";
import type { RelationWindow } from "../context/relation.ts";
import { PyDateTime } from "../jinja/stdlib/datetime.ts";

/** The column by which batches of what reads an input are cut, as SQL; null for an input without `event_time`. */
export function eventTimeField(
  { config, columns }: { readonly config: NodeConfig; readonly columns: Readonly<Record<string, ColumnInfo>> },
  sourceQuoting: JsonObject = {},
): string | null {
  const name = config["event_time"];
  if (typeof name !== "string" || name === "") return null;
  const column = Object.values(columns).find((one) => one.name === name);
  return (column?.quote ?? sourceQuoting["column"]) === true ? `"${name}"` : name;
}

/** The filter of an input to a stretch of event time; null where there is no such stretch, or the input has no event time. */
export function eventTimeFilter(
  field: string | null,
  window: BatchWindow | null,
  { timestampPrefix = "" }: Pick<EngineTraits, "timestampPrefix">,
): RelationWindow["eventTimeFilter"] {
  if (field === null || window === null) return null;
  const literal = (moment: number): string => `${timestampPrefix}'${batchMoment(moment).str()}'`;
  return { field, start: literal(window.start), end: literal(window.end) };
}

function batchMoment(moment: number): PyDateTime {
  return PyDateTime.fromDate(new Date(moment));
}

/** The node as its batch's templates see it: `model.batch`, and the config by which older adapters know the bounds. */
export function withBatch(node: ManifestNode, batch: Batch): ManifestNode {
  const [start, end] = [batchMoment(batch.start), batchMoment(batch.end)];
  const bounds = { __dbt_internal_microbatch_event_time_start: start, __dbt_internal_microbatch_event_time_end: end };
  return {
    ...node,
    batch: { id: batch.id, event_time_start: start, event_time_end: end },
    config: { ...node.config, ...bounds },
  } as unknown as ManifestNode;
}
