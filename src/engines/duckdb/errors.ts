import { readFileSync } from "node:fs";
import type { EngineError } from "../../contracts/engine.ts";
import { lineWithoutComment } from "../../shared/sql-comment.ts";

/** A DuckDB failure with its class (`Catalog Error`) and the place in the SQL it names. */
export class DuckDbError extends Error implements EngineError {
  readonly engineCode: string;
  readonly line: number | null;
  readonly column: number | null;
  /** What dbt-duckdb raises; other adapters tell a database's error from dbt's own. */
  readonly pythonType = "DbtRuntimeError";
  readonly hint: string | null;

  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
    this.name = "DuckDbError";
    this.engineCode = /^([A-Z][\w -]*? Error):/.exec(message)?.[1] ?? "Error";
    const place = errorPlace(message);
    this.line = place?.line ?? null;
    this.column = place?.column ?? null;
  }
}

/** DuckDB shows the line (`LINE 3: …`) with a caret below it; a long line is cut, and the caret counts what is shown. */
function errorPlace(message: string): { line: number; column: number } | null {
  const match = /^LINE (\d+): (.*)\n( *)\^/m.exec(message);
  if (match === null) return null;
  const shown = match[2] ?? "";
  const caret = (match[3] ?? "").length - `LINE ${match[1] ?? ""}: `.length;
  return { line: Number(match[1]), column: shown.startsWith("...") ? 1 : Math.max(1, caret + 1) };
}

/** `linesBefore`: lines of a comment that was sent before the statement; the message shall count without them. */
export function toDuckDbError(error: unknown, sql: string, linesBefore: number): DuckDbError {
  if (error instanceof DuckDbError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DuckDbError(
    message.replace(/^LINE (\d+)(: .*\n)( *)(?=\^)/m, (_, line: string, shown: string, indent: string) => {
      const own = String(lineWithoutComment(Number(line), sql, linesBefore));
      return `LINE ${own}${shown}${indent.slice(line.length - own.length)}`;
    }),
  );
}

/** The process that holds a database file, as DuckDB's message names it. */
export function lockHolder(message: string): { pid: number; command: string | null } | null {
  const pid = /\(PID (\d+)\)/.exec(message)?.[1];
  return pid === undefined ? null : { pid: Number(pid), command: commandOf(pid) };
}

function commandOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || null;
  } catch {
    return null;
  }
}
