import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { CellKind } from "../../contracts/engine.ts";
import { nestedJson, pythonText } from "./nested-json.ts";

const KINDS: readonly (readonly [RegExp, CellKind])[] = [
  [/^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|BIGNUM|VARINT)$/, "int"],
  [/^(FLOAT|DOUBLE)$/, "float"],
  [/^DECIMAL\(\d+,\s*\d+\)$/, "decimal"],
  [/^BOOLEAN$/, "bool"],
  [/^DATE$/, "date"],
  [/^TIMESTAMP WITH TIME ZONE$/, "datetimetz"],
  [/^TIMESTAMP(_S|_MS|_NS)?$/, "datetime"],
  [/^TIME( WITH TIME ZONE|_NS)?$/, "time"],
  [/^INTERVAL$/, "interval"],
  [/^BLOB$/, "bytes"],
  [/(\[\d*\]|^(STRUCT|MAP|UNION|LIST|ARRAY)\b.*)$/s, "nested"],
];

/** How a column of this type is handed over; what is not named travels as text. */
export function cellKind(type: DuckDBType): CellKind {
  const name = String(type);
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "text";
}

/** One value as plain data (see CellKind). */
export function encodeCell(kind: CellKind, value: DuckDBValue, type: DuckDBType): unknown {
  if (value === null) return null;
  switch (kind) {
    case "int":
      return typeof value === "bigint" && value >= -9007199254740991n && value <= 9007199254740991n
        ? Number(value)
        : value;
    case "float":
    case "bool":
      return value;
    case "nested":
      return nestedJson(value, type);
    case "time":
    case "interval":
    case "bytes":
      return pythonText(value);
    case "datetime":
    case "datetimetz":
      return String(value).replace(" ", "T");
    default:
      return String(value);
  }
}
