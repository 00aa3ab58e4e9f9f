import { ALL_PARTS, type RelationParts } from "../contracts/relation.ts";
import { iterate, JinjaError, PyDict, pyRepr, pyStr, raise, truthy, type Value } from "../jinja/values.ts";
import type { AdapterBackend, AdapterOptions } from "./adapter-backend.ts";
import { AgateTable } from "./agate.ts";
import { Column } from "./column.ts";
import { hostFunction } from "./host-function.ts";
import type { NodeContext } from "./node-context.ts";
import { Relation } from "./relation.ts";

function asRelation(value: Value | undefined, method: string): Relation {
  if (value instanceof Relation) return value;
  raise("CompilationError", `${method}() needs a relation, got ${pyRepr(value ?? null)}`);
}

/** Methods that find, rename and drop relations. */
export function relationMethods(
  name: string,
  backend: AdapterBackend,
  { facts, context }: AdapterOptions,
): Value | undefined {
  const fromParts = (parts: RelationParts): Relation =>
    new Relation({ ...parts, quoting: { ...ALL_PARTS, ...facts.quoting } });
  switch (name) {
    case "get_relation":
      return hostFunction(name, ["database", "schema", "identifier"], (database, schema, identifier) => {
        const found = backend.getRelation(pyStr(database ?? null), pyStr(schema ?? null), pyStr(identifier ?? null));
        return found === null ? null : fromParts(found);
      });
    case "list_relations":
      return hostFunction(name, ["database", "schema"], (database, schema) =>
        backend.listRelations(pyStr(database ?? null), pyStr(schema ?? null)).map(fromParts),
      );
    case "list_relations_without_caching":
      return hostFunction(name, ["schema_relation"], (schema) => {
        const relation = asRelation(schema, name);
        return backend.listRelations(relation.parts.database ?? "", relation.parts.schema ?? "").map(fromParts);
      });
    case "drop_relation":
      return hostFunction(name, ["relation"], (relation) => {
        const dropped = asRelation(relation, name);
        if (dropped.parts.type === null)
          raise("CompilationError", `Tried to drop relation ${dropped.render()}, but its type is null.`);
        context().callMacro("drop_relation", [dropped]);
        backend.cacheDropped(dropped.parts);
        return null;
      });
    case "truncate_relation":
      return hostFunction(name, ["relation"], (relation) => {
        context().callMacro("truncate_relation", [asRelation(relation, name)]);
        return null;
      });
    case "rename_relation":
      return hostFunction(name, ["from_relation", "to_relation"], (from, to) => {
        const [source, target] = [asRelation(from, name), asRelation(to, name)];
        context().callMacro("rename_relation", [source, target]);
        backend.cacheRenamed(source.parts, target.parts);
        return null;
      });
    case "already_exists":
      return hostFunction(
        name,
        ["schema", "name"],
        (schema, table) =>
          backend.getRelation(facts.target.database, pyStr(schema ?? null), pyStr(table ?? null)) !== null,
      );
    default:
      return undefined;
  }
}

/** Methods that tell what exists without asking the database. */
export function cacheMethods(name: string, backend: AdapterBackend): Value | undefined {
  switch (name) {
    case "cache_added":
      return hostFunction(name, ["relation"], (relation) => (backend.cacheAdded(asRelation(relation, name).parts), ""));
    case "cache_dropped":
      return hostFunction(
        name,
        ["relation"],
        (relation) => (backend.cacheDropped(asRelation(relation, name).parts), ""),
      );
    case "cache_renamed":
      return hostFunction(
        name,
        ["from_relation", "to_relation"],
        (from, to) => (backend.cacheRenamed(asRelation(from, name).parts, asRelation(to, name).parts), ""),
      );
    default:
      return undefined;
  }
}

