import type { BridgeRequest, JobError, RenderJob } from "../contracts/bridge.ts";
import type { KnownReferences } from "../4-compilation/resolve-reference.ts";
import type { RunEvent } from "../contracts/events.ts";

/** Slots of the shared flag array: [0] an answer is there, [1] the run is cancelled. */
export const ANSWERED = 0;
export const CANCELLED = 1;

export type FromWorker =
  | { readonly type: "request"; readonly request: BridgeRequest }
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly error: JobError };

export type ToWorker =
  | { readonly type: "job"; readonly job: RenderJob; readonly references: KnownReferences }
  | { readonly type: "answer"; readonly value: unknown }
  | { readonly type: "refused"; readonly error: EngineFailure };

export interface EngineFailure {
  readonly message: string;
  readonly pythonType: string;
  readonly engineCode: string | null;
  readonly line: number | null;
  readonly column: number | null;
}
