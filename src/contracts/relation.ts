/** The parts of a relation that travel between threads and stages; the object templates see is built from it. */
export interface RelationParts {
  readonly database: string | null;
  readonly schema: string | null;
  readonly identifier: string | null;
  readonly type: RelationType | null;
  readonly quoting?: RelationPolicy | undefined;
  /** Text that stands for the relation instead of its name (a file, a table function). */
  readonly external?: string | null;
}

export type RelationType = "table" | "view" | "cte" | "materialized_view" | "external" | "pointer_table" | "function";

export interface RelationPolicy {
  readonly database: boolean;
  readonly schema: boolean;
  readonly identifier: boolean;
}

export const ALL_PARTS: RelationPolicy = { database: true, schema: true, identifier: true };
