/** A value as it stands in Trino's SQL. Texts that look like dates stay texts: the column's type decides. */
export function sqlLiteral(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return value.toString();
  // A plain 1.5 would be a decimal, and 1e300 does not fit one.
  if (typeof value === "number") return Number.isInteger(value) ? value.toFixed(0) : `DOUBLE '${String(value)}'`;
  return `'${(typeof value === "string" ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;
}
