import type { AdapterResponse } from "../contracts/engine.ts";
import type { Json } from "../contracts/json.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import type { RelationParts } from "../contracts/relation.ts";
import {
  iterate,
  PyDict,
  PyObject,
  pyRepr,
  pyStr,
  raise,
  truthy,
  tuple,
  typeName,
  type HostFunction,
  type Value,
} from "../jinja/values.ts";
import { AgateTable } from "./agate.ts";
import { Column, ColumnClass } from "./column.ts";
import { renderColumnConstraints, renderModelConstraints } from "./constraints.ts";
import { fromPython, toPython } from "./convert.ts";
import { hostFunction } from "./host-function.ts";
import type { MacroEntry, MacroRegistry } from "./macro-registry.ts";
import { GLOBAL_PACKAGE } from "./macro-registry.ts";
import type { NodeContext } from "./node-context.ts";
import { isAbsent, Relation, RelationClass } from "./relation.ts";

/** The database, as a template reaches it. Calls block until they are answered. */
export interface AdapterBackend {
  execute(
    sql: string,
    autoBegin: boolean,
    fetch: boolean,
    bindings?: Json[],
  ): { response: AdapterResponse; table: AgateTable };
  begin(): void;
  commit(): void;
  getRelation(database: string, schema: string, identifier: string): RelationParts | null;
  listRelations(database: string, schema: string): RelationParts[];
  cacheAdded(relation: RelationParts): void;
  cacheDropped(relation: RelationParts): void;
  cacheRenamed(from: RelationParts, to: RelationParts): void;
  schemaCreated(database: string, schema: string): void;
  schemaDropped(database: string, schema: string): void;
}

/** Adapter methods that only one engine has; plain data in and out. */
export type EngineMethods = Readonly<
  Record<string, (args: Json[], credentials: Readonly<Record<string, Json>>) => Json>
>;

export interface AdapterOptions {
  readonly facts: ProjectFacts;
  readonly registry: MacroRegistry;
  readonly context: () => NodeContext;
  /** Null while parsing: methods that would ask the database give dbt's parse-time answers. */
  readonly backend: AdapterBackend | null;
  readonly engineMethods: EngineMethods;
}

/** dbt's `adapter` object. Source: https://docs.getdbt.com/reference/dbt-jinja-functions/adapter */
export class AdapterObject extends PyObject {
  readonly pyType = "DatabaseWrapper";
  private readonly options: AdapterOptions;
  private readonly methods = new Map<string, Value>();

  constructor(options: AdapterOptions) {
    super();
    this.options = options;
  }

  override getAttribute(name: string): Value | undefined {
    let method = this.methods.get(name);
    if (method === undefined) {
      method =
        this.common(name) ??
        (this.options.backend === null ? this.atParse(name) : this.atRun(name, this.options.backend));
      if (method !== undefined) this.methods.set(name, method);
    }
    return method;
  }

  private common(name: string): Value | undefined {
    const { facts } = this.options;
    switch (name) {
      case "Relation":
        return new RelationClass(facts.quoting);
      case "Column":
        return new ColumnClass();
      case "config":
        return toPython({ credentials: facts.target.fields, project_name: facts.projectName, quoting: facts.quoting });
      case "behavior":
        return new BehaviorFlags();
      case "type":
        return () => facts.target.type;
      case "dispatch":
        return hostFunction(name, ["macro_name", "macro_namespace?", "packages?"], (macro, namespace) =>
          this.dispatch(macro ?? null, namespace ?? null),
        );
      case "quote":
        return hostFunction(name, ["identifier"], (identifier) => `"${pyStr(identifier ?? null)}"`);
      case "quote_as_configured":
        return hostFunction(name, ["identifier", "quote_key"], (identifier, key) => {
          const flag = facts.quoting[pyStr(key ?? "") as keyof typeof facts.quoting];
          return flag === false ? pyStr(identifier ?? null) : `"${pyStr(identifier ?? null)}"`;
        });
      case "quote_seed_column":
        return hostFunction(name, ["column", "quote_config?"], (column, quote) => {
          const text = pyStr(column ?? null);
          if (isAbsent(quote)) return text;
          if (typeof quote !== "boolean")
            raise(
              "CompilationError",
              `The seed configuration value of "quote_columns" has an invalid type ${typeName(quote ?? null)}`,
            );
          return quote ? `"${text}"` : text;
        });
      case "render_raw_columns_constraints":
        return hostFunction(name, ["raw_columns"], (columns) => renderColumnConstraints(columns ?? null));
      case "render_raw_model_constraints":
        return hostFunction(name, ["raw_constraints"], (constraints) => renderModelConstraints(constraints ?? null));
      case "convert_type":
        return hostFunction(name, ["agate_table", "col_idx"], (table, index) =>
          columnType(table ?? null, index ?? null),
        );
      case "convert_datetimes_to_strs":
        return hostFunction(name, ["table"], (table) =>
          table instanceof AgateTable ? datetimesAsText(table) : (table ?? null),
        );
      case "build_catalog_relation":
      case "store_relation":
      case "warn_once":
        return () => null;
      case "valid_incremental_strategies":
        return () => ["append", "delete+insert", "merge", "microbatch"];
      default:
        return this.engineMethod(name);
    }
  }

