import type { ArrivedBatch, ArrowField, EngineStream, TypedValue } from "./arrow.ts";
import type { InspectedStatement, KeyConstraint, RelationRow } from "./engine.ts";
import type { Decision, LivesOn } from "./routing.ts";

/** Where names without a database or schema are looked for first. */
export interface CurrentPlace {
  readonly database: string;
  readonly schema: string;
}

/** A query that is to run where it is best run. */
export interface QueryRequest {
  readonly sql: string;
  readonly latency: "low" | null;
  /** The one that has to run it; null: the router chooses. */
  readonly engine: string | null;
  /** Of the session that asks; where it is not given, the target's. */
  readonly current?: CurrentPlace | null;
  /** Values for its `?`. */
  readonly parameters?: readonly TypedValue[] | undefined;
  readonly transaction?: QueryTransaction | null;
  /** Ends the work on the engine, at any moment. */
  readonly signal?: AbortSignal | undefined;
}

/** Statements that are kept or undone together, on the engine that can. */
export interface QueryTransaction {
  readonly engine: string;
  end(action: "commit" | "rollback"): Promise<void>;
}

/** A statement before it runs. */
export interface QueryOutline extends InspectedStatement {
  /** It only reads, and may run when its rows are asked for. */
  readonly isQuery: boolean;
}

/** What is where, for clients that look around. */
export interface CatalogBrowser {
  /** Databases, each once, though several engines may see it. */
  databases(): readonly string[];
  schemas(database: string): Promise<readonly string[]>;
  relations(database: string): Promise<readonly RelationRow[]>;
  columns(relation: RelationRow): Promise<readonly ArrowField[]>;
  keys(database: string, schema: string): Promise<readonly KeyConstraint[]>;
  /** Of those that have no session with another one. */
  current(): CurrentPlace;
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

/** Where an upload came to be: the target's own database, or its catalog. */
export type UploadPlace = "duckdb" | "trino" | "iceberg";

/** What becomes of rows that come. */
export interface UploadTerms {
  readonly table: string;
  readonly target: UploadTarget;
  readonly mode: UploadMode;
  /** Asked when all rows have come: the first batch may have named another target. */
  readonly forced: () => UploadTarget | null;
  readonly signal: AbortSignal;
  readonly transaction?: QueryTransaction | null;
  /** Appending and replacing need a table that is there. */
  readonly mustExist?: boolean;
}

export interface UploadRequest extends UploadTerms {
  readonly fields: readonly ArrowField[];
  readonly batches: AsyncIterable<ArrivedBatch>;
}

export interface UploadResult {
  readonly rows: number;
  readonly target: UploadPlace;
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
  /** Parameters and columns of a statement, without running it. */
  inspect(request: QueryRequest): Promise<QueryOutline>;
  /** Fails where no engine of the target has transactions. */
  begin(): Promise<QueryTransaction>;
  readonly hasTransactions: boolean;
  readonly isReadOnly: boolean;
  readonly browser: CatalogBrowser;
  tables(): readonly ListedTable[];
  /** A query for all rows of a table, by any of its names. */
  selectAll(table: string): string;
  dropTable(table: string): Promise<void>;
  upload(request: UploadRequest): Promise<UploadResult>;
}
