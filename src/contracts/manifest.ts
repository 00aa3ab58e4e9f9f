import type { Json, JsonObject } from "./json.ts";

/**
 * The manifest in memory has the shape of dbt's manifest.json v12 (names included), so that writing it is
 * serialising it. Fields that are ours alone start with `_` and are not written.
 */
export type ResourceType =
  | "model"
  | "seed"
  | "snapshot"
  | "test"
  | "analysis"
  | "operation"
  | "sql_operation"
  | "source"
  | "exposure"
  | "metric"
  | "semantic_model"
  | "saved_query"
  | "unit_test"
  | "function"
  | "group"
  | "macro"
  | "doc";

export interface DependsOn {
  macros: string[];
  nodes: string[];
}

export interface RefArgs {
  name: string;
  package: string | null;
  version: string | number | null;
}

export interface ColumnInfo {
  name: string;
  description: string;
  meta: JsonObject;
  data_type: string | null;
  constraints: JsonObject[];
  quote: boolean | null;
  config: { meta: JsonObject; tags: string[] };
  tags: string[];
  granularity: string | null;
  doc_blocks: string[];
  [extra: string]: unknown;
}

export interface Checksum {
  name: string;
  checksum: string;
}

export type NodeConfig = Record<string, Json>;

export interface Docs {
  show: boolean;
  node_color: string | null;
}

export interface InjectedCte {
  id: string;
  /** null where it was not to be put into the text. */
  sql: string | null;
}

export interface TestMetadata {
  name: string;
  kwargs: JsonObject;
  namespace: string | null;
}

/** What an earlier state has of a node: references use it where --defer says so. */
export interface DeferRelation {
  database: string | null;
  schema: string;
  alias: string;
  relation_name: string | null;
  resource_type: ResourceType;
  name: string;
  description: string;
  compiled_code: string | null;
  meta: JsonObject;
  tags: string[];
  config: NodeConfig | null;
}

/** The same as an engine finds it; a text: why it cannot. */
export type Deferred =
  | (Pick<DeferRelation, "database" | "schema" | "alias" | "config"> & {
      /** Another engine built it: whether this one can read it shows only when it looks. */
      readonly isForeign: boolean;
    })
  | { readonly problem: string };

export interface FunctionArgument {
  name: string;
  data_type: string;
  description: string | null;
  default_value: Json;
}

/** Every node that has code or data: model, seed, snapshot, test, analysis, operation, function. */
export interface ManifestNode {
  database: string | null;
  schema: string;
  name: string;
  resource_type: ResourceType;
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  fqn: string[];
  alias: string;
  checksum: Checksum;
  config: NodeConfig;
  tags: string[];
  description: string;
  columns: Record<string, ColumnInfo>;
  meta: JsonObject;
  group: string | null;
  docs: Docs;
  patch_path: string | null;
  build_path: string | null;
  unrendered_config: JsonObject;
  created_at: number;
  relation_name: string | null;
  raw_code: string;
  doc_blocks: string[];
  language: string;
  refs: RefArgs[];
  sources: string[][];
  metrics: string[][];
  /** [name] or [package, name]. */
  functions: string[][];
  depends_on: DependsOn;
  compiled_path?: string | null;
  compiled?: boolean;
  compiled_code?: string | null;
  extra_ctes_injected?: boolean;
  extra_ctes?: InjectedCte[];
  contract: { enforced: boolean; alias_types: boolean; checksum: string | null };
  // models
  access?: string;
  constraints?: JsonObject[];
  version?: string | number | null;
  latest_version?: string | number | null;
  deprecation_date?: string | null;
  primary_key?: string[];
  time_spine?: Json;
  // models, seeds, snapshots
  defer_relation?: DeferRelation | null;
  // seeds
  root_path?: string;
  // generic tests
  column_name?: string | null;
  file_key_name?: string | null;
  attached_node?: string | null;
  test_metadata?: TestMetadata;
  // functions
  arguments?: FunctionArgument[];
  returns?: { data_type: string; description: string | null };
  // operations
  index?: number;
  /** Where the code starts in its file, for messages. */
  _line?: number;
  _column?: number;
  /** The config as written by `config()` calls in the file. */
  _config_call?: JsonObject;
  _patch_line?: number;
  /** Where the engine that runs the node finds its defer_relation. */
  _deferred?: Deferred;
  /** A microbatch model that runs in batches. */
  _batched?: { readonly usesThis: boolean };
  /** A copy of a relation for other engines, which is no node of the project. */
  _transfer?: { readonly relation: string; readonly from: string; readonly to: readonly string[] };
  /** Its template fails for this engine of a target of several, with this message; what it says is as another one reads it. */
  _failsHere?: string;
  /** The engine whose SQL the text is, where another one runs it: it is rendered as for that one, and translated. */
  _translatedFrom?: string;
  /**
   * What it says hangs on what every command has anew, such as `run_started_at`, and has to be asked for again by the next
   * one. For hooks and generic tests: what they said.
   */
  _unsteady?: JsonObject;
  /** The kwargs of a generic test, with strings still to be rendered. */
  _test_kwargs?: JsonObject;
}

