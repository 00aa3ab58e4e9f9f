import { ALL_PARTS, type RelationParts, type RelationPolicy, type RelationType } from "../contracts/relation.ts";
import {
  PyDict,
  PyObject,
  raise,
  truthy,
  Undefined,
  type HostFunction,
  type Kwargs,
  type Value,
} from "../jinja/values.ts";
import { hostFunction } from "./host-function.ts";
import { asText } from "../shared/objects.ts";
import { functionConfig, functionMacroName } from "./function-args.ts";

const PART_NAMES = ["database", "schema", "identifier"] as const;
type PartName = (typeof PART_NAMES)[number];

/** What of a relation is read (--empty, batches, --sample) wraps it in a subquery where it is printed. */
export interface RelationWindow {
  readonly limit: number | null;
  readonly eventTimeFilter: {
    readonly field: string;
    readonly start: string | null;
    readonly end: string | null;
  } | null;
  /** Stands behind the FROM of what is sampled: LIMIT or TABLESAMPLE. */
  readonly sample: string | null;
}

const NO_WINDOW: RelationWindow = { limit: null, eventTimeFilter: null, sample: null };

/** dbt's Relation as templates see it: immutable; each method gives a new one. */
export class Relation extends PyObject {
  readonly pyType = "DuckDBRelation";
  readonly parts: RelationParts;
  readonly quotePolicy: RelationPolicy;
  readonly includePolicy: RelationPolicy;
  readonly window: RelationWindow;

  constructor(parts: RelationParts, includePolicy: RelationPolicy = ALL_PARTS, window: RelationWindow = NO_WINDOW) {
    super();
    this.parts = parts;
    this.quotePolicy = parts.quoting ?? ALL_PARTS;
    this.includePolicy = includePolicy;
    this.window = window;
  }

  with(change: Partial<RelationParts>, includePolicy = this.includePolicy, window = this.window): Relation {
    return new Relation({ ...this.parts, ...change }, includePolicy, window);
  }

  render(): string {
    if (this.parts.external) return this.parts.external;
    const names: string[] = [];
    for (const part of PART_NAMES) {
      const name = this.parts[part];
      if (!this.includePolicy[part] || name === null) continue;
      names.push(this.quotePolicy[part] ? quoted(name) : name);
    }
    return names.join(".");
  }

  override str(): string {
    if (this.parts.type === "function") return this.render();
    let text = this.render();
    const { limit, eventTimeFilter, sample } = this.window;
    if (limit === 0) text = `(select * from ${text} where false limit 0)`;
    else if (limit !== null) text = `(select * from ${text} limit ${String(limit)})`;
    if (eventTimeFilter !== null) {
      const { field, start, end } = eventTimeFilter;
      const bounds = [start === null ? "" : `${field} >= ${start}`, end === null ? "" : `${field} < ${end}`].filter(
        (bound) => bound !== "",
      );
      if (bounds.length > 0) text = `(select * from ${text} where ${bounds.join(" and ")})`;
    }
    return sample === null ? text : `(select * from ${text} ${sample})`;
  }

  override repr(): string {
    return `<${this.pyType} ${this.render()}>`;
  }

  override truthy(): boolean {
    return true;
  }

  override equals(other: Value): boolean {
    if (!(other instanceof Relation)) return false;
    return this.parts.type === other.parts.type && this.render() === other.render() && this.str() === other.str();
  }

  override hashKey(): unknown {
    return `relation:${this.render()}`;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === "string" ? this.getAttribute(key) : undefined;
  }

  override getAttribute(name: string): Value | undefined {
    const { parts } = this;
    switch (name) {
      case "database":
      case "schema":
      case "identifier":
      case "type":
        return parts[name];
      case "table":
      case "name":
        return parts.identifier;
      case "path":
        return new RelationPolicyView({ database: parts.database, schema: parts.schema, identifier: parts.identifier });
      case "quote_policy":
        return new RelationPolicyView({ ...this.quotePolicy });
      case "include_policy":
        return new RelationPolicyView({ ...this.includePolicy });
      case "external":
        return parts.external ?? null;
      case "limit":
        return this.window.limit;
      case "quote_character":
        return '"';
      case "dbt_created":
      case "require_alias":
        return false;
      // `relation is mapping`: how packages tell a relation from a text.
      case "__mapping__":
        return true;
      default:
        return this.typeFlag(name) ?? relationMethod(this, name) ?? RELATION_TYPE_CONSTANTS[name];
    }
  }

