import type { Warn } from "./exceptions.ts";
import { iterate, PyDict, pyStr, truthy, type Value } from "../jinja/values.ts";

/** What the engine makes of constraints, and who is told when it makes nothing of one. */
export interface ConstraintRules {
  readonly supported: readonly string[];
  readonly adapterType: string;
  readonly warn: Warn;
}

/** As in dbt: `custom` is the user's own SQL; what the engine does not take is left out, with a warning unless told not to. */
function isTaken(constraint: PyDict, { supported, adapterType, warn }: ConstraintRules): boolean {
  const type = text(constraint, "type");
  if (type === "custom" || supported.includes(type)) return true;
  if (truthy(constraint.get("warn_unsupported") ?? true))
    warn(
      "ConstraintNotSupported",
      `The constraint type ${type} is not supported by ${adapterType}, and will be ignored. Set 'warn_unsupported: false' on this constraint to ignore this warning.`,
    );
  return false;
}

function render(constraints: Value, rules: ConstraintRules, one: (constraint: PyDict) => string | null): string[] {
  return [...iterate(constraints)]
    .map((entry) => (entry instanceof PyDict && isTaken(entry, rules) ? one(entry) : null))
    .filter((entry) => entry !== null);
}

function text(dict: PyDict, key: string): string {
  const value = dict.get(key);
  return value === undefined || value === null ? "" : pyStr(value);
}

function list(dict: PyDict, key: string): string[] {
  const value = dict.get(key);
  return value === undefined || value === null ? [] : [...iterate(value)].map((item) => pyStr(item));
}

/** DuckDB takes no database in a foreign key's target, even the current one. */
function targetName(dict: PyDict): string {
  const parts = text(dict, "to").split(".");
  return parts.length > 2 ? parts.slice(1).join(".") : parts.join(".");
}

function columnConstraint(constraint: PyDict): string | null {
  const expression = text(constraint, "expression");
  switch (text(constraint, "type")) {
    case "check":
      return expression === "" ? null : `check (${expression})`;
    case "not_null":
      return `not null ${expression}`.trim();
    case "unique":
      return `unique ${expression}`.trim();
    case "primary_key":
      return `primary key ${expression}`.trim();
    case "foreign_key":
      if (text(constraint, "to") !== "" && list(constraint, "to_columns").length > 0) {
        return `references ${targetName(constraint)} (${list(constraint, "to_columns").join(", ")})`;
      }
      return expression === "" ? null : `references ${expression}`;
    case "custom":
      return expression === "" ? null : expression;
    default:
      return null;
  }
}

function modelConstraint(constraint: PyDict): string | null {
  const expression = text(constraint, "expression");
  const name = text(constraint, "name");
  const prefix = name === "" ? "" : `constraint ${name} `;
  const columns = list(constraint, "columns").join(", ");
  switch (text(constraint, "type")) {
    case "check":
      return expression === "" ? null : `${prefix}check (${expression})`;
    case "unique":
    case "primary_key": {
      const kind = text(constraint, "type").replace("_", " ");
      return `${prefix}${kind}${expression === "" ? "" : ` ${expression}`} (${columns})`;
    }
    case "foreign_key":
      if (text(constraint, "to") !== "" && list(constraint, "to_columns").length > 0) {
        return `${prefix}foreign key (${columns}) references ${targetName(constraint)} (${list(constraint, "to_columns").join(", ")})`;
      }
      return expression === "" ? null : `${prefix}foreign key (${columns}) references ${expression}`;
    case "custom":
      return expression === "" ? null : `${prefix}${expression}`;
    default:
      return null;
  }
}

/** `name type constraint …` for each column of a contract; raw_columns is the model's `columns` dict. */
export function renderColumnConstraints(columns: Value, rules: ConstraintRules): Value[] {
  if (!(columns instanceof PyDict)) return [];
  return [...columns.values()].flatMap((column) => {
    if (!(column instanceof PyDict)) return [];
    const quoted = column.get("quote");
    const name = quoted !== undefined && truthy(quoted) ? `"${text(column, "name")}"` : text(column, "name");
    const constraints = column.get("constraints");
    const rendered =
      constraints === undefined || constraints === null ? [] : render(constraints, rules, columnConstraint);
    return [[`${name} ${text(column, "data_type")}`, ...rendered].join(" ")];
  });
}

export function renderModelConstraints(constraints: Value, rules: ConstraintRules): Value[] {
  return constraints === null ? [] : render(constraints, rules, modelConstraint);
}
