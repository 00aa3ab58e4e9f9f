import { DiagnosticError } from "../contracts/diagnostic.ts";
import { errorMessage } from "../shared/objects.ts";

/** gRPC's codes. Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const STATUS = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

export function statusName(code: number): string {
  return Object.entries(STATUS).find(([, known]) => known === code)?.[0] ?? "UNKNOWN";
}

/** What a call ends with. */
export class FlightError extends Error {
  readonly code: number;

  constructor(code: keyof typeof STATUS, message: string) {
    super(message);
    this.name = "FlightError";
    this.code = STATUS[code];
  }
}

/** By what the engines call their failures; the first that fits. What no line knows is the query's fault as a rule. */
const ENGINE_CODES: readonly (readonly [RegExp, keyof typeof STATUS])[] = [
  [/^(TABLE|SCHEMA|CATALOG)_NOT_FOUND$/, "NOT_FOUND"],
  [/ALREADY_EXISTS$/, "ALREADY_EXISTS"],
  [/^(INTERRUPT Error|USER_CANCELED)$/, "CANCELLED"],
  [/^(Out of Memory Error|EXCEEDED_.*|CLUSTER_OUT_OF_MEMORY|QUERY_TEXT_TOO_LARGE)$/, "RESOURCE_EXHAUSTED"],
  [/^(PERMISSION_DENIED|Permission Error)$/, "PERMISSION_DENIED"],
  [/^(CONNECTION|NOT_ACCEPTED|SERVER_STARTING_UP|SERVER_SHUTTING_DOWN|IO Error|HTTP Error)$/, "UNAVAILABLE"],
  [/^(INTERNAL Error|GENERIC_INTERNAL_ERROR)$/, "INTERNAL"],
  [/^Not implemented Error$|^NOT_SUPPORTED$/, "UNIMPLEMENTED"],
];

const DIAGNOSTIC_CODES: Readonly<Record<string, keyof typeof STATUS>> = {
  DH1803: "RESOURCE_EXHAUSTED",
  DH1806: "PERMISSION_DENIED",
  DH1807: "ALREADY_EXISTS",
  DH1808: "NOT_FOUND",
  DH1815: "RESOURCE_EXHAUSTED",
  DH1809: "FAILED_PRECONDITION",
};

/** Everything that can happen as a status with a message that a person can act on. */
export function toStatus(error: unknown): { code: number; details: string } {
  if (error instanceof FlightError) return { code: error.code, details: error.message };
  if (error instanceof Error && error.name === "AbortError") return { code: STATUS.CANCELLED, details: "cancelled" };
  if (error instanceof RangeError) return { code: STATUS.INVALID_ARGUMENT, details: error.message };
  const { engineCode } = error as { engineCode?: string };
  const message = error instanceof DiagnosticError ? diagnosticText(error) : errorMessage(error);
  if (engineCode !== undefined) return { code: STATUS[engineStatus(engineCode, message)], details: message };
  if (error instanceof DiagnosticError) {
    const [first] = error.diagnostics;
    return { code: STATUS[DIAGNOSTIC_CODES[first?.code ?? ""] ?? "INVALID_ARGUMENT"], details: message };
  }
  return { code: STATUS.INTERNAL, details: message };
}

function engineStatus(code: string, message: string): keyof typeof STATUS {
  if (code === "Catalog Error")
    return /already exists/i.test(message)
      ? "ALREADY_EXISTS"
      : /does not exist/i.test(message)
        ? "NOT_FOUND"
        : "INVALID_ARGUMENT";
  return ENGINE_CODES.find(([pattern]) => pattern.test(code))?.[1] ?? "INVALID_ARGUMENT";
}

function diagnosticText({ diagnostics }: DiagnosticError): string {
  return diagnostics
    .map(({ message, line, column, hint }) => {
      const place =
        line === null ? "" : ` (line ${String(line)}${column === null ? "" : `, column ${String(column)}`})`;
      return `${message}${place}${hint === null ? "" : `\n${hint}`}`;
    })
    .join("\n");
}
