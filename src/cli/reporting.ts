import { resolve } from "node:path";
import type { Emit } from "../contracts/events.ts";
import type { Flags } from "../contracts/flags.ts";
import { wantsColor } from "../reporting/colors.ts";
import { jsonReporter } from "../reporting/json-reporter.ts";
import { LogFile } from "../reporting/log-file.ts";
import { ProgressLine } from "../reporting/progress-line.ts";
import { textReporter } from "../reporting/text-reporter.ts";

export interface Reporting {
  readonly emit: Emit;
  close(): void;
}

export interface ReportingOptions {
  readonly flags: Flags;
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: readonly string[];
  readonly invocationId: string;
  /** For commands whose standard output is data. */
  readonly logsToStderr: boolean;
  readonly host: { readonly onEvent?: Emit; readonly isConsole: boolean };
}

/** The reporters of one command: the console, the log file, and the caller's own. */
export function startReporting(options: ReportingOptions): Reporting {
  const { flags, root, env, host } = options;
  if (host.isConsole) quietOnClosedPipe();
  const progress = wantsProgress(options) ? new ProgressLine(process.stdout) : null;
  const toConsole = host.isConsole ? consoleReporter(options, progress) : null;
  const file = new LogFile(resolve(root, flags.log_path ?? env["DBT_LOG_PATH"] ?? "logs"));
  const toFile = flags.log_level_file === "none" ? null : fileReporter(options, file);
  return {
    emit: (event) => {
      toConsole?.(event);
      toFile?.(event);
      host.onEvent?.(event);
    },
    close: () => {
      progress?.stop();
      file.flush();
    },
  };
}

function wantsProgress({ flags, env, logsToStderr, host }: ReportingOptions): boolean {
  return (
    host.isConsole &&
    process.stdout.isTTY &&
    env["CI"] === undefined &&
    flags.log_format !== "json" &&
    !flags.quiet &&
    !logsToStderr &&
    !flags.debug
  );
}

function consoleReporter(
  { flags, env, secrets, invocationId, logsToStderr }: ReportingOptions,
  progress: ProgressLine | null,
): Emit {
  const logs = logsToStderr ? process.stderr : process.stdout;
  const level = flags.log_level;
  if (flags.log_format === "json") {
    const write = (text: string): void => void process.stdout.write(text);
    return jsonReporter({ write, level: flags.quiet && level !== "none" ? "error" : level, invocationId, secrets });
  }
  const text = textReporter({
    write: (line) => logs.write(line),
    level,
    colors: flags.use_colors && wantsColor(env, logs.isTTY),
    quiet: flags.quiet,
    width: flags.printer_width,
    secrets,
    progress,
  });
  if (!logsToStderr) return text;
  const data = textReporter({
    write: (line) => process.stdout.write(line),
    level: "none",
    colors: false,
    quiet: false,
    width: 80,
    secrets,
    progress: null,
  });
  return (event) => (event.kind === "print" ? data(event) : text(event));
}

function fileReporter({ flags, secrets, invocationId }: ReportingOptions, file: LogFile): Emit {
  const write = (text: string): void => file.write(text);
  if (flags.log_format_file === "json")
    return jsonReporter({ write, level: flags.log_level_file, invocationId, secrets });
  return textReporter({
    write,
    level: flags.log_level_file,
    colors: false,
    quiet: false,
    width: flags.printer_width,
    secrets,
    progress: null,
  });
}

/** A process may run many commands. */
let isQuiet = false;

/** `duckhouse-dbt ls | head` closes the pipe early; that is no failure. */
function quietOnClosedPipe(): void {
  if (isQuiet) return;
  isQuiet = true;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
