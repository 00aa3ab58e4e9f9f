import type { Batch } from "./batch.ts";
import type { AdapterResponse, CellKind, PythonJob, QueryResult } from "./engine.ts";
import type { RunEvent } from "./events.ts";
import type { Flags } from "./flags.ts";
import type { Json, JsonObject } from "./json.ts";
import type {
  InjectedCte,
  MacroSource,
  ManifestNode,
  NodeConfig,
  RefArgs,
  SourceNode,
  UnitTestNode,
} from "./manifest.ts";
import type { ProjectFacts } from "./project-facts.ts";
import type { RelationParts } from "./relation.ts";

/** What a render worker is told once, when it starts. Plain data only. */
export interface WorkerSetup {
  readonly facts: ProjectFacts;
  readonly macros: readonly MacroSource[];
  readonly flags: Flags;
  readonly invocationId: string;
  readonly startedAt: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly selectedResources: readonly string[];
  readonly threadName: string;
  /** What is needed to render texts that are written for other engines, by engine. */
  readonly homes: Readonly<Record<string, Pick<WorkerSetup, "facts" | "macros">>>;
}

/** One piece of rendering work. */
export type RenderJob =
  | { readonly kind: "compile"; readonly node: ManifestNode }
  | { readonly kind: "run"; readonly node: ManifestNode; readonly batch?: Batch }
  | { readonly kind: "clone"; readonly node: ManifestNode }
  | { readonly kind: "unit-test"; readonly unitTest: UnitTestNode; readonly model: ManifestNode }
  | { readonly kind: "hook"; readonly node: ManifestNode; readonly extra: JsonObject }
  | {
      readonly kind: "macro";
      readonly macroId: string;
      readonly args: readonly Json[];
      readonly kwargs: JsonObject;
      readonly commit: boolean;
      /** What query comments call the connection. */
      readonly connection?: string;
    }
  | { readonly kind: "show"; readonly node: ManifestNode; readonly limit: number | null }
  | { readonly kind: "freshness"; readonly source: SourceNode };

export interface CompiledText {
  readonly code: string;
  readonly ctes: readonly InjectedCte[];
  /** The text names ephemeral models that were not put into it. */
  readonly isWithoutCtes?: boolean;
  /** The macros that the text called this time; parsing does not see those behind `{% if execute %}`. */
  readonly macros?: readonly string[];
}

export interface CompiledNode extends CompiledText {
  /** The ephemeral models that were compiled along with the node, by their ids. */
  readonly ephemerals?: Readonly<Record<string, CompiledText>>;
  /** What the node's foreign keys point to, as relations. */
  readonly foreignKeys?: readonly string[];
}

/** What error messages call a node. */
export type NodeTitle = Pick<ManifestNode, "name" | "original_file_path"> & { readonly resource_type: string };

export interface TestOutcome {
  readonly failures: number;
  readonly shouldWarn: boolean;
  readonly shouldError: boolean;
}

export interface UnitTestOutcome {
  readonly equal: boolean;
  readonly diff: string;
}

export interface JobResult {
  readonly compiled?: CompiledNode;
  /** ms since 1970, when rendering the text was done and running began. */
  readonly compiledAt?: number;
  readonly response?: AdapterResponse;
  /** target/run/…, where the node's statements were written. */
  readonly buildPath?: string;
  readonly test?: TestOutcome;
  readonly unitTest?: UnitTestOutcome;
  readonly table?: {
    readonly columns: readonly string[];
    readonly kinds: readonly CellKind[];
    /** Whole numbers and decimals as texts, with every digit; moments as ISO 8601. */
    readonly rows: readonly (readonly Json[])[];
  };
  readonly value?: Json;
  readonly freshness?: {
    readonly maxLoadedAt: string | null;
    readonly snapshottedAt: string | null;
    readonly ageSeconds: number | null;
    readonly response: AdapterResponse | null;
  };
}

/** A failure that says itself what it is; `line`: in the node's file. */
export interface OwnFailure {
  readonly code: string;
  readonly hint: string | null;
  readonly line: number | null;
}

