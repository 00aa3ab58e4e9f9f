import { isRecord } from "../shared/objects.ts";
import type { UploadMode, UploadTarget } from "../contracts/query.ts";
import { FlightError } from "./status.ts";

/** What a ticket or a descriptor of plain Flight asks for: JSON, checked field by field. */
export type FlightCommand =
  | { readonly kind: "sql"; readonly sql: string; readonly latency: "low" | null; readonly queryId: string | null }
  | { readonly kind: "table"; readonly table: string; readonly target: UploadTarget; readonly mode: UploadMode };

const SQL_FIELDS = new Set(["sql", "latency", "query_id"]);
const TABLE_FIELDS = new Set(["table", "key", "target", "mode"]);
const TARGETS: Readonly<Record<string, UploadTarget>> = {
  auto: "auto",
  duckdb: "duckdb",
  iceberg: "iceberg",
  trino: "iceberg",
};
const MODES: readonly string[] = ["create", "append", "replace"] satisfies UploadMode[];

export function readCommand(bytes: Uint8Array): FlightCommand {
  const json = readJson(bytes, "The command");
  if ("sql" in json) {
    refuseUnknown(json, SQL_FIELDS);
    const latency = text(json, "latency");
    if (latency !== null && latency !== "low") refuse(`latency: '${latency}' is not 'low'`);
    return {
      kind: "sql",
      sql: text(json, "sql") ?? refuse("sql has to be a text"),
      latency,
      queryId: text(json, "query_id"),
    };
  }
  refuseUnknown(json, TABLE_FIELDS);
  if ("table" in json && "key" in json) refuse("table and key mean the same: give one of them");
  const table = text(json, "table") ?? text(json, "key");
  if (table === null || table === "") refuse('the command needs "sql" or "table"');
  const mode = text(json, "mode") ?? "create";
  if (!MODES.includes(mode)) refuse(`mode: '${mode}' is not one of ${MODES.join(", ")}`);
  return { kind: "table", table, target: readTarget(text(json, "target")), mode: mode as UploadMode };
}

/** `{"target": "iceberg"}`, which may come with the first batch. */
export function readUploadMetadata(bytes: Uint8Array): UploadTarget {
  const json = readJson(bytes, "The batch's metadata");
  refuseUnknown(json, new Set(["target"]));
  return readTarget(text(json, "target"));
}

function readTarget(target: string | null): UploadTarget {
  return (
    TARGETS[target ?? "auto"] ?? refuse(`target: '${target ?? ""}' is not one of ${Object.keys(TARGETS).join(", ")}`)
  );
}

export function readJson(bytes: Uint8Array, what: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    refuse(`${what} is no JSON; {"sql": "select 1"} and {"table": "name"} are understood`);
  }
  return isRecord(json) ? json : refuse(`${what} is no JSON object`);
}

export function text(json: Record<string, unknown>, key: string): string | null {
  const value = json[key];
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : refuse(`${key} has to be a text`);
}

function refuseUnknown(json: Record<string, unknown>, known: ReadonlySet<string>): void {
  const unknown = Object.keys(json).find((key) => !known.has(key));
  if (unknown !== undefined)
    refuse(`the field ${JSON.stringify(unknown)} is not known here (${[...known].join(", ")})`);
}

function refuse(message: string): never {
  throw new FlightError("INVALID_ARGUMENT", message);
}