  private engineMethod(name: string): HostFunction | undefined {
    const method = this.options.engineMethods[name];
    if (method === undefined) return undefined;
    return (args, kwargs) => {
      const given = [...args, ...Object.values(kwargs)];
      const plain = given.map(fromPython);
      const result = toPython(method(plain, this.options.facts.target.fields));
      // Methods such as external_write_options fill in the dict they are given.
      given.forEach((value, index) => value instanceof PyDict && refill(value, plain[index] ?? null));
      return result;
    };
  }

  private dispatch(macroName: Value, namespace: Value): Value {
    const { facts, registry, context } = this.options;
    const name = pyStr(macroName);
    if (name.includes(".")) {
      const [before, after] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)];
      raise(
        "CompilationError",
        `In adapter.dispatch, got a macro name of "${name}", but "." is not a valid macro name component. Did you mean \`adapter.dispatch("${after}", macro_namespace="${before}")\`?`,
      );
    }
    const attempts: string[] = [];
    for (const packageName of dispatchPackages(facts, namespace)) {
      for (const prefix of [...facts.adapterTypes, "default"]) {
        const searched = `${prefix}__${name}`;
        const found =
          packageName === null ? context().lookup(searched) : bindIn(context(), registry, packageName, searched);
        if (found !== undefined) return found;
        attempts.push(packageName === null ? searched : `${packageName}.${searched}`);
      }
    }
    raise(
      "CompilationError",
      `In dispatch: No macro named '${name}' found within namespace: '${pyStr(namespace)}'\n    Searched for: ${attempts.map((attempt) => `'${attempt}'`).join(", ")}`,
    );
  }

  /** What dbt answers while it parses: nothing is known of the database. */
  private atParse(name: string): Value | undefined {
    if (LIST_AT_PARSE.has(name)) return () => [];
    if (NONE_AT_PARSE.has(name)) return () => null;
    switch (name) {
      case "execute":
        return () => tuple([null, AgateTable.empty()]);
      case "add_query":
        return () => tuple([null, null]);
      case "check_schema_exists":
      case "already_exists":
        return () => false;
      case "cache_added":
      case "cache_dropped":
      case "cache_renamed":
      case "commit":
      case "begin":
        return () => "";
      default:
        return undefined;
    }
  }

  private atRun(name: string, backend: AdapterBackend): Value | undefined {
    return (
      relationMethods(name, backend, this.options) ??
      schemaMethods(name, backend, this.options) ??
      queryMethods(name, backend, this.options)
    );
  }
}

const LIST_AT_PARSE = new Set([
  "get_columns_in_relation",
  "get_missing_columns",
  "get_column_schema_from_query",
  "get_columns_in_table",
  "list_relations",
  "list_relations_without_caching",
  "existing_key_constraint_types",
]);
const NONE_AT_PARSE = new Set([
  "drop_relation",
  "truncate_relation",
  "rename_relation",
  "valid_snapshot_target",
  "assert_valid_snapshot_target_given_strategy",
  "expand_target_column_types",
  "get_relation",
  "create_schema",
  "drop_schema",
  "get_incremental_strategy_macro",
  "get_hard_deletes_behavior",
  "ensure_transaction",
  "location_exists",
]);

/** The column type for a seed's column. Whole numbers beyond 32 bits become bigint, where dbt's integer would overflow. */
function columnType(table: Value, index: Value): Value {
  if (!(table instanceof AgateTable) || typeof index !== "number") return null;
  const cells = table.data[index] ?? [];
  switch (table.typeNames[index]) {
    case "Integer":
      return "integer";
    case "Number":
      if (cells.some((cell) => cell !== null && pyStr(cell).includes("."))) return "float8";
      return cells.some((cell) => cell !== null && Math.abs(Number(pyStr(cell))) > 2_147_483_647)
        ? "bigint"
        : "integer";
    case "Boolean":
      return "boolean";
    case "DateTime":
      return "timestamp without time zone";
    case "Date":
      return "date";
    default:
      return "text";
  }
}

