import type { ArrivedBatch, ArrowField, EngineStream, TypedValue } from "./arrow.ts";
import type { Json } from "./json.ts";
import type { NodeConfig } from "./manifest.ts";
import type { Target } from "./project.ts";

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
  readonly type: "table" | "view" | "materialized_view" | "external";
}

/** An engine's words for types, as plain data: templates' Column objects are made with them in every thread. */
export interface TypeWords {
  /** What dbt's adapter calls the class; it shows where a column is printed. */
  readonly columnClass: string;
  readonly texts: readonly string[];
  readonly floats: readonly string[];
  readonly integers: readonly string[];
  readonly decimals: readonly string[];
  /** `Column.translate_type`: upper-case label to type. */
  readonly labels: Readonly<Record<string, string>>;
  /** A text of a given size. */
  readonly sizedText: string;
  /** Types that are printed bare when they have no size; other texts get dbt's 256. */
  readonly unsizedText: { readonly type: string; readonly size: number } | null;
  /** Only these types carry a size or a precision in their text; null: any type does. */
  readonly parameterised: readonly string[] | null;
  /** Types of a seed's columns. */
  readonly seed: {
    readonly text: string;
    readonly fraction: string;
    readonly integer: string;
    readonly bigint: string;
    readonly boolean: string;
    readonly timestamp: string;
    readonly date: string;
  };
}

/** A relation by the name that one engine has for it. */
export interface RelationName {
  readonly database: string;
  readonly schema: string;
  readonly identifier: string;
}

/** How much a relation holds, as far as its engine knows without reading it. */
export interface RelationMeasure {
  readonly format: "table" | "view" | "iceberg";
  readonly rows: number | null;
  readonly bytes: number | null;
  /** Changes whenever the rows may have: an Iceberg table's snapshot; null where the engine cannot tell. */
  readonly version: string | null;
}

/** What is true of an engine for every project, as plain data. */
export interface EngineTraits {
  readonly types: TypeWords;
  /** Built-in incremental strategies; a project may define more. */
  readonly incrementalStrategies: readonly string[];
  /** The one of a model that names none. */
  readonly defaultStrategy: string;
  readonly catalogs: CatalogTraits;
  /** The kinds of constraints that its CREATE TABLE takes; others are left out with a warning. */
  readonly constraints: readonly string[];
  /** Does a source's `external_location` stand for its table? Others have the table itself. */
  readonly readsFiles: boolean;
  /** Stands before the text of a moment where a timestamp does not compare with a text. */
  readonly timestampPrefix?: string;
  /** Stands behind a share of rows to be read, in per cent. */
  readonly percentSign: string;
  /** Codes of what was refused only because another transaction was committed at the same time. */
  readonly conflictCodes: readonly string[];
  /** Codes of what another engine may be able to do: this one is out of reach, or lacks a feature. */
  readonly fallbackCodes: readonly string[];
  /** The same: this one is out of memory, or of space to spill. */
  readonly exhaustedCodes: readonly string[];
  /** Codes of a text that is not of this engine's language, found before anything ran. */
  readonly rejectionCodes: readonly string[];
  /** Those of them that say that it is another engine's language. */
  readonly foreignCodes: readonly string[];
  /** Its materializations leave out the hooks that ask to run outside of the transaction, as dbt's do: it has none. */
  readonly hooksInsideOnly?: boolean;
  /** Tables whose metadata tells when they were last written (`get_relation_last_modified`), for messages; absent: none. */
  readonly lastModifiedOf?: string;
  /** Only tables of the catalogs tell. */
  readonly lastModifiedInCatalogs?: boolean;
}

/** What an engine does with the catalogs of catalogs.yml. */
export interface CatalogTraits {
  /** Materializations that stay in the target's own database, whatever catalog the config names. */
  readonly notInCatalog: readonly string[];
  /** Table formats of the engine's own databases; `table_format: <another>` alone sends a node to the catalog that has it. */
  readonly ownFormats: readonly string[];
  /** The schema of a target that names none: a node's own schema then stands for itself, without that prefix. */
  readonly unnamedSchema: string | null;
}

/** An adapter method that only one engine has; plain data in and out. */
export type EngineMethod = (args: Json[], target: Pick<Target, "fields" | "catalogs" | "tableDefaults">) => Json;

