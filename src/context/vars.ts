import type { Json, JsonObject } from "../contracts/json.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { compileTemplate, type RenderContext } from "../jinja/template.ts";
import { pyRepr, raise, type HostFunction, type Value } from "../jinja/values.ts";
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

/** dbt's `var(name, default)`, with `has_var`. Texts among the vars may hold Jinja. */
export function varFunction(options: VarOptions): HostFunction {
  let vars: JsonObject | null = null;
  return hostFunction("var", ["var_name", "default?"], (name, fallback): Value => {
    vars ??= varsFor(options.facts, options.packageName, options.overrides);
    if (typeof name === "string" && Object.hasOwn(vars, name)) return renderVar(vars[name] ?? null, options.context);
    if (fallback !== undefined) return fallback;
    if (options.missing === "none") return null;
    raise(
      "CompilationError",
      `Required var ${pyRepr(name ?? null)} not found in config:\nVars supplied to ${options.owner} = ${JSON.stringify(vars, null, 4)}`,
    );
  });
}

function renderVar(value: Json, context: RenderContext): Value {
  if (typeof value === "string" && (value.includes("{{") || value.includes("{%"))) {
    return compileTemplate(value, { path: "vars" }).render(context);
  }
  return toPython(value);
}
