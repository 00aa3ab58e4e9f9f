import type { AdapterResponse, EngineMethod } from "../contracts/engine.ts";
import type { Json } from "../contracts/json.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { RelationParts } from "../contracts/relation.ts";
import type { AgateTable } from "./agate.ts";
import type { ColumnMemory } from "./column-memory.ts";
import type { MacroRegistry } from "./macro-registry.ts";
import type { Warn } from "./exceptions.ts";
import type { NodeContext } from "./node-context.ts";

/** The database, as a template reaches it. Calls block until they are answered. */
export interface AdapterBackend {
  execute(
    sql: string,
    autoBegin: boolean,
    fetch: boolean,
    bindings?: Json[],
  ): { response: AdapterResponse; table: AgateTable };
  describe(sql: string): readonly { readonly name: string; readonly type: string }[];
  /** Null: done. Otherwise why there is no such way. */
  loadRows(relation: RelationParts, table: AgateTable): string | null;
  begin(): void;
  commit(): void;
  getRelation(database: string, schema: string, identifier: string): RelationParts | null;
  listRelations(database: string, schema: string): RelationParts[];
  /** Types of the key constraints a table had before the run. */
  keyConstraints(database: string, schema: string, identifier: string): string[];
  cacheAdded(relation: RelationParts): void;
  cacheDropped(relation: RelationParts): void;
  cacheRenamed(from: RelationParts, to: RelationParts): void;
  readonly columns: ColumnMemory;
  schemaDropped(database: string, schema: string): void;
}

export type EngineMethods = Readonly<Record<string, EngineMethod>>;

export interface AdapterOptions {
  readonly facts: ProjectFacts;
  readonly registry: MacroRegistry;
  readonly context: () => NodeContext;
  /** Null while parsing: methods that would ask the database give dbt's parse-time answers. */
  readonly backend: AdapterBackend | null;
  /** Told when a template wants to ask the database and there is none. */
  readonly missed?: (() => void) | undefined;
  readonly engineMethods: EngineMethods;
  readonly warn: Warn;
}