function datetimesAsText(table: AgateTable): AgateTable {
  const asText = (cells: readonly Value[]): Value[] => cells.map((cell) => (cell === null ? null : pyStr(cell)));
  return new AgateTable(
    table.columnNames,
    table.data.map((cells, index) => (table.typeNames[index] === "DateTime" ? asText(cells) : cells)),
    table.typeNames,
  );
}

/** Behaviour flags of the adapter, all at their defaults. */
class BehaviorFlags extends PyObject {
  readonly pyType = "Behavior";

  override getAttribute(): Value {
    return PyDict.from({ no_warn: false });
  }
}

function refill(dict: PyDict, plain: Json): void {
  if (plain === null || typeof plain !== "object" || Array.isArray(plain)) return;
  for (const [key, value] of Object.entries(plain)) if (!dict.has(key)) dict.set(key, toPython(value));
}

function dispatchPackages(facts: ProjectFacts, namespace: Value): (string | null)[] {
  if (namespace === null) return [null];
  if (typeof namespace !== "string") {
    raise(
      "CompilationError",
      `In adapter.dispatch, got a ${typeName(namespace)} macro_namespace argument ("${pyStr(namespace)}"), but macro_namespace should be None or a string.`,
    );
  }
  const configured = facts.dispatch[namespace];
  if (configured !== undefined) return [...configured];
  return facts.dependencies.includes(namespace) ? [facts.projectName, namespace] : [null];
}

function bindIn(context: NodeContext, registry: MacroRegistry, packageName: string, name: string): Value | undefined {
  if (packageName !== GLOBAL_PACKAGE && !registry.hasPackage(packageName) && packageName !== registry.rootPackage) {
    raise("CompilationError", `In dispatch: Could not find package '${packageName}'`);
  }
  const entry: MacroEntry | undefined = registry.findInPackage(packageName, name);
  return entry === undefined ? undefined : context.bind(entry);
}

function asRelation(value: Value | undefined, method: string): Relation {
  if (value instanceof Relation) return value;
  raise("CompilationError", `${method}() needs a relation, got ${pyRepr(value ?? null)}`);
}

