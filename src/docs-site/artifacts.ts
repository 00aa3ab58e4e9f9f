/** What the site reads of dbt's artifacts. Every writer and every version leaves something out: nothing but names is certain. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonRecord = Readonly<Record<string, Json | undefined>>;

export interface Constraint {
  readonly type: string;
  readonly name?: string | null;
  readonly expression?: string | null;
  readonly columns?: readonly string[];
  readonly to?: string | null;
  readonly to_columns?: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly description?: string | null;
  readonly data_type?: string | null;
  readonly tags?: readonly string[];
  readonly meta?: JsonRecord;
  readonly constraints?: readonly Constraint[];
}

export interface Argument {
  readonly name: string;
  readonly type?: string | null;
  readonly data_type?: string | null;
  readonly description?: string | null;
  readonly default_value?: Json;
}

/** A node, source, macro, exposure, metric … of manifest.json. */
export interface Entry {
  readonly unique_id: string;
  readonly name: string;
  readonly resource_type: string;
  readonly package_name: string;
  readonly original_file_path?: string;
  readonly patch_path?: string | null;
  readonly description?: string | null;
  readonly label?: string | null;
  readonly fqn?: readonly string[];
  readonly tags?: readonly string[];
  readonly meta?: JsonRecord;
  readonly config?: JsonRecord;
  readonly group?: string | null;
  readonly docs?: { readonly show?: boolean; readonly node_color?: string | null };
  readonly depends_on?: { readonly nodes?: readonly string[]; readonly macros?: readonly string[] };
  readonly columns?: Readonly<Record<string, Column>>;
  readonly constraints?: readonly Constraint[];
  readonly database?: string | null;
  readonly schema?: string | null;
  readonly alias?: string;
  readonly identifier?: string;
  readonly relation_name?: string | null;
  readonly language?: string;
  readonly raw_code?: string | null;
  readonly compiled_code?: string | null;
  readonly access?: string;
  readonly contract?: { readonly enforced?: boolean };
  readonly version?: string | number | null;
  readonly latest_version?: string | number | null;
  readonly deprecation_date?: string | null;
  readonly primary_key?: readonly string[];
  readonly source_name?: string;
  readonly source_description?: string | null;
  readonly loader?: string;
  readonly loaded_at_field?: string | null;
  readonly loaded_at_query?: string | null;
  readonly freshness?: Json;
  readonly external?: Json;
  readonly attached_node?: string | null;
  readonly column_name?: string | null;
  readonly test_metadata?: { readonly name: string; readonly kwargs?: JsonRecord; readonly namespace?: string | null };
  readonly macro_sql?: string;
  readonly arguments?: readonly Argument[];
  readonly returns?: Json;
  readonly owner?: JsonRecord | null;
  readonly type?: string;
  readonly maturity?: string | null;
  readonly url?: string | null;
  readonly model?: string;
  readonly [field: string]: unknown;
}

export interface Doc {
  readonly name: string;
  readonly package_name: string;
  readonly block_contents: string;
}

type Entries = Readonly<Record<string, Entry>>;

export interface Manifest {
  readonly metadata: JsonRecord;
  readonly nodes?: Entries;
  readonly sources?: Entries;
  readonly macros?: Entries;
  readonly exposures?: Entries;
  readonly metrics?: Entries;
  readonly groups?: Entries;
  readonly semantic_models?: Entries;
  readonly saved_queries?: Entries;
  readonly unit_tests?: Entries;
  readonly functions?: Entries;
  readonly docs?: Readonly<Record<string, Doc>>;
}

export interface CatalogTable {
  readonly metadata: {
    readonly type?: string;
    readonly schema?: string;
    readonly name?: string;
    readonly database?: string | null;
    readonly comment?: string | null;
    readonly owner?: string | null;
  };
  readonly columns: Readonly<
    Record<
      string,
      { readonly name: string; readonly type: string; readonly index: number; readonly comment?: string | null }
    >
  >;
  readonly stats?: Readonly<
    Record<
      string,
      { readonly label: string; readonly value: Json; readonly include: boolean; readonly description?: string }
    >
  >;
}

export interface Catalog {
  readonly nodes?: Readonly<Record<string, CatalogTable>>;
  readonly sources?: Readonly<Record<string, CatalogTable>>;
}

/** Of run_results.json and sources.json. */
export interface Results {
  readonly args?: JsonRecord;
  readonly results?: readonly {
    readonly unique_id: string;
    readonly status?: string;
    readonly execution_time?: number;
    readonly message?: string | null;
    readonly failures?: number | null;
    readonly max_loaded_at?: string;
  }[];
}

/** A line of routing_log.jsonl. */
export interface RoutedNode {
  readonly node: string;
  readonly engine: string;
  readonly rule: string;
  readonly reason: string;
}

export interface Artifacts {
  readonly manifest: Manifest;
  readonly catalog: Catalog | null;
  readonly runResults: Results | null;
  readonly sources: Results | null;
  readonly routing: readonly RoutedNode[];
}
