import type { Invocation } from "../contracts/invocation.ts";
import type { RenderContext } from "../jinja/template.ts";
import { PyObject, pyRepr, raise, type Value } from "../jinja/values.ts";
import { baseMembers } from "./base-context.ts";
import { toPython } from "./convert.ts";
import { envVarFunction } from "./env.ts";
import { warnDeprecated } from "./exceptions.ts";
import { hostFunction } from "./host-function.ts";
import { lookupMember, type Lazy } from "./node-context.ts";

interface ConfigOptions {
  readonly target?: Value;
  readonly secrets?: boolean;
  /** A var that nobody gives is None, instead of an error. */
  readonly withoutVars?: boolean;
}

/** `target` where no profile is read: whatever is asked of it is an empty text. */
class NoTarget extends PyObject {
  readonly pyType = "dict";

  override getAttribute(): Value {
    return "";
  }

  override getItem(): Value {
    return "";
  }

  override truthy(): boolean {
    return false;
  }

  override str(): string {
    return "{}";
  }
}

/** dbt_project.yml for commands that need no profile: configs may name the target all the same. */
export function contextWithoutProfile(invocation: Invocation, options: Omit<ConfigOptions, "target">): RenderContext {
  return configContext(invocation, { ...options, target: new NoTarget() });
}

/**
 * What dbt_project.yml, profiles.yml, packages.yml and selectors.yml may use: env vars, CLI vars, and (where a profile is read) `target`.
 */
export function configContext(invocation: Invocation, options: ConfigOptions): RenderContext {
  const members = new Map<string, Value | Lazy>(Object.entries(baseMembers(invocation, warnDeprecated(invocation))));
  const vars = invocation.flags.vars;
  members.set("env_var", envVarFunction(invocation.env, options.secrets === true ? "secrets-allowed" : "public"));
  members.set(
    "var",
    hostFunction("var", ["name", "default?"], (name, fallback) => {
      if (typeof name === "string" && name in vars) return toPython(vars[name]);
      if (fallback !== undefined) return fallback;
      if (options.withoutVars === true) return null;
      raise(
        "CompilationError",
        `Required var ${pyRepr(name ?? null)} not found in config:\nVars supplied to <Configuration> = ${JSON.stringify(vars)}`,
      );
    }),
  );
  if (options.target !== undefined) members.set("target", options.target);
  return { lookup: (name) => lookupMember(members, name) };
}
