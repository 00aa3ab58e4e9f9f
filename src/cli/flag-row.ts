import type { Flags } from "../contracts/flags.ts";
import type { FlagKind } from "./flag-values.ts";

/** One flag, written once: the command line, help, env vars and dbt_project.yml's `flags:` come from it. */
export interface FlagRow {
  readonly key: keyof Flags & string;
  readonly kind: FlagKind;
  readonly option: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** The form that switches a boolean off, where it is not `--no-x`. */
  readonly hidden?: boolean;
  /** An environment variable of earlier dbt versions. */
  readonly oldEnv?: string;
  /** Commands that have it; none = all. */
  readonly commands?: readonly string[];
}

export const RUNS = [
  "build",
  "run",
  "test",
  "seed",
  "snapshot",
  "compile",
  "show",
  "ls",
  "source freshness",
  "docs generate",
];
