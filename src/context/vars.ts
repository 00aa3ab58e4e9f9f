import type { Json, JsonObject } from "../contracts/json.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { compileTemplate, type RenderContext } from "../jinja/template.ts";
import { PyObject, pyRepr, raise, type HostFunction, type Kwargs, type Value } from "../jinja/values.ts";
import { isRecord } from "../shared/objects.ts";
import { toPython } from "./convert.ts";
import { hostFunction } from "./host-function.ts";

/**
 * The vars a node of `packageName` sees: its package's own, then the root project's, then the command line's.
 * Within one dbt_project.yml, `vars: {package: {…}}` wins over plain vars.
 * Source: https://docs.getdbt.com/docs/build/project-variables
 */
export function varsFor(facts: ProjectFacts, packageName: string, overrides: JsonObject = {}): JsonObject {
  const ofProject = (vars: JsonObject): JsonObject => {
    const scoped = vars[packageName];
    return isRecord(scoped) ? { ...vars, ...scoped } : vars;
  };
  return {
    ...(packageName === facts.projectName ? {} : ofProject(facts.packageVars[packageName] ?? {})),
    ...ofProject(facts.packageVars[facts.projectName] ?? {}),
    ...facts.cliVars,
    ...overrides,
  };
}

export interface VarOptions {
  readonly facts: ProjectFacts;
  readonly packageName: string;
  /** Named in the message about a missing var. */
  readonly owner: string;
  /** At parse time a missing var is None; later it is an error. */
  readonly missing: "none" | "error";
  readonly context: RenderContext;
  readonly overrides?: JsonObject;
}

/** dbt's `var(name, default)`, with `var.has_var(name)`. Texts among the vars may hold Jinja. */
export class VarObject extends PyObject {
  readonly pyType = "Var";
  private readonly options: VarOptions;
  private vars: JsonObject | null = null;
  private readonly read: HostFunction = hostFunction("var", ["var_name", "default?"], (name, fallback): Value =>
    this.value(name ?? null, fallback),
  );

  constructor(options: VarOptions) {
    super();
    this.options = options;
  }

  private all(): JsonObject {
    this.vars ??= varsFor(this.options.facts, this.options.packageName, this.options.overrides);
    return this.vars;
  }

  override call(args: Value[], kwargs: Kwargs): Value {
    return this.read(args, kwargs);
  }

  override getAttribute(name: string): Value | undefined {
    if (name !== "has_var") return undefined;
    return hostFunction(
      name,
      ["var_name"],
      (varName) => typeof varName === "string" && Object.hasOwn(this.all(), varName),
    );
  }

  private value(name: Value, fallback: Value | undefined): Value {
    const vars = this.all();
    const { missing, owner, context } = this.options;
    if (typeof name === "string" && Object.hasOwn(vars, name)) return renderVar(vars[name] ?? null, context);
    if (fallback !== undefined) return fallback;
    if (missing === "none") return null;
    raise(
      "CompilationError",
      `Required var ${pyRepr(name)} not found in config:\nVars supplied to ${owner} = ${JSON.stringify(vars, null, 4)}`,
    );
  }
}

export function varFunction(options: VarOptions): VarObject {
  return new VarObject(options);
}

function renderVar(value: Json, context: RenderContext): Value {
  if (typeof value === "string" && (value.includes("{{") || value.includes("{%"))) {
    return compileTemplate(value, { path: "vars" }).render(context);
  }
  return toPython(value);
}
