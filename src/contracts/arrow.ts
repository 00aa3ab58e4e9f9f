/** Results and uploads in Arrow's columnar layout. Source: https://arrow.apache.org/docs/format/Columnar.html */

export type TimeUnit = "s" | "ms" | "us" | "ns";

export type ArrowType =
  | { readonly kind: "null" | "bool" | "utf8" | "binary" | "date" | "interval" }
  | { readonly kind: "int"; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: "float"; readonly bits: 32 | 64 }
  /** 128 bits hold 38 digits, 256 bits more. */
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number; readonly bits: 128 | 256 }
  | { readonly kind: "time"; readonly unit: TimeUnit }
  | { readonly kind: "timestamp"; readonly unit: TimeUnit; readonly zone: string | null }
  | { readonly kind: "list"; readonly item: ArrowType }
  | { readonly kind: "fixed-list"; readonly size: number; readonly item: ArrowType }
  | { readonly kind: "struct"; readonly fields: readonly ArrowField[] }
  | { readonly kind: "map"; readonly key: ArrowType; readonly value: ArrowType };

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  /** It holds no nulls, and the schema says so; absent: it may. */
  readonly required?: true;
}

/** A value for a `?`, in the form that `columnBuilder` takes. */
export interface TypedValue {
  readonly type: ArrowType;
  readonly value: unknown;
}

/** What an INTERVAL is in Arrow: months, days and nanoseconds, each with its sign. */
export interface ArrowInterval {
  readonly months: number;
  readonly days: number;
  readonly nanos: bigint;
}

/** The buffers of some rows, columns one after the other, each before its children. */
export interface ArrowBatch {
  readonly length: number;
  readonly nodes: readonly { readonly length: number; readonly nullCount: number }[];
  readonly buffers: readonly Uint8Array[];
  /** Says that the buffers are no longer read: those of later batches may then lie in the same memory. Need not be called. */
  readonly release?: () => void;
}

/** A column as its type lays it out: the values' bytes (a bit each for bool), texts and lists by where they begin and end. */
export interface ColumnMemory {
  /** A bit a value, the lowest of a byte first; null: all are there. */
  readonly valid: Uint8Array | null;
  readonly bytes: Uint8Array;
  /** Of texts, binaries, lists and maps: one more than values. */
  readonly offsets: Int32Array | null;
  /** A list's items, a struct's fields, a map's structs of key and value. */
  readonly children: readonly ColumnMemory[];
}

/** A column of rows that come from outside. */
export interface ArrivedColumn {
  /** Null: it is laid out in another way than its type says. */
  readonly memory: ColumnMemory | null;
  /** Of some rows, in the form that `columnBuilder` takes. */
  values(start: number, end: number): unknown[];
}

export interface ArrivedBatch {
  readonly length: number;
  readonly columns: readonly ArrivedColumn[];
}

/** A running query's rows. Reading them drives the engine: who does not read stops it. */
export interface EngineStream {
  readonly fields: readonly ArrowField[];
  readonly queryId: string | null;
  /** Rows that a statement wrote; null for queries, or where the engine does not count. */
  readonly affected: number | null;
  /** Rejects in the middle where the engine fails then; ends early only by rejecting. */
  readonly batches: AsyncIterable<ArrowBatch>;
  /** Stops the work on the engine; `batches` then rejects. */
  cancel(): void;
}
