import type { ArrowField, EngineStream } from "./arrow.ts";
import type { Decision, LivesOn } from "./routing.ts";

/** A query that is to run where it is best run. */
export interface QueryRequest {
  readonly sql: string;
  readonly latency: "low" | null;
  readonly bindings?: readonly unknown[] | undefined;
  /** Ends the work on the engine, at any moment. */
  readonly signal?: AbortSignal | undefined;
}

/** A query that runs. `close` ends it and takes away what was made for it; reading to the end does not. */
export interface RunningQuery {
  readonly decision: Decision;
  readonly stream: EngineStream;
  close(): Promise<void>;
}

/** A table as lists show it. */
export interface ListedTable {
  readonly name: string;
  readonly unique_id: string | null;
  readonly lives_on: LivesOn;
  readonly rows: number | null;
  readonly bytes: number | null;
}

export type UploadTarget = "auto" | "duckdb" | "iceberg";
export type UploadMode = "create" | "append" | "replace";

export interface UploadRequest {
  readonly table: string;
  readonly target: UploadTarget;
  readonly mode: UploadMode;
  readonly fields: readonly ArrowField[];
  /** Rows as columns of values (see columnBuilder). */
  readonly batches: AsyncIterable<{ readonly length: number; readonly columns: readonly (readonly unknown[])[] }>;
  /** Asked when all rows have come: the first batch may have named another target. */
  readonly forced: () => UploadTarget | null;
  readonly signal: AbortSignal;
}

export interface UploadResult {
  readonly rows: number;
  readonly target: UploadTarget;
  /** As queries name it. */
  readonly table: string;
  readonly rule: string;
  readonly reason: string;
}

/** What a server asks of the router. */
export interface QueryBackend {
  run(request: QueryRequest): Promise<RunningQuery>;
  decide(request: QueryRequest): Promise<Decision>;
  /** Columns of a query, without running it; none for a statement that gives no rows. */
  describe(request: QueryRequest): Promise<readonly ArrowField[]>;
  tables(): readonly ListedTable[];
  /** A query for all rows of a table, by any of its names. */
  selectAll(table: string): string;
  dropTable(table: string): Promise<void>;
  upload(request: UploadRequest): Promise<UploadResult>;
}
