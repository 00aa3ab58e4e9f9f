import type { EngineError } from "../../contracts/engine.ts";

/** What a failed query says of itself. Source: https://trino.io/docs/current/develop/client-protocol.html */
export interface TrinoFailure {
  readonly message: string;
  readonly errorName?: string;
  readonly errorType?: string;
  readonly errorLocation?: { readonly lineNumber: number; readonly columnNumber: number };
}

/** A Trino failure: `engineCode` is Trino's error name (`TABLE_NOT_FOUND`), `line` counts in the text that was sent. */
export class TrinoError extends Error implements EngineError {
  readonly engineCode: string;
  readonly errorType: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly queryId: string | null;
  readonly pythonType = "DbtDatabaseError";

  constructor(failure: TrinoFailure, queryId: string | null, firstLine = 0) {
    const { message, errorName, errorType, errorLocation } = failure;
    super(
      errorName === undefined ? message : `${errorName}: ${message}${queryId === null ? "" : ` (query ${queryId})`}`,
    );
    this.name = "TrinoError";
    this.engineCode = errorName ?? "CONNECTION";
    this.errorType = errorType ?? null;
    this.line = errorLocation === undefined ? null : errorLocation.lineNumber + firstLine;
    this.column = errorLocation?.columnNumber ?? null;
    this.queryId = queryId;
  }
}
