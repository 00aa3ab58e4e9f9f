/** The one interface every engine fills. Callers never ask an engine its name. */

/** How the cells of one result column are encoded for the way to a template (plain, structured-clone friendly). */
export type CellKind =
  | "int" // number or bigint
  | "float" // number
  | "decimal" // text
  | "bool"
  | "text"
  | "date" // YYYY-MM-DD
  | "datetime" // YYYY-MM-DDTHH:MM:SS[.ffffff]
  | "datetimetz" // the same with +HH:MM
  | "time"
  | "interval"
  | "bytes"
  | "nested"; // JSON text

export interface ResultColumn {
  readonly name: string;
  /** The engine's own type name, e.g. `DECIMAL(18,3)`. */
  readonly type: string;
  readonly kind: CellKind;
}

export interface AdapterResponse {
  _message: string;
  code?: string;
  rows_affected?: number;
  query_id?: string;
  [key: string]: unknown;
}

export interface QueryResult {
  readonly response: AdapterResponse;
  readonly columns: readonly ResultColumn[];
  /** Column-wise cells: `data[column][row]`. */
  readonly data: readonly (readonly unknown[])[];
  readonly rowCount: number;
}

export interface RelationRow {
  readonly database: string;
  readonly schema: string;
  readonly identifier: string;
  readonly type: "table" | "view" | "external";
}

/** A table's key constraint, e.g. `PRIMARY KEY`. */
export interface KeyConstraint {
  readonly table: string;
  readonly type: "primary_key" | "unique" | "foreign_key";
}

export interface CatalogColumn {
  readonly database: string;
  readonly schema: string;
  readonly relation: string;
  readonly relationType: string;
  readonly relationComment: string | null;
  readonly owner: string | null;
  readonly column: string;
  readonly index: number;
  readonly dataType: string;
  readonly columnComment: string | null;
}

export interface EngineError extends Error {
  /** The engine's own class of error, e.g. `Catalog Error`. */
  readonly engineCode: string;
  /** 1-based place in the SQL text, where the engine tells it. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface EngineConnection {
  /** bindings: values for `?` in the text. */
  execute(sql: string, fetch: boolean, bindings?: readonly unknown[]): Promise<QueryResult>;
  /** Stops the running statement, if any; it then rejects. */
  interrupt(): void;
  close(): void;
}

export interface EngineSession {
  /** dbt's adapter type, which is also the prefix for `adapter.dispatch`. */
  readonly adapterType: string;
  connect(name: string): Promise<EngineConnection>;
  listRelations(database: string, schemas: readonly string[] | null): Promise<RelationRow[]>;
  listKeyConstraints(database: string, schema: string): Promise<KeyConstraint[]>;
  listSchemas(database: string): Promise<string[]>;
  readCatalog(database: string, schemas: readonly string[]): Promise<CatalogColumn[]>;
  close(): Promise<void>;
}
