/** A stretch of event time, from its start up to but without its end. */
export interface BatchWindow {
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
}

/** One batch of a microbatch model, as a render worker is told of it. */
export interface Batch extends BatchWindow {
  /** Digits and, for hours, a T: part of names of temporary relations. */
  readonly id: string;
  /** How lines and files name it: 2024-01-01T05, 2024-01-01, 2024-01, 2024. */
  readonly label: string;
  readonly index: number;
  readonly total: number;
  /** The table is there: the batch is written into it, also in a full refresh. */
  readonly incremental: boolean;
}

/** As run_results.json has them: pairs of ISO moments. */
export interface BatchResults {
  successful: [string, string][];
  failed: [string, string][];
}