  private typeFlag(name: string): boolean | undefined {
    const { type } = this.parts;
    switch (name) {
      case "is_table":
        return type === "table";
      case "is_view":
        return type === "view";
      case "is_cte":
        return type === "cte";
      case "is_materialized_view":
        return type === "materialized_view";
      case "is_pointer":
        return type === "pointer_table";
      case "is_function":
        return type === "function";
      case "is_external":
        return type === "external";
      case "can_be_renamed":
      case "can_be_replaced":
        return false;
      default:
        return undefined;
    }
  }
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** The small objects behind `relation.path` and the policies. */
class RelationPolicyView extends PyObject {
  readonly pyType = "Policy";
  private readonly fields: Record<PartName, Value>;

  constructor(fields: Record<PartName, Value>) {
    super();
    this.fields = fields;
  }

  override getAttribute(name: string): Value | undefined {
    return PART_NAMES.includes(name as PartName) ? this.fields[name as PartName] : undefined;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === "string" ? this.getAttribute(key) : undefined;
  }
}

export const RELATION_TYPE_CONSTANTS: Readonly<Record<string, string>> = {
  Table: "table",
  View: "view",
  CTE: "cte",
  External: "external",
  MaterializedView: "materialized_view",
  PointerTable: "pointer_table",
  Function: "function",
};

function relationMethod(relation: Relation, name: string): HostFunction | undefined {
  switch (name) {
    case "render":
      return () => relation.render();
    case "render_limited":
      return () => relation.str();
    case "quoted":
      return hostFunction("quoted", ["identifier"], (identifier) => quoted(asText(identifier)));
    case "get":
      return hostFunction("get", ["key", "default?"], (key, fallback) =>
        relationGet(relation, key ?? null, fallback ?? null),
      );
    case "include":
      return policyMethod("include", (change) => relation.with({}, { ...relation.includePolicy, ...change }));
    case "quote":
      return policyMethod("quote", (change) => relation.with({ quoting: { ...relation.quotePolicy, ...change } }));
    case "replace_path":
      return (_args, kwargs) => relation.with(pathChange(kwargs));
    case "incorporate":
    case "replace":
      return (_args, kwargs) => incorporate(relation, kwargs);
    case "without_identifier":
      return () => relation.with({ identifier: null }, { ...relation.includePolicy, identifier: false });
    case "information_schema":
      return hostFunction(
        "information_schema",
        ["view_name?"],
        (view) => new Relation(informationSchemaOf(relation, view)),
      );
    case "get_function_config":
      return hostFunction(name, ["model"], (model) => functionConfig(model ?? null));
    case "get_function_macro_name":
      return hostFunction(name, ["config"], (config) => functionMacroName(config ?? null));
    case "information_schema_only":
      return () => new Relation(informationSchemaOf(relation));
    case "matches":
      return hostFunction("matches", ["database?", "schema?", "identifier?"], (...wanted) => matches(relation, wanted));
    case "relation_max_name_length":
      return () => raise("AttributeError", "DuckDB sets no limit for names");
    default:
      return undefined;
  }
}

function relationGet(relation: Relation, key: Value, fallback: Value): Value {
  // dbt-utils asks for this to tell a relation from a text.
  if (key === "metadata") return PyDict.from({ type: relation.pyType });
  return (typeof key === "string" ? relation.getAttribute(key) : undefined) ?? fallback;
}

function policyMethod(name: string, run: (change: Partial<RelationPolicy>) => Relation): HostFunction {
  return hostFunction(name, ["database?", "schema?", "identifier?"], (...flags) => {
    const change: { -readonly [P in keyof RelationPolicy]?: boolean } = {};
    PART_NAMES.forEach((part, index) => {
      const flag = flags[index];
      if (flag !== undefined && flag !== null) change[part] = truthy(flag);
    });
    return run(change);
  });
}

function pathChange(kwargs: Record<string, Value>): Partial<RelationParts> {
  const change: { -readonly [P in PartName]?: string | null } = {};
  for (const part of PART_NAMES) if (part in kwargs) change[part] = optionalText(kwargs[part]);
  return change;
}

function incorporate(relation: Relation, kwargs: Record<string, Value>): Relation {
  const change: { -readonly [P in keyof RelationParts]?: RelationParts[P] } = {};
  const { path, type } = kwargs;
  if (path instanceof PyDict)
    Object.assign(change, pathChange(Object.fromEntries(path.entries()) as Record<string, Value>));
  if (type !== undefined) change.type = relationType(type);
  if ("external" in kwargs) change.external = optionalText(kwargs["external"]);
  return relation.with(change);
}

export function informationSchemaOf(relation: Relation, view?: Value): RelationParts {
  const suffix = typeof view === "string" ? `.${view}` : "";
  const quoting = { database: relation.quotePolicy.database, schema: false, identifier: false };
  return {
    database: relation.parts.database,
    schema: null,
    identifier: `INFORMATION_SCHEMA${suffix}`,
    type: null,
    quoting,
  };
}

function matches(relation: Relation, wanted: (Value | undefined)[]): boolean {
  return PART_NAMES.every((part, index) => {
    const value = wanted[index];
    return value === undefined || value === null || asText(value) === relation.parts[part];
  });
}

function optionalText(value: Value | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export function relationType(value: Value | undefined): RelationType | null {
  return typeof value === "string" ? (value.replace(" ", "_") as RelationType) : null;
}

/** `api.Relation` / `adapter.Relation`: the class, with `create` and the type names. */
export class RelationClass extends PyObject {
  readonly pyType = "type";
  private readonly quoting: Partial<RelationPolicy>;

  /** quoting: what the project's `quoting:` says. */
  constructor(quoting: Partial<RelationPolicy>) {
    super();
    this.quoting = quoting;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "create":
        return (args, kwargs) => this.create({ ...createKwargs(args), ...kwargs });
      case "add_ephemeral_prefix":
        return hostFunction(name, ["name"], (text) => `__dbt__cte__${asText(text)}`);
      case "scd_args":
        return hostFunction(name, ["primary_key", "updated_at"], (key, updatedAt) => [
          ...(Array.isArray(key) ? key : [key ?? null]),
          updatedAt ?? null,
        ]);
      case "get_relation_type":
        return this;
      case "create_from":
        return hostFunction(name, ["quoting", "relation_config"], (_quoting, node) =>
          this.createFromNode(node ?? null),
        );
      default:
        return RELATION_TYPE_CONSTANTS[name];
    }
  }

  override call(args: Value[], kwargs: Record<string, Value>): Value {
    return this.create({ ...kwargs, ...(args.length > 0 ? { type: args[0] ?? null } : {}) });
  }

  private create(kwargs: Record<string, Value>): Relation {
    const policy = kwargs["quote_policy"];
    const given: Record<string, boolean> = {};
    if (policy instanceof PyDict)
      for (const [key, flag] of policy.entries()) if (typeof key === "string") given[key] = truthy(flag);
    return new Relation({
      database: optionalText(kwargs["database"]),
      schema: optionalText(kwargs["schema"]),
      identifier: optionalText(kwargs["identifier"]),
      type: relationType(kwargs["type"]),
      quoting: { ...ALL_PARTS, ...this.quoting, ...given },
      external: optionalText(kwargs["external"]),
    });
  }

  private createFromNode(node: Value): Relation {
    if (!(node instanceof PyDict)) raise("TypeError", "create_from needs a node");
    return this.create({
      database: node.get("database") ?? null,
      schema: node.get("schema") ?? null,
      identifier: node.get("alias") ?? node.get("identifier") ?? null,
    });
  }
}

/** `Relation.create(database, schema, identifier, type)`: what is given by place, by name. */
function createKwargs(args: readonly Value[]): Kwargs {
  const names = [...PART_NAMES, "type"];
  if (args.length > names.length)
    raise(
      "TypeError",
      `create() takes at most ${String(names.length)} positional arguments (${String(args.length)} given)`,
    );
  const named: Kwargs = {};
  args.forEach((value, index) => (named[names[index] ?? ""] = value));
  return named;
}

/** What adapter.dispatch and macros treat as "no value". */
export function isAbsent(value: Value | undefined): boolean {
  return value === undefined || value === null || value instanceof Undefined;
}
