import type { Json } from "./json.ts";

/** What a parse read beside the project's files, so that it is known when its answer holds no longer. */
export interface ParseInputs {
  /** Environment variables, by name; null: not set. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly flags: Readonly<Record<string, Json>>;
  /** False: something hangs on what every command has anew (the time, the invocation's id) and no single node is to blame. */
  readonly isRepeatable: boolean;
}