export interface SourceNode {
  database: string | null;
  schema: string;
  name: string;
  resource_type: "source";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  fqn: string[];
  source_name: string;
  source_description: string;
  loader: string;
  identifier: string;
  quoting: JsonObject;
  loaded_at_field: string | null;
  loaded_at_query: string | null;
  freshness: Json;
  external: Json;
  description: string;
  columns: Record<string, ColumnInfo>;
  meta: JsonObject;
  source_meta: JsonObject;
  tags: string[];
  config: NodeConfig;
  patch_path: string | null;
  unrendered_config: JsonObject;
  relation_name: string | null;
  created_at: number;
  unrendered_database: string | null;
  unrendered_schema: string | null;
  doc_blocks: string[];
  _line?: number;
}

export interface MacroArgument {
  name: string;
  type: string | null;
  description: string;
}

/** A call that a macro's text spells out. */
export interface MacroCall {
  readonly name: string;
  /** Where it stands, counted from where the macro begins; missing in built-in macros. */
  readonly line?: number;
  readonly column?: number;
  /** For adapter.dispatch with literal arguments. */
  readonly dispatch?: { readonly macroName: string; readonly namespace: string | null };
}

export interface MacroNode {
  name: string;
  resource_type: "macro";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  macro_sql: string;
  depends_on: { macros: string[] };
  description: string;
  meta: JsonObject;
  docs: Docs;
  config: JsonObject;
  patch_path: string | null;
  arguments: MacroArgument[];
  created_at: number;
  supported_languages: string[] | null;
  /** 1-based place of the block in its file. */
  _line: number;
  _column: number;
  /** What the text calls, where that is known without reading it. */
  _calls?: readonly MacroCall[];
}

/** What is needed to find and call a macro. */
export type MacroSource = Pick<
  MacroNode,
  | "unique_id"
  | "name"
  | "package_name"
  | "original_file_path"
  | "macro_sql"
  | "_line"
  | "_column"
  | "supported_languages"
>;

export interface DocNode {
  name: string;
  resource_type: "doc";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  block_contents: string;
}

export interface ExposureNode {
  name: string;
  resource_type: "exposure";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  fqn: string[];
  type: string;
  owner: JsonObject;
  description: string;
  label: string | null;
  maturity: string | null;
  meta: JsonObject;
  tags: string[];
  config: NodeConfig;
  unrendered_config: JsonObject;
  url: string | null;
  depends_on: DependsOn;
  refs: RefArgs[];
  sources: string[][];
  metrics: string[][];
  created_at: number;
  doc_blocks?: string[];
}

export interface GroupNode {
  name: string;
  resource_type: "group";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  owner: JsonObject;
  description: string | null;
  config: JsonObject;
}

export interface UnitTestFixture {
  rows: Json;
  format: string;
  fixture: string | null;
}

export interface UnitTestInput extends UnitTestFixture {
  input: string;
}

export interface UnitTestOverrides {
  macros: JsonObject;
  vars: JsonObject;
  env_vars: JsonObject;
}

export interface UnitTestNode {
  model: string;
  given: UnitTestInput[];
  expect: UnitTestFixture;
  name: string;
  resource_type: "unit_test";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  fqn: string[];
  description: string;
  overrides: UnitTestOverrides | null;
  depends_on: DependsOn;
  config: NodeConfig;
  checksum: string | null;
  schema: string | null;
  created_at: number;
  versions: Json;
  version: string | number | null;
  _line?: number;
}

/** What the commands need of a saved query: like an exposure, a build reaches it and does nothing with it. */
export interface SavedQueryNode {
  name: string;
  resource_type: "saved_query";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  fqn: string[];
  depends_on: DependsOn;
  config: NodeConfig;
}

/** Parsed and kept for artifacts and selection; nothing here runs them. */
export interface GenericResource {
  name: string;
  resource_type: "metric" | "semantic_model" | "saved_query";
  package_name: string;
  path: string;
  original_file_path: string;
  unique_id: string;
  fqn: string[];
  depends_on: DependsOn;
  config: NodeConfig;
  [field: string]: unknown;
}

export interface Manifest {
  metadata: JsonObject;
  nodes: Record<string, ManifestNode>;
  sources: Record<string, SourceNode>;
  macros: Record<string, MacroNode>;
  docs: Record<string, DocNode>;
  exposures: Record<string, ExposureNode>;
  metrics: Record<string, GenericResource>;
  groups: Record<string, GroupNode>;
  selectors: JsonObject;
  disabled: Record<string, (ManifestNode | SourceNode | ExposureNode | UnitTestNode | GenericResource)[]>;
  saved_queries: Record<string, GenericResource>;
  semantic_models: Record<string, GenericResource>;
  unit_tests: Record<string, UnitTestNode>;
  functions: Record<string, ManifestNode>;
}

/** Anything that can be a vertex of the graph. */
export type GraphNode = ManifestNode | SourceNode | ExposureNode | UnitTestNode | GenericResource;