function relationMethods(name: string, backend: AdapterBackend, { facts, context }: AdapterOptions): Value | undefined {
  const fromParts = (parts: RelationParts): Relation =>
    new Relation({ ...parts, quoting: { ...parts.quoting, ...facts.quoting } as never });
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

function schemaMethods(name: string, backend: AdapterBackend, { context }: AdapterOptions): Value | undefined {
  switch (name) {
    case "create_schema":
      return hostFunction(name, ["relation"], (relation) => {
        const schema = asRelation(relation, name);
        context().callMacro("create_schema", [schema.with({ identifier: null })]);
        backend.schemaCreated(schema.parts.database ?? "", schema.parts.schema ?? "");
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
    case "get_columns_in_relation":
      return hostFunction(name, ["relation"], (relation) =>
        context().callMacro("get_columns_in_relation", [asRelation(relation, name)]),
      );
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
        const columnsOf = (relation: Value | undefined): Column[] =>
          [...iterate(context().callMacro("get_columns_in_relation", [asRelation(relation, name)]))].filter(
            (entry): entry is Column => entry instanceof Column,
          );
        const known = new Set(columnsOf(to).map((column) => column.column));
        return columnsOf(from).filter((column) => !known.has(column.column));
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

/** A snapshot table needs dbt's own columns; says which are missing. */
function assertSnapshotTarget(context: NodeContext, relation: Relation, names: Value): void {
  const columns = [...iterate(context.callMacro("get_columns_in_relation", [relation]))].filter(
    (entry): entry is Column => entry instanceof Column,
  );
  const present = new Set(columns.map((column) => column.column.toLowerCase()));
  const nameOf = (column: string): string => (names instanceof PyDict ? pyStr(names.get(column) ?? column) : column);
  const wanted = ["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"].map(nameOf);
  const missing = wanted.filter((column) => !present.has(column.toLowerCase()));
  if (missing.length === 0) return;
  raise(
    "SnapshotTargetNotSnapshotTableError",
    `Snapshot target is missing configured columns ${pyRepr(missing)}. See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information.`,
  );
}

function queryMethods(name: string, backend: AdapterBackend, { context }: AdapterOptions): Value | undefined {
  switch (name) {
    case "execute":
      return hostFunction(name, ["sql", "auto_begin?", "fetch?", "limit?"], (sql, autoBegin, fetch) => {
        const { response, table } = backend.execute(
          pyStr(sql ?? null),
          truthy(autoBegin ?? false),
          truthy(fetch ?? false),
        );
        return tuple([new ResponseObject(response), table]);
      });
    case "add_query":
      return hostFunction(name, ["sql", "auto_begin?", "bindings?", "abridge_sql_log?"], (sql, autoBegin, bindings) => {
        const values = isAbsent(bindings) ? undefined : [...iterate(bindings ?? null)].map(fromPython);
        backend.execute(pyStr(sql ?? null), autoBegin === undefined || truthy(autoBegin), false, values);
        return tuple([null, null]);
      });
    case "commit":
      return () => (backend.commit(), "");
    case "begin":
    case "ensure_transaction":
      return () => (backend.begin(), "");
    case "location_exists":
      return hostFunction(name, ["location"], (location) => {
        try {
          backend.execute(`select 1 from '${pyStr(location ?? null)}' where 1=0`, false, false);
          return true;
        } catch {
          return false;
        }
      });
    case "get_column_schema_from_query":
      return hostFunction(name, ["sql"], (sql) => {
        const { table } = backend.execute(`DESCRIBE (${pyStr(sql ?? null)})`, false, true);
        return table.rows().map((row) => new Column(pyStr(row.values()[0] ?? null), pyStr(row.values()[1] ?? null)));
      });
    case "existing_key_constraint_types":
      return () => [];
    case "get_incremental_strategy_macro":
      return hostFunction(name, ["model_context", "strategy?"], (_model, strategy) =>
        incrementalStrategyMacro(context(), strategy),
      );
    case "get_hard_deletes_behavior":
      return hostFunction(name, ["config"], (config) => hardDeletes(config ?? null));
    case "standardize_grants_dict":
      return hostFunction(name, ["grants_table"], (table) => grantsDict(table ?? null));
    case "nice_connection_name":
      return () => "connection";
    default:
      return undefined;
  }
}

/** What `adapter.execute` and `load_result(...).response` show. */
export class ResponseObject extends PyObject {
  readonly pyType = "AdapterResponse";
  readonly response: AdapterResponse;

  constructor(response: AdapterResponse) {
    super();
    this.response = response;
  }

  override str(): string {
    return this.response._message;
  }

  override truthy(): boolean {
    return true;
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "message") return this.response._message;
    if (name === "to_dict") return () => toPython(this.response);
    return Object.hasOwn(this.response, name) ? toPython(this.response[name]) : null;
  }
}

function incrementalStrategyMacro(context: NodeContext, strategy: Value | undefined): Value {
  const name = isAbsent(strategy) ? "default" : pyStr(strategy ?? null);
  const macroName = `get_incremental_${name.replaceAll("+", "_")}_sql`;
  if (name === "insert_overwrite")
    raise("DbtRuntimeError", `The incremental strategy '${name}' is not valid for this adapter`);
  const macro = context.lookup(macroName);
  if (macro === undefined)
    raise(
      "DbtRuntimeError",
      `dbt could not find an incremental strategy macro with the name "${macroName}" in this project`,
    );
  return macro;
}

function hardDeletes(config: Value): string {
  const get = (key: string): Value => {
    if (config instanceof PyDict) return config.get(key) ?? null;
    if (!(config instanceof PyObject)) return null;
    const getter = config.getAttribute("get");
    return typeof getter === "function" ? getter([key], {}) : null;
  };
  const [legacy, mode] = [get("invalidate_hard_deletes"), get("hard_deletes")];
  if (!isAbsent(legacy) && !isAbsent(mode)) {
    raise(
      "DbtValidationError",
      "You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.",
    );
  }
  if (truthy(legacy) || mode === "invalidate") return "invalidate";
  if (mode === "new_record") return "new_record";
  if (isAbsent(mode) || mode === "ignore") return "ignore";
  raise("DbtValidationError", "Invalid setting for property hard_deletes.");
}

function grantsDict(table: Value): PyDict {
  const result = new PyDict();
  if (!(table instanceof AgateTable)) return result;
  for (const row of table.rows()) {
    const grantee = row.getItem("grantee") ?? null;
    const privilege = row.getItem("privilege_type") ?? null;
    const list = result.get(privilege);
    if (Array.isArray(list)) list.push(grantee);
    else result.set(privilege, [grantee]);
  }
  return result;
}
