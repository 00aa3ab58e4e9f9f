import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { diagnostic, DiagnosticError, fail, type Diagnostic } from "../contracts/diagnostic.ts";
import type { EngineError } from "../contracts/engine.ts";
import type { Emit } from "../contracts/events.ts";
import { secretsOf, type Invocation } from "../contracts/invocation.ts";
import { report } from "../commands/report.ts";
import type { CommandResult } from "../commands/result.ts";
import { DeprecationCounter } from "../reporting/deprecation-counter.ts";
import { asText } from "../shared/objects.ts";
import { commandLineDeprecations } from "./command-line-deprecations.ts";
import type { CommandRow } from "./command-row.ts";
import { COMMANDS } from "./commands.ts";
import { loadDotEnv } from "./dot-env.ts";
import { withOwnNames } from "./flag-names.ts";
import type { FlagRow } from "./flag-row.ts";
import { FLAGS, resolveFlags } from "./flags.ts";
import { readProjectSettings } from "../commands/project-settings.ts";
import { startReporting, type Reporting } from "./reporting.ts";
import { systemFailure } from "../shared/system-failure.ts";

/** What a caller in the same process gives and wants. */
export interface Host {
  /** Told of every event, whatever the log level. */
  readonly onEvent?: Emit;
  /** Whether the command writes to standard output and error, as on the command line. */
  readonly isConsole: boolean;
}

/** How a command ended. */
export interface Outcome extends Omit<CommandResult, "exitCode"> {
  readonly exitCode: number;
  /** What kept the command from its end; null where it ran, also where nodes of it failed. */
  readonly exception: Error | null;
}

/** Runs the command line; gives the exit code (0 ok, 1 something failed, 2 could not run). */
export async function main(argv: readonly string[]): Promise<number> {
  const { exitCode, exception } = await runArguments(argv, { isConsole: true });
  const isUnreported = exception instanceof UsageError;
  for (const entry of isUnreported ? exception.diagnostics : [])
    process.stderr.write(`Error ${entry.code}: ${entry.message}\n`);
  return exitCode;
}

/** What was wrong with the command line before anything could report it. */
class UsageError extends DiagnosticError {}

/** Runs what a command line says; failures of every kind come back as the outcome, bugs outside of commands are thrown. */
export async function runArguments(argv: readonly string[], host: Host): Promise<Outcome> {
  let outcome: Outcome = { exitCode: 0, exception: null };
  const program = buildProgram(argv, async (row, given, args) => {
    outcome = await runRow(row, given, args, argv, host);
  });
  if (!host.isConsole) silence(program);
  try {
    await program.parseAsync(withOwnNames(argv), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? outcome : { exitCode: 2, exception: error };
    if (!(error instanceof DiagnosticError)) throw error;
    return { exitCode: 2, exception: new UsageError(error.diagnostics), diagnostics: error.diagnostics };
  }
  return outcome;
}

/** The messages of the parser itself: the exception has them. */
function silence(command: Command): void {
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  for (const below of command.commands) silence(below);
}

type Run = (row: CommandRow, given: Record<string, unknown>, args: string[]) => Promise<void>;

/** A command that is not named on the command line is listed, but without its flags: making them all takes time. */
function buildProgram(argv: readonly string[], run: Run): Command {
  const program = new Command("duckhouse-dbt")
    .description("Runs dbt projects on DuckDB and Trino, without Python.")
    .exitOverride()
    .version(version(), "-v, --version")
    .showHelpAfterError("(add --help for the options)");
  addFlags(program, null);
  const groups = new Map<string, Command>();
  for (const row of COMMANDS) {
    const [first = "", second] = row.name.split(" ");
    let parent = program;
    if (second !== undefined) {
      parent =
        groups.get(first) ??
        program
          .command(first)
          .description(row.group ?? "")
          .exitOverride();
      groups.set(first, parent);
    }
    const isNamed = [first, ...(row.aliases ?? [])].some((name) => argv.includes(name));
    addCommand(parent, second ?? first, row, isNamed, run);
  }
  return program;
}

function addCommand(parent: Command, name: string, row: CommandRow, isNamed: boolean, run: Run): void {
  const command = parent.command(name).description(row.help).exitOverride();
  for (const alias of row.aliases ?? []) command.alias(alias);
  if (!isNamed) return;
  for (const argument of row.args ?? []) command.argument(argument);
  for (const option of row.options ?? []) command.option(option.option, option.help);
  addFlags(command, row.name);
  command.action(async (...parameters: unknown[]) => {
    const args = parameters
      .slice(0, (row.args ?? []).length)
      .flatMap((argument) => (Array.isArray(argument) ? argument.map(asText) : [asText(argument ?? "")]));
    await run(row, command.optsWithGlobals(), args);
  });
}

/** Flags are known before the command's name too, as in dbt. */
function addFlags(command: Command, name: string | null): void {
  for (const row of FLAGS) {
    if (name === null ? row.commands !== undefined : row.commands !== undefined && !row.commands.includes(name))
      continue;
    command.addOption(toOption(row, row.option));
    if (row.kind === "boolean") command.addOption(toOption(row, row.option.replace(/^(-\w, )?--/, "--no-")).hideHelp());
  }
}

function toOption(row: FlagRow, flags: string): Option {
  const option = new Option(flags, row.help);
  if (row.hidden === true) option.hideHelp();
  if (row.choices !== undefined) option.choices([...row.choices]);
  return option;
}

function version(): string {
  const text = readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Commander names options in camelCase and leaves `--no-x` as x = false. */
function givenFlags(options: Record<string, unknown>): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const row of FLAGS) {
    const long = /--([\w-]+)/.exec(row.option)?.[1] ?? "";
    const camel = long.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (options[camel] !== undefined) given[row.key] = options[camel];
  }
  return given;
}