/** Methods that ask about schemas and columns. */
export function schemaMethods(name: string, backend: AdapterBackend, { context }: AdapterOptions): Value | undefined {
  switch (name) {
    case "create_schema":
      return hostFunction(name, ["relation"], (relation) => {
        const schema = asRelation(relation, name);
        context().callMacro("create_schema", [schema.with({ identifier: null })]);
        return null;
      });
    case "drop_schema":
      return hostFunction(name, ["relation"], (relation) => {
        const schema = asRelation(relation, name);
        context().callMacro("drop_schema", [schema.with({ identifier: null })]);
        backend.schemaDropped(schema.parts.database ?? "", schema.parts.schema ?? "");
        return null;
      });
    case "check_schema_exists":
      return hostFunction(name, ["database", "schema"], (database, schema) => {
        const info = new Relation({
          database: pyStr(database ?? null),
          schema: null,
          identifier: "INFORMATION_SCHEMA",
          type: null,
        });
        const table = context().callMacro("check_schema_exists", [info, pyStr(schema ?? null)]);
        return table instanceof AgateTable && table.rowCount > 0 && truthy(table.data[0]?.[0] ?? null);
      });
    // DuckDB and Trino have no sized texts that need widening: nothing to do.
    case "expand_target_column_types":
      return () => null;
    case "valid_snapshot_target":
    case "assert_valid_snapshot_target_given_strategy":
      return hostFunction(name, ["relation", "column_names?", "strategy?"], (relation, names) => {
        assertSnapshotTarget(context(), asRelation(relation, name), names ?? null);
        return null;
      });
    default:
      return undefined;
  }
}

/** Methods that tell the columns of relations. */
export function columnMethods(name: string, backend: AdapterBackend, { context }: AdapterOptions): Value | undefined {
  switch (name) {
    case "get_columns_in_relation":
      return hostFunction(name, ["relation"], (relation) => columnsIfThere(context(), asRelation(relation, name)));
    case "known_columns":
      return hostFunction(name, ["relation"], (relation) => backend.columns.get(asRelation(relation, name).parts));
    case "remember_columns":
      return hostFunction(name, ["relation", "columns"], (relation, columns) => {
        backend.columns.set(asRelation(relation, name).parts, [...iterate(columns ?? null)]);
        return null;
      });
    case "get_columns_in_table":
      return hostFunction(name, ["schema", "identifier"], (schema, identifier) =>
        context().callMacro("get_columns_in_relation", [
          new Relation({
            database: null,
            schema: pyStr(schema ?? null),
            identifier: pyStr(identifier ?? null),
            type: null,
          }),
        ]),
      );
    case "get_missing_columns":
      return hostFunction(name, ["from_relation", "to_relation"], (from, to) => {
        const known = new Set(columnsOf(context(), asRelation(to, name)).map((column) => column.column));
        return columnsOf(context(), asRelation(from, name)).filter((column) => !known.has(column.column));
      });
    default:
      return undefined;
  }
}

function columnsOf(context: NodeContext, relation: Relation): Column[] {
  const columns = context.callMacro("get_columns_in_relation", [relation]);
  return [...iterate(columns)].filter((entry): entry is Column => entry instanceof Column);
}

/** A relation that is not there has no columns: macros ask that way whether it exists. */
function columnsIfThere(context: NodeContext, relation: Relation): Value {
  try {
    return context.callMacro("get_columns_in_relation", [relation]);
  } catch (error) {
    if (error instanceof JinjaError && /does not exist/i.test(error.message)) return [];
    throw error;
  }
}

/** A snapshot table needs dbt's own columns; says which are missing. */
function assertSnapshotTarget(context: NodeContext, relation: Relation, names: Value): void {
  const present = new Set(columnsOf(context, relation).map((column) => column.column.toLowerCase()));
  const nameOf = (column: string): string => (names instanceof PyDict ? pyStr(names.get(column) ?? column) : column);
  const wanted = ["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"].map(nameOf);
  const missing = wanted.filter((column) => !present.has(column.toLowerCase()));
  if (missing.length === 0) return;
  raise(
    "SnapshotTargetNotSnapshotTableError",
    `Snapshot target is missing configured columns ${pyRepr(missing)}. See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information.`,
  );
}
