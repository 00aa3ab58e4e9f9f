import type { ProjectFacts } from "../contracts/project-facts.ts";
import { iterate, PyDict, PyObject, pyStr, raise, truthy, tuple, type Value } from "../jinja/values.ts";
import type { AdapterBackend, AdapterOptions } from "./adapter-backend.ts";
import { AgateTable } from "./agate.ts";
import { Column } from "./column.ts";
import { fromPython } from "./convert.ts";
import { hostFunction } from "./host-function.ts";
import type { NodeContext } from "./node-context.ts";
import { isAbsent, Relation } from "./relation.ts";
import { ResponseObject } from "./response-object.ts";

/** Methods that run statements, and dbt's decisions that hang on config. */
export function queryMethods(
  name: string,
  backend: AdapterBackend,
  { facts, context }: AdapterOptions,
): Value | undefined {
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
    case "load_rows":
      return hostFunction(name, ["relation", "table"], (relation, table) => {
        if (!(relation instanceof Relation) || !(table instanceof AgateTable))
          raise("CompilationError", "load_rows() needs a relation and a table");
        return backend.loadRows(relation.parts, table);
      });
    case "commit":
      return () => (backend.commit(), "");
    case "begin":
    case "ensure_transaction":
      return () => (backend.begin(), "");
    case "location_exists":
      return hostFunction(name, ["location"], (location) => locationExists(backend, pyStr(location ?? null)));
    case "get_column_schema_from_query":
      return hostFunction(name, ["sql"], (sql) => {
        const columns = backend.describe(pyStr(sql ?? null));
        return columns.map((column) => new Column(column.name, column.type, facts.traits.types));
      });
    case "existing_key_constraint_types":
      return hostFunction(name, ["relation"], (relation) => {
        if (!(relation instanceof Relation))
          raise("CompilationError", "existing_key_constraint_types() needs a relation");
        const { database, schema, identifier } = relation.parts;
        return backend.keyConstraints(database ?? "", schema ?? "", identifier ?? "");
      });
    case "get_incremental_strategy_macro":
      return hostFunction(name, ["model_context", "strategy?"], (_model, strategy) =>
        incrementalStrategyMacro(context(), facts, strategy),
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

function locationExists(backend: AdapterBackend, location: string): boolean {
  try {
    backend.execute(`select 1 from '${location}' where 1=0`, false, false);
    return true;
  } catch {
    return false;
  }
}

function incrementalStrategyMacro(context: NodeContext, facts: ProjectFacts, strategy: Value | undefined): Value {
  const name = isAbsent(strategy) ? "default" : pyStr(strategy ?? null);
  const macroName = `get_incremental_${name.replaceAll("+", "_")}_sql`;
  if (name === "insert_overwrite" && !facts.traits.incrementalStrategies.includes(name))
    raise("DbtRuntimeError", `The incremental strategy '${name}' is not valid for this adapter`);
  const macro = context.lookup(macroName);
  if (macro === undefined)
    raise(
      "DbtRuntimeError",
      `dbt could not find an incremental strategy macro with the name "${macroName}" in ${facts.projectName}`,
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
