import type { Emit } from "./events.ts";
import type { Flags } from "./flags.ts";

/** What is true for one command from its start to its end. */
export interface Invocation {
  readonly id: string;
  readonly startedAt: Date;
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
}

/**
 * Values that must not be seen in logs, errors and artifacts, of env vars and of vars with a secret's name; the longest
 * first, so that one inside another is masked whole.
 */
export function secretsOf({ env, flags }: Pick<Invocation, "env" | "flags">): string[] {
  return [...Object.entries(env), ...Object.entries(flags.vars)]
    .filter(([name]) => isSecretEnvName(name))
    .flatMap(([, value]) => (typeof value === "string" && value.trim() !== "" ? [value] : []))
    .sort((a, b) => b.length - a.length);
}

/** The dbt language version that we speak; packages compare it in `require-dbt-version` and templates read it as `dbt_version`. */
export const DBT_VERSION = "1.12.0";

/** Env vars with these prefixes may be used in profiles.yml and packages.yml only, and are masked everywhere. */
export const SECRET_ENV_PREFIXES = ["DBT_ENV_SECRET", "DBT_ENGINE_ENV_SECRET"] as const;

export function isSecretEnvName(name: string): boolean {
  return SECRET_ENV_PREFIXES.some((prefix) => name.startsWith(prefix));
}
