import { deprecationOf } from "../contracts/deprecations.ts";
import { DiagnosticError, type Diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { treatmentOf, warningName } from "../contracts/warnings.ts";

/**
 * Warnings are shown, left out, or count as errors, as the flags have it; deprecations that are left out are counted all
 * the same. Errors end the command: DiagnosticError.
 */
export function report({ emit, flags }: Pick<Invocation, "emit" | "flags">, diagnostics: readonly Diagnostic[]): void {
  const errors: Diagnostic[] = [];
  for (const entry of diagnostics) {
    const treatment = entry.severity === "error" ? "error" : treatmentOf(warningName(entry.code), flags);
    if (treatment === "error") errors.push({ ...entry, severity: "error" });
    else if (treatment === "warn") emit({ kind: "diagnostic", diagnostic: entry });
    else if (deprecationOf(entry.code) !== undefined) emit({ kind: "diagnostic", diagnostic: entry, isSilenced: true });
  }
  if (errors.length > 0) throw new DiagnosticError(errors);
}
