import type { EngineError } from "../../contracts/engine.ts";

/** What a failed query says of itself. Source: https://trino.io/docs/current/develop/client-protocol.html */
export interface TrinoFailure {
  readonly message: string;
  readonly errorName?: string;
  readonly errorType?: string;
  readonly errorLocation?: { readonly lineNumber: number; readonly columnNumber: number };
  readonly failureInfo?: Cause;
}

/** Where a text that was sent stands in the text that the caller knows. */
export interface TextPlace {
  /** Lines of the caller's text before it; less than 0 where a comment of our own stands before it. */
  readonly before: number;
  /** The last line of it in the caller's text. */
  readonly last: number;
}

interface Cause {
  readonly message?: string | null;
  readonly cause?: Cause | null;
}

/** A Trino failure: `engineCode` is Trino's error name (`TABLE_NOT_FOUND`), `line` counts in the text of the caller. */
export class TrinoError extends Error implements EngineError {
  readonly engineCode: string;
  readonly errorType: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly queryId: string | null;
  readonly hint: string | null;
  readonly pythonType = "DbtDatabaseError";

  constructor(
    failure: TrinoFailure,
    queryId: string | null,
    place: TextPlace | null = null,
    hint: string | null = null,
    code = "CONNECTION",
  ) {
    const { errorName, errorType, errorLocation } = failure;
    // Trino writes the place into the message as well.
    const message = failure.message.replace(
      /^line (\d+):/,
      (_, line: string) => `line ${String(ownLine(Number(line), place))}:`,
    );
    super(
      errorName === undefined
        ? message
        : `${errorName}: ${message}${queryId === null ? "" : ` (query ${queryId})`}${causeText(failure)}`,
    );
    this.name = "TrinoError";
    this.engineCode = errorName ?? code;
    this.errorType = errorType ?? null;
    this.line = errorLocation === undefined ? null : ownLine(errorLocation.lineNumber, place);
    this.column = errorLocation?.columnNumber ?? null;
    this.queryId = queryId;
    this.hint = hint ?? hintFor(failure);
  }
}

/** The end of a text is behind a comment that was put there; it is the end of the statement that is meant. */
function ownLine(line: number, place: TextPlace | null): number {
  return place === null ? line : Math.min(line + place.before, place.last);
}

/** "Failed to create transaction" alone helps nobody: what lies at the bottom of it does. Errors in the SQL say all themselves. */
function causeText({ message, errorType, failureInfo }: TrinoFailure): string {
  if (errorType === "USER_ERROR") return "";
  const known: string[] = [];
  for (let cause = failureInfo?.cause, depth = 0; cause && depth < 20; cause = cause.cause, depth++)
    if (typeof cause.message === "string" && cause.message !== "") known.push(cause.message);
  const deepest = known.at(-1);
  return deepest === undefined || message.includes(deepest) ? "" : `. Cause: ${deepest}`;
}

function hintFor({ errorName = "", message }: TrinoFailure): string | null {
  if (errorName === "TRANSACTION_CONFLICT" || (errorName === "ICEBERG_COMMIT_ERROR" && /conflict/i.test(message)))
    return "Another writer changed the table meanwhile. Nothing of this statement was written: run again.";
  return null;
}
