import type { BridgeRequest, JobError, OwnFailure, RenderJob } from "../contracts/bridge.ts";
import type { KnownReferences } from "../4-compilation/resolve-reference.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { JsonObject } from "../contracts/json.ts";

/** Slots of the shared flag array: [0] an answer is there, [1] the run is cancelled. */
export const ANSWERED = 0;
export const CANCELLED = 1;

export type FromWorker =
  | { readonly type: "request"; readonly request: BridgeRequest }
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "done"; readonly result: unknown; readonly notes: JsonObject | null }
  | { readonly type: "failed"; readonly error: JobError; readonly notes: JsonObject | null };

export type ToWorker =
  | {
      readonly type: "job";
      readonly job: RenderJob;
      readonly references: KnownReferences;
      /** What other workers wrote into the graph since this one's last job. */
      readonly notes: JsonObject | null;
    }
  | { readonly type: "answer"; readonly value: unknown }
  | { readonly type: "refused"; readonly error: EngineFailure }
  | { readonly type: "end" };

export interface EngineFailure {
  readonly message: string;
  readonly pythonType: string;
  readonly engineCode: string | null;
  readonly hint: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly own: OwnFailure | null;
}
