import type { BatchResults } from "./batch.ts";
import type { AdapterResponse } from "./engine.ts";
import type { Diagnostic } from "./diagnostic.ts";

export type NodeStatus =
  "success" | "error" | "skipped" | "no-op" | "pass" | "fail" | "warn" | "runtime error" | "partial success";

export interface Timing {
  name: "compile" | "execute";
  started_at: string;
  completed_at: string;
}

export interface RunResult {
  unique_id: string;
  status: NodeStatus;
  timing: Timing[];
  thread_id: string;
  /** Seconds. */
  execution_time: number;
  adapter_response: AdapterResponse | Record<string, never>;
  message: string | null;
  failures: number | null;
  compiled: boolean | null;
  compiled_code: string | null;
  relation_name: string | null;
  batch_results: BatchResults | null;
  /** Ours, not written: what went wrong, with places. */
  diagnostics?: Diagnostic[];
}

export interface FreshnessResult {
  unique_id: string;
  status: "pass" | "warn" | "error" | "runtime error";
  error?: string;
  max_loaded_at?: string;
  snapshotted_at?: string;
  /** Seconds. */
  max_loaded_at_time_ago_in_s?: number;
  criteria?: unknown;
  adapter_response?: AdapterResponse | Record<string, never>;
  timing: Timing[];
  thread_id: string;
  execution_time: number;
}
