import { isSecretEnvName } from "../contracts/invocation.ts";
import { raise, type HostFunction, type Value } from "../jinja/values.ts";
import { hostFunction } from "./host-function.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where `env_var` is called: only profiles.yml and packages.yml may see secrets. */
export type EnvScope = "secrets-allowed" | "public";

/** dbt's `env_var(name, default)`. Raises a compilation error as dbt words it. */
export function envVarFunction(env: Environment, scope: EnvScope): HostFunction {
  return hostFunction("env_var", ["var", "default?"], (name, fallback): Value => {
    if (typeof name !== "string")
      raise("CompilationError", "env_var needs the name of an environment variable as text");
    if (isSecretEnvName(name) && scope === "public") {
      raise(
        "CompilationError",
        `Secret env vars are allowed only in profiles.yml or packages.yml. Found '${name}' referenced elsewhere.`,
      );
    }
    const value = env[name];
    if (value !== undefined) return value;
    if (fallback !== undefined && fallback !== null) return fallback;
    raise("CompilationError", `Env var required but not provided: '${name}'`);
  });
}
