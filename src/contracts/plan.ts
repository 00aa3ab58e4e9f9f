import type { Diagnostic } from "./diagnostic.ts";
import type { Decision } from "./routing.ts";

export type PlanStepKind = "model" | "seed" | "snapshot" | "test" | "transfer" | "hook";

/** What will be done, where, and why. JSON keeps these keys. */
export interface RunPlan {
  readonly schema_version: 1;
  readonly target: string;
  readonly engines: readonly string[];
  readonly steps: readonly PlanStep[];
  readonly transfers: readonly PlannedTransfer[];
  readonly refusals: readonly Diagnostic[];
  /** Nodes by engine, and copies. */
  readonly summary: Readonly<Record<string, number>>;
}

export interface PlanStep {
  readonly id: string;
  readonly kind: PlanStepKind;
  readonly unique_id: string;
  /** Ids of steps of the plan. */
  readonly depends_on: readonly string[];
  readonly engine: string;
  /** Null for what no rule places: tests run where their tables are. */
  readonly decision: Decision | null;
  /** `iceberg`, or the engine whose own database it is; null: nothing is stored. */
  readonly stored_in: string | null;
  readonly est_rows: number | null;
}

export interface PlannedTransfer {
  readonly id: string;
  readonly relation: string;
  readonly from: string;
  readonly to: string;
  readonly road: string;
  readonly rows: number | null;
  readonly reused: boolean;
}
