import type { CellKind } from "../../contracts/engine.ts";
import { isoMoment } from "./moments.ts";
import { nestedJson, pythonText, type TypeSignature } from "./nested-json.ts";
import { roundedToMicros } from "../../shared/python-time.ts";

const KINDS: readonly (readonly [RegExp, CellKind])[] = [
  [/^(tinyint|smallint|integer|bigint)$/, "int"],
  [/^(real|double)$/, "float"],
  [/^decimal\(/, "decimal"],
  [/^boolean$/, "bool"],
  [/^date$/, "date"],
  [/^timestamp(\(\d+\))? with time zone$/, "datetimetz"],
  [/^timestamp(\(\d+\))?$/, "datetime"],
  [/^time(\(\d+\))?( with time zone)?$/, "time"],
  [/^interval /i, "interval"],
  [/^varbinary$/, "bytes"],
  [/^(array|map|row)\(/, "nested"],
];

/** How a column of this type is handed over; what is not named (varchar, json, uuid, ipaddress …) travels as text. */
export function cellKind(type: string): CellKind {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? "text";
}

export interface Column {
  readonly type: string;
  readonly typeSignature?: TypeSignature;
}

/** One value of the protocol's JSON as plain data (see CellKind). */
export function encodeCell(kind: CellKind, value: unknown, column: Column): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "int":
      return typeof value === "string" ? shortest(BigInt(value)) : value;
    case "float":
      // NaN and infinities are texts in the protocol.
      return typeof value === "string" ? Number(value) : value;
    case "bool":
      return value;
    case "nested":
      return nestedJson(column.typeSignature ?? { rawType: "unknown", arguments: [] }, value);
    case "datetime":
      return roundedToMicros(text(value).replace(" ", "T"));
    case "datetimetz":
      return isoMoment(text(value));
    case "time":
    case "interval":
    case "bytes":
      return pythonText(column.typeSignature?.rawType ?? column.type, text(value));
    default:
      return text(value);
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function shortest(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
