import type { Diagnostic } from "./diagnostic.ts";
import type { QueryShape } from "./query-shape.ts";

/** Settings of the router, under the names that users write in a profile's `router:` or in a node's config. */
export interface RouterSettings {
  /** `rules`, or `adaptive`: the rules corrected by what nodes took before. */
  readonly policy: "rules" | "adaptive";
  /** More known input rows than these go to Trino. */
  readonly max_duckdb_rows: number;
  /** Uploads of so many rows go to the shared catalog. */
  readonly iceberg_upload_rows: number;
  /** A query of this complexity goes to Trino. */
  readonly max_duckdb_complexity: number;
  /** More relations joined in one query block go to Trino. */
  readonly max_duckdb_joined_tables: number;
  /** Windows and aggregates of a heavy analysis … */
  readonly analytical_min_ops: number;
  /** … over at least these input rows. */
  readonly analytical_min_rows: number;
  /** Folders and schemas whose nodes are staging. */
  readonly staging_folders: readonly string[];
  /** Beginnings of the names of staging nodes. */
  readonly staging_prefixes: readonly string[];
  readonly latency: "low" | null;
  /** Also what differs on rare values only keeps a text on the engine that it is written for. */
  readonly strict_dialect: boolean;
  /** Is a text translated that another engine than its own runs? */
  readonly translate: boolean;
  /** May a node be run by the other engine where its own cannot? */
  readonly fallback: boolean;
  /** Builds of a node from which `adaptive` knows what it takes on an engine. */
  readonly adaptive_min_samples: number;
  /** The share of a target's nodes that one run may try on an engine of which `adaptive` knows too little; 0: none. */
  readonly adaptive_explore: number;
}

export const ROUTER_DEFAULTS: RouterSettings = {
  policy: "rules",
  max_duckdb_rows: 1_000_000,
  iceberg_upload_rows: 100_000,
  max_duckdb_complexity: 5,
  max_duckdb_joined_tables: 3,
  analytical_min_ops: 3,
  analytical_min_rows: 100_000,
  staging_folders: ["staging", "temp"],
  staging_prefixes: ["stg_", "tmp_"],
  latency: null,
  strict_dialect: true,
  translate: false,
  fallback: true,
  adaptive_min_samples: 3,
  adaptive_explore: 0.1,
};

/** Where a relation's rows are. `file`: something outside of every database, which an engine reads in place. */
export type LivesOn = "duckdb" | "trino" | "iceberg" | "file" | "unknown";

/** A relation that a node reads. */
export interface InputFacts {
  readonly name: string;
  readonly unique_id: string | null;
  readonly lives_on: LivesOn;
  readonly format: string | null;
  readonly rows: number | null;
  readonly bytes: number | null;
}

export interface Alternative {
  readonly engine: string;
  readonly possible: boolean;
  readonly reason: string;
  readonly needs_transfer: boolean;
}

export interface Estimate {
  readonly rows: number | null;
  readonly bytes: number | null;
  /** `measured`: the relation exists; `estimated`: from its inputs; `unknown`. */
  readonly source: "measured" | "estimated" | "unknown";
}

/** Which engine runs a node, and why. JSON keeps these keys. */
export interface Decision {
  readonly node: string;
  readonly engine: string;
  readonly rule: string;
  readonly reason: string;
  readonly policy: RouterSettings["policy"];
  readonly overruled: null | { readonly rule: string; readonly engine: string; readonly expected_gain_s: number };
  readonly shape: QueryShape | null;
  readonly estimate: Estimate;
  readonly inputs: readonly InputFacts[];
  readonly alternatives: readonly Alternative[];
  readonly hazards: readonly Diagnostic[];
  /** The engine whose SQL the text is, where it is translated; null: it runs as its template writes it. */
  readonly translated_from: string | null;
}

/** Why a node ran on another engine than the one that was chosen first. */
export interface Fallback {
  readonly from: string;
  readonly code: string;
  readonly message: string;
  readonly to: string;
}
