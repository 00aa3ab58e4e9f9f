import type { Emit, LogLevel, RunEvent } from "../contracts/events.ts";
import { paint } from "./colors.ts";
import { maskSecrets } from "../shared/mask-secrets.ts";
import { levelOf, textOf } from "./text-reporter.ts";

export interface JsonReporterOptions {
  readonly write: (text: string) => void;
  readonly level: LogLevel | "none";
  readonly invocationId: string;
  readonly secrets: readonly string[];
}

const ORDER: Readonly<Record<LogLevel | "none", number>> = { debug: 0, info: 1, warn: 2, error: 3, none: 4 };

/** One JSON object a line, with dbt's `info` and `data` parts. */
export function jsonReporter(options: JsonReporterOptions): Emit {
  const plain = paint(false);
  return (event) => {
    const level = levelOf(event);
    if (event.kind !== "print" && ORDER[level] < ORDER[options.level]) return;
    const message = textOf(event, 80, plain);
    if (message === null) return;
    const record = {
      data: dataOf(event),
      info: {
        category: "",
        code: codeOf(event),
        extra: {},
        invocation_id: options.invocationId,
        level,
        msg: message,
        name: event.kind,
        pid: process.pid,
        thread: "MainThread",
        ts: new Date().toISOString(),
      },
    };
    options.write(`${maskSecrets(JSON.stringify(record), options.secrets)}\n`);
  };
}

function codeOf(event: RunEvent): string {
  return event.kind === "diagnostic" ? event.diagnostic.code : event.kind === "log" ? (event.code ?? "") : "";
}

function dataOf(event: RunEvent): Record<string, unknown> {
  if (event.kind === "run-summary") return {};
  const own = event.kind === "log" ? event.data : {};
  return { ...Object.fromEntries(Object.entries(event).filter(([key]) => !["kind", "data"].includes(key))), ...own };
}
