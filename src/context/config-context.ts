import type { Invocation } from "../contracts/invocation.ts";
import type { RenderContext } from "../jinja/template.ts";
import { pyRepr, raise, type Value } from "../jinja/values.ts";
import { baseMembers } from "./base-context.ts";
import { toPython } from "./convert.ts";
import { envVarFunction } from "./env.ts";
import { warnDeprecated } from "./exceptions.ts";
import { hostFunction } from "./host-function.ts";
import { lookupMember, type Lazy } from "./node-context.ts";

/**
 * What dbt_project.yml, profiles.yml, packages.yml and selectors.yml may use: env vars, CLI vars, and (where a profile is read) `target`.
 */
export function configContext(invocation: Invocation, options: { target?: Value; secrets?: boolean }): RenderContext {
  const members = new Map<string, Value | Lazy>(Object.entries(baseMembers(invocation, warnDeprecated(invocation))));
  const vars = invocation.flags.vars;
  members.set("env_var", envVarFunction(invocation.env, options.secrets === true ? "secrets-allowed" : "public"));
  members.set(
    "var",
    hostFunction("var", ["name", "default?"], (name, fallback) => {
      if (typeof name === "string" && name in vars) return toPython(vars[name]);
      if (fallback !== undefined) return fallback;
      raise(
        "CompilationError",
        `Required var ${pyRepr(name ?? null)} not found in config:\nVars supplied to <Configuration> = ${JSON.stringify(vars)}`,
      );
    }),
  );
  if (options.target !== undefined) members.set("target", options.target);
  return { lookup: (name) => lookupMember(members, name) };
}
