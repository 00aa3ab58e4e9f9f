import type { RunEvent } from "../contracts/events.ts";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Color, Paint } from "./colors.ts";

type NodeEvent = Extract<RunEvent, { kind: "node-start" | "node-finish" | "batch-start" | "batch-finish" }>;

/** `1 of 28 OK created sql table model main.orders ............ [OK in 0.12s]`, with `Batch` before it for a batch. */
export function nodeLine(event: NodeEvent, width: number, paint: Paint): string {
  const text = `${String(event.index)} of ${String(event.total)} ${event.description} `;
  const line = text.length < width ? text.padEnd(width, ".") : text;
  const padded = event.kind.startsWith("batch-") ? `Batch ${line}` : line;
  if (event.kind === "node-start" || event.kind === "batch-start") return `${padded} [RUN]`;
  const label = paint(colorOf(event.status), event.label);
  return (event.status === "skipped" && event.kind === "node-finish") || event.status === "no-op"
    ? `${padded} [${label}]`
    : `${padded} [${label} in ${event.seconds.toFixed(2)}s]`;
}

function colorOf(status: string): Color {
  switch (status) {
    case "success":
    case "pass":
      return "green";
    case "warn":
    case "skipped":
    case "partial success":
    case "no-op":
      return "yellow";
    default:
      return "red";
  }
}

/** A diagnostic with its code, place and hint, each on a line of its own. */
export function diagnosticText(entry: Diagnostic, paint: Paint): string {
  const where =
    entry.file === null
      ? ""
      : `${entry.file}${entry.line === null ? "" : `:${String(entry.line)}${entry.column === null ? "" : `:${String(entry.column)}`}`}`;
  const head = `${paint(entry.severity === "error" ? "red" : "yellow", entry.severity === "error" ? "Error" : "Warning")} ${entry.code}`;
  const lines = [`${head}${where === "" ? "" : ` ${where}`}`, ...entry.message.split("\n").map((line) => `  ${line}`)];
  if (entry.hint !== null) lines.push(`  ${paint("dim", "hint:")} ${entry.hint}`);
  return lines.join("\n");
}

export function clock(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}
