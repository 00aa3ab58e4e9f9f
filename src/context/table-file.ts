import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pyStr, type Value } from "../jinja/values.ts";
import type { AgateTable } from "./agate.ts";

const ROWS_AT_ONCE = 10_000;

/**
 * The table as a CSV file for as long as `use` runs: a header, every cell a quoted text, null an empty cell without
 * quotes. The folder is the reader's alone.
 */
export function withTableFile<T>(table: AgateTable, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "duckhouse-rows-"));
  const file = join(folder, "rows.csv");
  try {
    writeFileSync(file, `${table.columnNames.map((name) => cellText(name)).join(",")}\n`, { mode: 0o600 });
    for (let start = 0; start < table.rowCount; start += ROWS_AT_ONCE)
      writeFileSync(file, linesOf(table, start, Math.min(table.rowCount, start + ROWS_AT_ONCE)), { flag: "a" });
    return use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf({ data }: AgateTable, from: number, to: number): string {
  let text = "";
  for (let row = from; row < to; row++) text += `${data.map((column) => cellText(column[row] ?? null)).join(",")}\n`;
  return text;
}

function cellText(cell: Value): string {
  return cell === null ? "" : `"${pyStr(cell).replaceAll('"', '""')}"`;
}
