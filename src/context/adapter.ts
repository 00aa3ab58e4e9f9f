import type { Json, JsonObject } from "../contracts/json.ts";
import {
  ChainableUndefined,
  PyDict,
  PyObject,
  pyStr,
  raise,
  tuple,
  typeName,
  type HostFunction,
  type Value,
} from "../jinja/values.ts";
import type { AdapterBackend, AdapterOptions } from "./adapter-backend.ts";
import { queryMethods } from "./adapter-queries.ts";
import { cacheMethods, columnMethods, relationMethods, schemaMethods } from "./adapter-relations.ts";
import { AgateTable } from "./agate.ts";
import { ColumnClass } from "./column.ts";
import { columnType, datetimesAsText } from "./column-types.ts";
import { renderColumnConstraints, renderModelConstraints, type ConstraintRules } from "./constraints.ts";
import { fromPython, toPython } from "./convert.ts";
import { hostFunction } from "./host-function.ts";
import { IndexConfig } from "./index-config.ts";
import type { MacroEntry, MacroRegistry } from "./macro-registry.ts";
import { GLOBAL_PACKAGE } from "./macro-registry.ts";
import type { NodeContext } from "./node-context.ts";
import { dispatchCandidates, raiseNoCandidate } from "./dispatch-packages.ts";
import { isAbsent, Relation, RelationClass } from "./relation.ts";
import { seedBatches } from "./seed-batches.ts";

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
        (this.options.backend === null ? this.missed(name) : this.atRun(name, this.options.backend));
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
        return new ColumnClass(facts.traits.types);
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
          // As in dbt, a seed that does not say has its columns quoted.
          if (isAbsent(quote)) return `"${text}"`;
          if (typeof quote !== "boolean")
            raise(
              "CompilationError",
              `The seed configuration value of "quote_columns" has an invalid type ${typeName(quote ?? null)}`,
            );
          return quote ? `"${text}"` : text;
        });
      case "render_raw_columns_constraints":
        return hostFunction(name, ["raw_columns"], (columns) =>
          renderColumnConstraints(columns ?? null, this.constraintRules()),
        );
      case "render_raw_model_constraints":
        return hostFunction(name, ["raw_constraints"], (constraints) =>
          renderModelConstraints(constraints ?? null, this.constraintRules()),
        );
      case "parse_index":
        return hostFunction(name, ["raw_index"], (entry) => (isAbsent(entry) ? null : new IndexConfig(entry ?? null)));
      case "build_catalog_relation":
        return this.engineMethod(name) ?? (() => null);
      case "store_relation":
      case "warn_once":
        return () => null;
      case "valid_incremental_strategies":
        return () => [...facts.traits.incrementalStrategies];
      default:
        return this.tableMethod(name) ?? this.engineMethod(name);
    }
  }

  private constraintRules(): ConstraintRules {
    const { facts, warn } = this.options;
    return { supported: facts.traits.constraints, adapterType: facts.target.type, warn };
  }

  /** Methods that look at a table of values. */
  private tableMethod(name: string): HostFunction | undefined {
    switch (name) {
      case "convert_type":
        return hostFunction(name, ["agate_table", "col_idx"], (table, index) =>
          columnType(table ?? null, index ?? null, this.options.facts.traits.types),
        );
      case "convert_datetimes_to_strs":
        return hostFunction(name, ["table"], (table) =>
          table instanceof AgateTable ? datetimesAsText(table) : (table ?? null),
        );
      case "seed_batches":
        return hostFunction(name, ["agate_table", "max_rows", "max_length"], (table, rows, length) =>
          table instanceof AgateTable ? seedBatches(table, Number(rows), Number(length)) : [],
        );
      default:
        return undefined;
    }
  }

  private engineMethod(name: string): HostFunction | undefined {
    const method = this.options.engineMethods[name];
    if (method === undefined) return undefined;
    return (args, kwargs) => {
      const given = [...args, ...Object.values(kwargs)];
      const plain = given.map((value) => (value instanceof Relation ? namesOf(value) : fromPython(value)));
      const result = toPython(method(plain, this.options.facts.target));
      // Methods such as external_write_options fill in the dict they are given.
      given.forEach((value, index) => value instanceof PyDict && refill(value, plain[index] ?? null));
      return result;
    };
  }

  private dispatch(macroName: Value, namespace: Value): Value {
    const { facts, registry, context } = this.options;
    const name = pyStr(macroName);
    const searched = namespaceName(namespace);
    const candidates = dispatchCandidates(facts, name, searched);
    for (const { packageName, macroName: candidate } of candidates) {
      const found =
        packageName === null
          ? context().findDispatched(candidate)
          : bindIn(context(), registry, packageName, candidate);
      if (found !== undefined) return found;
    }
    raiseNoCandidate(name, searched, candidates);
  }

  private missed(name: string): Value | undefined {
    const method = this.atParse(name);
    if (method !== undefined) this.options.missed?.();
    return method;
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
        // Another adapter's method, say: it only matters where the node is run.
        return name.startsWith("__") ? undefined : new ChainableUndefined({ name });
    }
  }

  private atRun(name: string, backend: AdapterBackend): Value | undefined {
    return (
      relationMethods(name, backend, this.options) ??
      cacheMethods(name, backend) ??
      schemaMethods(name, backend, this.options) ??
      columnMethods(name, backend, this.options) ??
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
  "known_columns",
  "remember_columns",
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

function namespaceName(namespace: Value): string | null {
  if (namespace === null || typeof namespace === "string") return namespace;
  return raise(
    "CompilationError",
    `In adapter.dispatch, got a ${typeName(namespace)} macro_namespace argument ("${pyStr(namespace)}"), but macro_namespace should be None or a string.`,
  );
}

function bindIn(context: NodeContext, registry: MacroRegistry, packageName: string, name: string): Value | undefined {
  if (packageName !== GLOBAL_PACKAGE && !registry.hasPackage(packageName) && packageName !== registry.rootPackage) {
    raise("CompilationError", `In dispatch: Could not find package '${packageName}'`);
  }
  const entry: MacroEntry | undefined = registry.findInPackage(packageName, name);
  return entry === undefined ? undefined : context.bind(entry);
}

function namesOf({ parts: { database, schema, identifier } }: Relation): JsonObject {
  return { database, schema, identifier };
}