export interface JobError {
  readonly pythonType: string;
  readonly message: string;
  readonly frames: readonly {
    readonly path: string;
    readonly line: number;
    readonly column: number;
    readonly macro?: string;
  }[];
  /** Set where the engine refused a statement. */
  readonly engine: {
    readonly code: string;
    readonly hint: string | null;
    readonly line: number | null;
    readonly column: number | null;
    readonly sql: string;
  } | null;
  /** Set where the failure has a code and a hint of its own. */
  readonly own: OwnFailure | null;
  /** The node's compiled code, where it got that far. */
  readonly compiled: CompiledNode | null;
  /** The macros that the node's text called before it failed. */
  readonly macros: readonly string[];
  /** What failed, where it is not the job's own node. */
  readonly part: NodeTitle | null;
  /** target/run/…, where the statement that failed was written. */
  readonly buildPath: string | null;
}

/** What a template asks of the main thread in the middle of a render. */
export type BridgeRequest =
  | {
      readonly op: "execute";
      readonly sql: string;
      readonly autoBegin: boolean;
      readonly fetch: boolean;
      readonly bindings?: readonly Json[];
    }
  | { readonly op: "describe"; readonly sql: string }
  | {
      readonly op: "load-rows";
      readonly relation: RelationParts;
      readonly columns: readonly string[];
      /** A CSV file as context/table-file.ts writes it. */
      readonly file: string;
    }
  /** Builds what a Python model gives. */
  | { readonly op: "run-python"; readonly job: PythonJob }
  | { readonly op: "begin" }
  | { readonly op: "commit" }
  | { readonly op: "get-relation"; readonly database: string; readonly schema: string; readonly identifier: string }
  | { readonly op: "list-relations"; readonly database: string; readonly schema: string }
  | { readonly op: "key-constraints"; readonly database: string; readonly schema: string; readonly identifier: string }
  | { readonly op: "cache-added"; readonly relation: RelationParts }
  | { readonly op: "cache-dropped"; readonly relation: RelationParts }
  | { readonly op: "cache-renamed"; readonly from: RelationParts; readonly to: RelationParts }
  | { readonly op: "schema-dropped"; readonly database: string; readonly schema: string }
  | { readonly op: "resolve-ref"; readonly ref: RefArgs; readonly fromPackage: string }
  | { readonly op: "resolve-source"; readonly source: string; readonly table: string; readonly fromPackage: string }
  | { readonly op: "resolve-function"; readonly args: readonly string[]; readonly fromPackage: string }
  /** A text of another engine in the language of this one. */
  | { readonly op: "translate"; readonly sql: string; readonly from: string }
  | { readonly op: "node"; readonly id: string }
  | { readonly op: "graph" };

/** What `ref()` needs of the node it names: whole nodes are large, and every answer is copied across the thread border. */
export type RefTarget = Pick<ManifestNode, "unique_id" | "name" | "resource_type" | "database" | "schema" | "alias"> & {
  readonly config: NodeConfig;
  /** The column that its event time is in, as SQL. */
  readonly eventTime: string | null;
};

/** Answers, by the request's `op`. */
export interface BridgeAnswers {
  execute: QueryResult;
  describe: readonly { readonly name: string; readonly type: string }[];
  /** Null: done. Otherwise why there is no such way. */
  "load-rows": string | null;
  "run-python": AdapterResponse;
  begin: null;
  commit: null;
  "get-relation": RelationParts | null;
  "list-relations": RelationParts[];
  "key-constraints": string[];
  "cache-added": null;
  "cache-dropped": null;
  "cache-renamed": null;
  "schema-dropped": null;
  /** `passing`: an answer for now, because what is referred to may yet be built. */
  "resolve-ref": { readonly node: RefTarget; readonly passing?: true } | { readonly disabled: true } | null;
  "resolve-source": { readonly node: SourceNode } | { readonly disabled: true } | null;
  "resolve-function": BridgeAnswers["resolve-ref"];
  translate: string;
  node: ManifestNode | null;
  graph: JsonObject;
}

/** The worker's side: a blocking call, and events that nobody waits for. */
export interface Bridge {
  request<R extends BridgeRequest>(request: R): BridgeAnswers[R["op"]];
  emit(event: RunEvent): void;
}
