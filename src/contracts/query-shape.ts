/** The two dialects that the engines speak; a third engine adds its own. */
export type SqlDialect = "duckdb" | "trino";

/** What a text asks of an engine, in the JSON form that other programs see. Where `known` is false the counts are null. */
export interface QueryShape {
  readonly known: boolean;
  readonly unknown_reason: string | null;
  /** Which parser the facts come from. */
  readonly reader: string | null;
  /** The first statement's kind: `select` for every query, else its verb (`insert`, `create`, ...); null without SQL. */
  readonly statement: string | null;
  /** Relations that are read or written, as written but without identifier quotes; unique, in the order of the text; no CTEs. */
  readonly tables: readonly string[];
  /** The largest number of relations that one query block joins; CTEs, derived tables and table functions are none. */
  readonly joined_tables: number | null;
  readonly aggregates: number | null;
  readonly windows: number | null;
  /** Queries in expressions, and derived tables. */
  readonly subqueries: number | null;
  readonly ctes: number | null;
  readonly set_operations: number | null;
  /** Whether some block says SELECT DISTINCT. */
  readonly distinct: boolean | null;
  /** Whether some query, not only a window or an aggregate, is ordered. */
  readonly ordering: boolean | null;
  readonly complexity: number | null;
}

/** The tree of a text in a reader's own form, or why there is none. */
export type SqlTree =
  | { readonly ok: true; readonly tree: unknown }
  | {
      readonly ok: false;
      readonly reason: string;
      /** The text breaks the reader's grammar, rather than being of a kind that it does not read. */
      readonly syntax: boolean;
    };

/** A parser that an engine lends: `sql/` knows how to read the tree, the engine how to get it. */
export interface SqlReader {
  /** Gives the tree of a text. Rejects only where the reader itself is broken. */
  read(sql: string): Promise<SqlTree>;
}
