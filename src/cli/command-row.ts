import { fail } from "../contracts/diagnostic.ts";
import type { CommandResult } from "../commands/result.ts";
import type { Invocation } from "../contracts/invocation.ts";

export interface CommandInput {
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  /** Where the command was given. */
  readonly folder: string;
  readonly version: string;
}

export interface CommandRow {
  readonly name: string;
  readonly help: string;
  readonly group?: string;
  readonly aliases?: readonly string[];
  readonly args?: readonly string[];
  readonly options?: readonly { readonly option: string; readonly help: string }[];
  /** What `flags.WHICH` says, where it is not the name. */
  readonly which?: string;
  readonly logsToStderr?: boolean;
  /** For commands that work without a project: they leave no log file in the folder they are called from. */
  readonly withoutProject?: boolean;
  readonly run: (invocation: Invocation, input: CommandInput) => Promise<CommandResult>;
}

export const JSON_OUTPUT = { option: "--output <form>", help: "text (default) or json" };

export function outputOf(options: CommandInput["options"]): "text" | "json" {
  return options["output"] === "json" ? "json" : "text";
}

/** A query of the command line, which is all that is selected. */
export function inlineOf(
  { options }: Pick<CommandInput, "options">,
  { flags }: Invocation,
  option: "inline" | "inlineDirect" = "inline",
): string | null {
  const inline = text(options[option]);
  const other = flags.select.length > 0 ? "select" : flags.selector === null ? null : "selector";
  if (inline !== null && other !== null)
    fail("DH0002", `${option === "inline" ? option : "inline_direct"}: not allowed with argument ${other}`);
  return inline;
}

export function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