/** A table's key constraint, e.g. `PRIMARY KEY`. */
export interface KeyConstraint {
  readonly table: string;
  readonly type: "primary_key" | "unique" | "foreign_key";
  readonly name: string;
  /** In the key's order. */
  readonly columns: readonly string[];
  /** Of a foreign key: a table of the same schema, and its columns in the same order. */
  readonly referenced: { readonly table: string; readonly columns: readonly string[] } | null;
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

/** A table that a node wrote. */
export interface WrittenTable {
  readonly database: string;
  readonly schema: string;
  readonly identifier: string;
  /** The query whose rows they are; null: not known, the newest rows are meant. */
  readonly queryId: string | null;
  /** Tables of this database had snapshots before: nobody has to ask whether it keeps any. */
  readonly keepsSnapshots: boolean;
}

export interface EngineError extends Error {
  /** The engine's own class of error, e.g. `Catalog Error`. */
  readonly engineCode: string;
  /** What to do about it, where the engine knows. */
  readonly hint?: string | null;
  /** 1-based place in the SQL text, where the engine tells it. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Sent with a statement, for those who read the server's query log. */
export interface SqlComment {
  readonly text: string;
  /** Behind the statement instead of before it. */
  readonly append: boolean;
}

export interface ExecuteOptions {
  /** Values for `?` in the text. */
  readonly bindings?: readonly unknown[] | undefined;
  /** The same, where each comes with its type; only for `stream`. */
  readonly parameters?: readonly TypedValue[] | undefined;
  readonly comment?: SqlComment | null;
}

/** A statement as its engine understands it, without running it. */
export interface InspectedStatement {
  /** In the order of the text; where the engine cannot tell a type, it takes texts. */
  readonly parameters: readonly ArrowField[];
  /** Columns of the rows that it gives; none where it gives no rows. */
  readonly fields: readonly ArrowField[];
}

/** A Python model that is ready to run. */
export interface PythonJob {
  /** The module: the model's own text, with what was put around it. */
  readonly code: string;
  readonly raw_code: string;
  readonly name: string;
  /** The model's file, as messages name it, and the line in it that the code begins with. */
  readonly path: string;
  readonly line: number;
  /** What the model becomes. */
  readonly relation: RelationName;
  /** The project's folder, where the model runs. */
  readonly root: string;
}

export interface EngineConnection {
  /** Places of errors are those in `sql`, whatever comment goes along. */
  execute(sql: string, fetch: boolean, options?: ExecuteOptions): Promise<QueryResult>;
  /** Starts one statement and gives its rows as they come. Nothing else may run here until they are read or cancelled. */
  stream(sql: string, options?: ExecuteOptions): Promise<EngineStream>;
  /**
   * Told of a node's config before its statements run, null for what is no node: an engine may route by it. Throws an
   * Error for what the config must not say.
   */
  startNode?(config: NodeConfig | null): void;
  /** Names and types of a query's columns. */
  describe(
    sql: string,
    comment?: SqlComment | null,
  ): Promise<readonly { readonly name: string; readonly type: string }[]>;
  /** Parameters and columns of one statement. */
  inspect(sql: string): Promise<InspectedStatement>;
  /**
   * Runs a Python model and gives the statements that make tables of what it made; they can be run until `endPython`, which
   * comes after their transaction. `say`: for the lines that the model prints. Absent: the engine runs none.
   */
  runPython?(job: PythonJob, say: (line: string) => void): Promise<readonly string[]>;
  endPython?(): Promise<void>;
  /** Stops the running statement, if any; it then rejects. */
  interrupt(): void;
  close(): void;
}

/** Rows on their way into a table: on disk, seen by nobody else. */
export interface RowStage {
  readonly rows: number;
  /** How the engine's SQL names them; after `finish`. */
  readonly text: string;
  append(batch: ArrivedBatch): Promise<void>;
  finish(): Promise<void>;
  /** After `finish`: they are the table from now on; one that is there is replaced, or refused. Absent: they have to be copied. */
  become?(relation: RelationName, mode: "create" | "replace"): Promise<void>;
  /** Removes them, unless they have become a table. */
  close(): Promise<void>;
}

/** The relations that a query in the engine's SQL names, as written but without quotes; null: it cannot be read. */
export type TablesOf = (sql: string) => Promise<readonly string[] | null>;

export interface EngineSession {
  /** dbt's adapter type, which is also the prefix for `adapter.dispatch`. */
  readonly adapterType: string;
  /** False: every statement commits by itself, and BEGIN and COMMIT are not sent. */
  readonly hasTransactions: boolean;
  /** The file that no other process can open while this session has it; absent: there is none. */
  readonly file?: string | null;
  connect(name: string): Promise<EngineConnection>;
  /** Rejects where the engine does not answer; a server that is not there is not waited for. */
  probe(): Promise<void>;
  listRelations(database: string, schemas: readonly string[] | null): Promise<RelationRow[]>;
  listKeyConstraints(database: string, schema: string): Promise<KeyConstraint[]>;
  listSchemas(database: string): Promise<string[]>;
  readCatalog(database: string, schemas: readonly string[]): Promise<CatalogColumn[]>;
  /** Sizes from statistics and metadata, in the relations' order; null: there is no such relation. Rejects if it cannot ask. */
  measure(relations: readonly RelationName[]): Promise<(RelationMeasure | null)[]>;
  /** Changes whenever the rows of a table or view have; null: it cannot be told. Absent: it never can. May read every row. */
  contentVersion?(relation: RelationName, tablesOf: TablesOf): Promise<string | null>;
  /** Where it is known, `at` is the table that they are for. Absent: the engine takes no rows but those of its own queries. */
  openStage?(fields: readonly ArrowField[], at?: RelationName): Promise<RowStage>;
  /** Stages the rows of a query, such as one over files. Absent: the engine reads no files. */
  stageQuery?(sql: string, signal: AbortSignal): Promise<RowStage>;
  /** The snapshots that tables have from their writes, in the tables' order; null where there is none. Absent: no table has. */
  writtenSnapshots?(tables: readonly WrittenTable[]): Promise<(string | null)[]>;
  /**
   * From now on statements of clients (`stream`, `inspect`) reach no files but those that `texts`, SQL of the project, name,
   * no secrets and no settings. Absent: the engine guards itself.
   */
  lockDown?(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
