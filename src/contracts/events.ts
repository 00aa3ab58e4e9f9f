import type { Diagnostic } from "./diagnostic.ts";
import type { NodeStatus, RunResult } from "./run-result.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a message says, for programs. */
export type LogData = Readonly<Record<string, string | number | null>>;

/** Work emits events; reporters print them. */
export type RunEvent =
  | { kind: "log"; level: LogLevel; message: string; code?: string; nodeId?: string; data?: LogData }
  | { kind: "print"; text: string }
  /** How far something is, for a terminal's last line. */
  | { kind: "progress"; text: string }
  /** `isSilenced`: a deprecation that is not shown, but counted. */
  | { kind: "diagnostic"; diagnostic: Diagnostic; isSilenced?: true }
  | { kind: "node-start"; nodeId: string; description: string; index: number; total: number }
  | {
      kind: "node-finish";
      nodeId: string;
      description: string;
      status: NodeStatus;
      /** What dbt prints between the dots and the time: `OK`, `SELECT 3`, `PASS`, `FAIL 2`, … */
      label: string;
      index: number;
      total: number;
      seconds: number;
    }
  /** Batches of a microbatch model have lines of their own below their node's. */
  | { kind: "batch-start"; nodeId: string; description: string; index: number; total: number }
  | {
      kind: "batch-finish";
      nodeId: string;
      description: string;
      status: NodeStatus;
      label: string;
      index: number;
      total: number;
      seconds: number;
    }
  | { kind: "run-summary"; results: readonly RunResult[]; seconds: number; counts: string }
  | { kind: "sql"; connection: string; nodeId: string | null; text: string };

export type Emit = (event: RunEvent) => void;