async function runRow(
  row: CommandRow,
  options: Record<string, unknown>,
  args: string[],
  argv: readonly string[],
  host: Host,
): Promise<Outcome> {
  const given = givenFlags(options);
  const root = projectFolder(given["project_dir"]);
  const env = { ...loadDotEnv(root), ...process.env };
  const profilesDir = given["profiles_dir"] ?? env["DBT_ENGINE_PROFILES_DIR"] ?? env["DBT_PROFILES_DIR"] ?? null;
  const settings = readProjectSettings(root, profilesDir === null ? null : asText(profilesDir));
  const flags = resolveFlags({ which: row.which ?? row.name, given, env, project: settings.flags, argv });
  flags.project_dir = root;
  flags.log_path ??= settings.logPath;
  if (row.withoutProject === true) flags.log_level_file = "none";
  // Looked for where the command was given, before the project's folder becomes the working one.
  if (flags.profiles_dir !== null || existsSync("profiles.yml"))
    flags.profiles_dir = resolve(flags.profiles_dir ?? ".");
  const id = randomUUID();
  const reporting = startReporting({
    flags,
    root,
    env,
    secrets: secretsOf({ env, flags }),
    invocationId: id,
    logsToStderr: row.logsToStderr === true,
    host,
  });
  const folder = process.cwd();
  const deprecations = new DeprecationCounter(reporting.emit, flags.show_all_deprecations);
  const invocation: Invocation = { id, startedAt: new Date(), flags, env, emit: deprecations.emit };
  return inFolder(root, () =>
    finish(reporting, invocation, deprecations, async () => {
      report(invocation, commandLineDeprecations({ argv, env, given, settings }));
      return row.run(invocation, { options, args, folder, version: version() });
    }),
  );
}

/** --project-dir, else the nearest folder upwards that holds a project, else this one. */
function projectFolder(given: unknown): string {
  const named = given ?? process.env["DBT_ENGINE_PROJECT_DIR"] ?? process.env["DBT_PROJECT_DIR"];
  if (named !== undefined) {
    if (!existsSync(asText(named))) fail("DH0008", `--project-dir: the path '${asText(named)}' does not exist`);
    return resolve(asText(named));
  }
  const here = resolve(".");
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "dbt_project.yml"))) return folder;
    if (folder === dirname(folder)) return here;
  }
}

/** Files that SQL names (`read_csv('data/x.csv')`) are looked for from the project's folder, wherever the command was given. */
async function inFolder<T>(folder: string, run: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  if (!existsSync(folder)) return run();
  process.chdir(folder);
  try {
    return await run();
  } finally {
    process.chdir(before);
  }
}

async function finish(
  reporting: Reporting,
  { emit, flags }: Invocation,
  deprecations: DeprecationCounter,
  run: () => Promise<CommandResult>,
): Promise<Outcome> {
  const outcome = await run().then(
    (result): Outcome => ({ ...result, exception: null }),
    (error: unknown): Outcome => {
      const exception = error instanceof Error ? error : new Error(String(error));
      return { exitCode: 2, exception, diagnostics: reportFailure(emit, exception) };
    },
  );
  const treatment = deprecations.summarize(flags);
  reporting.close();
  return treatment === "error" ? { ...outcome, exitCode: Math.max(1, outcome.exitCode) } : outcome;
}

function reportFailure(emit: Emit, error: Error): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) {
    for (const entry of error.diagnostics) emit({ kind: "diagnostic", diagnostic: entry });
    const errors = error.diagnostics.length;
    if (errors > 1)
      emit({ kind: "log", level: "error", message: `${String(errors)} problems found; nothing was run.` });
    return error.diagnostics;
  }
  const refused = engineRefusal(error) ?? fileRefusal(error);
  if (refused !== null) {
    emit({ kind: "diagnostic", diagnostic: refused });
    return [refused];
  }
  const text = error.stack ?? error.message;
  emit({ kind: "log", level: "error", message: `Unexpected error, which is a bug in this program:\n${text}` });
  return [];
}

function fileRefusal(error: Error): Diagnostic | null {
  const failure = systemFailure(error);
  if (failure === null) return null;
  const hint = "--target-path and --log-path (DBT_TARGET_PATH, DBT_LOG_PATH) name other places for what is written.";
  return diagnostic("DH0010", failure.text, failure.path === null ? null : { file: failure.path }, hint);
}

/** What the command itself asked of the database, before or after its nodes, may fail as a node's statement may. */
function engineRefusal(error: Error): Diagnostic | null {
  if (!("engineCode" in error)) return null;
  return diagnostic("DH2004", error.message, null, (error as unknown as EngineError).hint ?? null);
}
