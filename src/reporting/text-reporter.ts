import type { Emit, LogLevel, RunEvent } from "../contracts/events.ts";
import { paint, type Paint } from "./colors.ts";
import { clock, diagnosticText, nodeLine } from "./format-line.ts";
import { maskSecrets } from "../shared/mask-secrets.ts";
import type { ProgressLine } from "./progress-line.ts";

export interface TextReporterOptions {
  readonly write: (text: string) => void;
  readonly level: LogLevel | "none";
  readonly colors: boolean;
  readonly quiet: boolean;
  readonly width: number;
  readonly secrets: readonly string[];
  readonly progress: ProgressLine | null;
}

const ORDER: Readonly<Record<LogLevel | "none", number>> = { debug: 0, info: 1, warn: 2, error: 3, none: 4 };

/** dbt's lines, each with the time it was written; a statement has it once, so that it can be taken from the log as it was sent. */
export function textReporter(options: TextReporterOptions): Emit {
  const colors = paint(options.colors);
  const line = (text: string, asSent: boolean): void => {
    options.progress?.clear();
    const time = clock(new Date());
    const lines = asSent ? [text] : text.split("\n");
    options.write(`${maskSecrets(lines.map((part) => `${time}  ${part}`.trimEnd()).join("\n"), options.secrets)}\n`);
    options.progress?.draw();
  };
  return (event) => {
    options.progress?.update(event);
    if (event.kind === "progress") return;
    if (event.kind === "print") {
      options.progress?.clear();
      options.write(`${maskSecrets(event.text, options.secrets)}\n`);
      return;
    }
    const level = levelOf(event);
    if (ORDER[level] < ORDER[options.level] || (options.quiet && level !== "error")) return;
    const text = textOf(event, options.width, colors);
    if (text !== null) line(text, event.kind === "sql");
  };
}

/** How much an event matters. */
export function levelOf(event: RunEvent): LogLevel {
  switch (event.kind) {
    case "log":
      return event.level;
    case "diagnostic":
      return event.diagnostic.severity === "error" ? "error" : "warn";
    case "sql":
      return "debug";
    case "node-finish":
    case "batch-finish":
      return event.status === "error" || event.status === "fail" ? "error" : event.status === "warn" ? "warn" : "info";
    default:
      return "info";
  }
}

/** An event as text, or null for what only other reporters show. */
export function textOf(event: RunEvent, width: number, colors: Paint): string | null {
  switch (event.kind) {
    case "log":
      return event.message;
    case "print":
      return event.text;
    case "diagnostic":
      return diagnosticText(event.diagnostic, colors);
    case "node-start":
    case "node-finish":
    case "batch-start":
    case "batch-finish":
      return nodeLine(event, width, colors);
    case "sql":
      return `On ${event.connection}: ${event.text}`;
    case "run-summary":
    case "progress":
      return null;
  }
}
