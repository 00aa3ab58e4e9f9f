import { cellText } from "../../arrow/cell-text.ts";
import type { TypedValue } from "../../contracts/arrow.ts";

/** A value as it stands in Trino's SQL. Texts that look like dates stay texts: the column's type decides. */
export function sqlLiteral(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return value.toString();
  // A plain 1.5 would be a decimal, and 1e300 does not fit one.
  if (typeof value === "number") return Number.isInteger(value) ? value.toFixed(0) : `DOUBLE '${String(value)}'`;
  return `'${(typeof value === "string" ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;
}

/** A value of a known type; what Trino has no literal for is cast from its text. */
export function typedLiteral({ type, value }: TypedValue): string {
  if (value === null || value === undefined) return "NULL";
  const text = cellText(type, value);
  switch (type.kind) {
    case "bool":
    case "int":
      return text;
    case "float":
      return `CAST('${text}' AS ${type.bits === 32 ? "REAL" : "DOUBLE"})`;
    case "decimal":
      return `CAST('${text}' AS DECIMAL(${String(Math.min(38, type.precision))}, ${String(type.scale)}))`;
    case "binary":
      return `X'${text}'`;
    case "date":
      return `DATE '${text}'`;
    case "time":
      return `TIME '${text}'`;
    case "timestamp":
      return `TIMESTAMP '${text.replace("T", " ").replace("+00:00", " UTC")}'`;
    default:
      return sqlLiteral(text);
  }
}
