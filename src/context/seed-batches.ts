import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { pyStr, type Value } from "../jinja/values.ts";
import type { AgateTable } from "./agate.ts";
import { hasFraction } from "./column-types.ts";

/**
 * A table's rows as JSON texts for SQL: each batch is a list of lists of texts and nulls, its quotes doubled. A batch ends
 * before it has more rows or more characters than allowed; one row is never parted.
 */
export function seedBatches(table: AgateTable, maxRows: number, maxLength: number): string[] {
  const batches: string[] = [];
  let rows: string[] = [];
  let length = 0;
  for (let index = 0; index < table.rowCount; index++) {
    const cells = table.data.map((column) => {
      const cell = column[index] ?? null;
      return cell === null ? null : cellText(cell);
    });
    const text = JSON.stringify(cells).replaceAll("'", "''");
    if (rows.length > 0 && (rows.length >= maxRows || length + text.length > maxLength)) {
      batches.push(`[${rows.join(",\n")}]`);
      rows = [];
      length = 0;
    }
    rows.push(text);
    length += text.length + 2;
  }
  return rows.length === 0 ? batches : [...batches, `[${rows.join(",\n")}]`];
}

/** `27.0` and `3E+2` may stand in a column of whole numbers, and Trino reads no whole number from such a text. */
function cellText(cell: Value): string {
  return cell instanceof PyDecimal && !hasFraction(cell) ? cell.truncate().toString() : pyStr(cell);
}
