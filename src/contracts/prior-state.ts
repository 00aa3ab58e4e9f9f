import type { Manifest } from "./manifest.ts";
import type { FreshnessResult, RunResult } from "./run-result.ts";

/** Artifacts of an earlier command, of this program or of dbt; null: the folder does not have them. */
export interface PriorState {
  /** As it was given, for messages. */
  readonly folder: string;
  readonly manifest: Manifest | null;
  readonly results: readonly RunResult[] | null;
  readonly sources: readonly FreshnessResult[] | null;
  /** target/sources.json, which `source_status:` compares with. */
  readonly sourcesNow: readonly FreshnessResult[] | null;
}
