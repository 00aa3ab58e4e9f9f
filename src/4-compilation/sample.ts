import type { BatchWindow } from "../contracts/batch.ts";
import type { Sample } from "../contracts/flags.ts";
import type { NodeConfig } from "../contracts/manifest.ts";
import type { WorkerContext } from "./worker-context.ts";

/** What of a reference's target decides whether rows of it are sampled. */
export interface SampledInput {
  readonly unique_id: string;
  readonly resource_type: string;
  readonly config: NodeConfig;
}

/** The nodes whose inputs are sampled. Source: dbt's BaseResolver.resolve_event_time_filter. */
export const SAMPLING: readonly string[] = ["model", "snapshot"];

/** The stretch of event time that is read: the sample's, the batch's, or what the two share. */
export function sampledWindow(sample: Sample | null, batch: BatchWindow | null): BatchWindow | null {
  if (sample === null || !("start" in sample)) return batch;
  const [start, end] = [Date.parse(sample.start), Date.parse(sample.end)];
  return batch === null ? { start, end } : { start: Math.max(start, batch.start), end: Math.min(end, batch.end) };
}

/**
 * A sample of rows or per cent, as it stands behind a FROM. It is drawn from what comes into the command from outside;
 * what the command builds itself of such samples is read whole: a tenth of a tenth would be a hundredth.
 */
export function sampledShare(
  sample: Sample | null,
  { unique_id: id, resource_type: type, config }: SampledInput,
  { setup }: Pick<WorkerContext, "setup">,
): string | null {
  if (sample === null || "start" in sample || config["materialized"] === "ephemeral") return null;
  if (SAMPLING.includes(type) && setup.selectedResources.includes(id)) return null;
  return "rows" in sample
    ? `limit ${String(sample.rows)}`
    : `tablesample bernoulli (${String(sample.percent)}${setup.facts.traits.percentSign})`;
}
