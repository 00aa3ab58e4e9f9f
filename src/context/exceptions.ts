import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { treatmentOf, warningName } from "../contracts/warnings.ts";
import { PyDict, pyStr, raise, type Value } from "../jinja/values.ts";
import { hostFunction } from "./host-function.ts";

/** `exceptions.*`: what macros raise. Source: https://docs.getdbt.com/reference/dbt-jinja-functions/exceptions */
export function exceptionsNamespace(invocation: Invocation, nodeId: string | null): PyDict {
  return PyDict.from({ ...plainExceptions(), ...modelExceptions(nodeId, warner(invocation, nodeId)) });
}

export type Warn = (name: string, message: string) => string;

/** Gives warnings of a node, under dbt's names of them, as the flags have it: shown, left out, or an error. */
export function warner({ emit, flags }: Invocation, nodeId: string | null): Warn {
  return (name, message) => {
    const treatment = treatmentOf(name, flags);
    if (treatment === "error") compilation(message);
    if (treatment === "warn")
      emit({ kind: "log", level: "warn", message, code: name, ...(nodeId === null ? {} : { nodeId }) });
    return "";
  };
}

/** A deprecation of a template that runs: shown, counted alone, or an error, as the flags have it. */
export function warnDeprecated({ emit, flags }: Invocation): (entry: Diagnostic) => void {
  return (entry) => {
    const treatment = treatmentOf(warningName(entry.code), flags);
    if (treatment === "error") compilation(entry.message);
    emit({ kind: "diagnostic", diagnostic: entry, ...(treatment === "silence" ? { isSilenced: true } : {}) });
  };
}

const text = (value: Value | undefined): string => (value === undefined ? "" : pyStr(value));
const compilation = (message: string): never => raise("CompilationError", message);

function plainExceptions(): Record<string, Value> {
  return {
    raise_compiler_error: hostFunction("raise_compiler_error", ["msg", "node?"], (message) =>
      compilation(text(message)),
    ),
    raise_not_implemented: hostFunction("raise_not_implemented", ["msg"], (message) =>
      raise("NotImplementedError", text(message)),
    ),
    raise_database_error: hostFunction("raise_database_error", ["msg", "node?"], (message) =>
      raise("DbtDatabaseError", text(message)),
    ),
    raise_dependency_error: hostFunction("raise_dependency_error", ["msg"], (message) =>
      raise("DependencyError", text(message)),
    ),
    raise_fail_fast_error: hostFunction("raise_fail_fast_error", ["msg", "node?"], (message) =>
      raise("FailFastError", text(message)),
    ),
    raise_duplicate_resource_name: hostFunction("raise_duplicate_resource_name", ["node_1", "node_2"], () =>
      compilation("Two resources have the same name"),
    ),
    raise_invalid_property_yml_version: hostFunction(
      "raise_invalid_property_yml_version",
      ["path", "issue"],
      (path, issue) => compilation(`The yml property file at ${text(path)} is invalid because ${text(issue)}.`),
    ),
  };
}

function modelExceptions(nodeId: string | null, warn: Warn): Record<string, Value> {
  return {
    warn: hostFunction("warn", ["msg", "node?"], (message) => warn("JinjaLogWarning", text(message))),
    missing_config: hostFunction("missing_config", ["model", "name"], (_model, name) =>
      compilation(`Model '${nodeId ?? ""}' does not define a required config parameter '${text(name)}'.`),
    ),
    missing_materialization: hostFunction("missing_materialization", ["model", "adapter_type"], (_model, type) =>
      compilation(`No materialization was found for adapter type '${text(type)}'`),
    ),
    missing_relation: hostFunction("missing_relation", ["relation", "model?"], (relation) =>
      compilation(`Relation ${text(relation)} not found!`),
    ),
    relation_wrong_type: hostFunction(
      "relation_wrong_type",
      ["relation", "expected_type", "model?"],
      (relation, expected) =>
        compilation(
          `Trying to create ${text(expected)} ${text(relation)}, but it currently exists as another type. Either drop ${text(relation)} manually, or run dbt with \`--full-refresh\` and dbt will drop it for you.`,
        ),
    ),
    column_type_missing: hostFunction("column_type_missing", ["column_names"], (names) =>
      raise(
        "CompilationError",
        `Contracted models require data_type to be defined for each column.  Please ensure that the column name and data_type are defined within the YAML configuration for the ${text(names)} column(s).`,
      ),
    ),
    raise_contract_error: hostFunction("raise_contract_error", ["yaml_columns", "sql_columns"], (yaml, sql) =>
      raise("ContractError", contractMessage(yaml ?? null, sql ?? null)),
    ),
    warn_snapshot_timestamp_data_types: hostFunction(
      "warn_snapshot_timestamp_data_types",
      ["snapshot_time_data_type", "updated_at_data_type"],
      (time, updatedAt) =>
        warn(
          "SnapshotTimestampWarning",
          `Data type of snapshot table timestamp columns (${text(time)}) doesn't match derived column 'updated_at' (${text(updatedAt)}). Please update snapshot config 'updated_at'.`,
        ),
    ),
  };
}

interface ContractColumn {
  readonly name: string;
  readonly type: string;
}

function contractColumns(value: Value): ContractColumn[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) =>
    entry instanceof PyDict
      ? [{ name: pyStr(entry.get("name") ?? ""), type: pyStr(entry.get("formatted") ?? entry.get("data_type") ?? "") }]
      : [],
  );
}

/** The table dbt prints when a model's columns are not those its contract promises. */
function contractMessage(yaml: Value, sql: Value): string {
  const promised = contractColumns(yaml);
  if (promised.length === 0) return "This model has an enforced contract, and its 'columns' specification is missing";
  const found = contractColumns(sql);
  const typeOf = (column: ContractColumn): string => column.type.replace(`${column.name} `, "");
  const rows: [string, string, string, string][] = [];
  for (const column of found) {
    const other = promised.find((entry) => entry.name === column.name);
    if (other === undefined) rows.push([column.name, typeOf(column), "", "missing in contract"]);
    else if (typeOf(other) !== typeOf(column))
      rows.push([column.name, typeOf(column), typeOf(other), "data type mismatch"]);
  }
  for (const column of promised) {
    if (!found.some((entry) => entry.name === column.name))
      rows.push([column.name, "", typeOf(column), "missing in definition"]);
  }
  const head: [string, string, string, string] = ["column_name", "definition_type", "contract_type", "mismatch_reason"];
  const sorted = rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const widths = head.map((title, index) => Math.max(title.length, ...sorted.map((row) => (row[index] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  const table = [line(head), line(widths.map((width) => "-".repeat(width))), ...sorted.map(line)].join("\n");
  return `This model has an enforced contract that failed.\nPlease ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.\n\n${table}`;
}
