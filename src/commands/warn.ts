import { DiagnosticError, diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { treatmentOf } from "../contracts/warnings.ts";

/** Says a warning of a command, ends the command with it, or keeps it to itself: as the flags have it. */
export function warn({ flags, emit }: Invocation, name: string, code: string, message: string): void {
  switch (treatmentOf(name, flags)) {
    case "error":
      throw new DiagnosticError([diagnostic(code, message)]);
    case "warn":
      emit({ kind: "log", level: "warn", message, code });
      return;
    case "silence":
  }
}
