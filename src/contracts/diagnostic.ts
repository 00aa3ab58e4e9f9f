/** A failure (or warning) that a user can cause and mend: what, where, and what to do next. */
export interface Diagnostic {
  /** Stable code, e.g. `DH1101`; see docs/errors.md. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly hint: string | null;
}

export interface Place {
  readonly file: string | null;
  readonly line?: number | null;
  readonly column?: number | null;
}

export function diagnostic(
  code: string,
  message: string,
  place: Place | null = null,
  hint: string | null = null,
  severity: Diagnostic["severity"] = "error",
): Diagnostic {
  return {
    code,
    severity,
    message,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    hint,
  };
}

/** Carries diagnostics through code that cannot return them; the command turns it into exit code 2 (project) or 1 (node). */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((entry) => entry.message).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}

export function fail(code: string, message: string, place: Place | null = null, hint: string | null = null): never {
  throw new DiagnosticError([diagnostic(code, message, place, hint)]);
}
