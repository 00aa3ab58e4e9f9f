import type { JobResult } from "../contracts/bridge.ts";
import type { CellKind } from "../contracts/engine.ts";
import type { Json } from "../contracts/json.ts";
import { asText } from "../shared/objects.ts";
import { floatRepr } from "../shared/python-float.ts";

export type ShownTable = NonNullable<JobResult["table"]>;

const NUMBER_MARK = "\u0000number:";

/** As dbt prints rows: numbers that are no whole numbers have a fraction, every digit is kept. */
export function tableAsJson({ columns, kinds, rows }: ShownTable, head: { readonly node?: string }): string {
  const show = rows.map((row) =>
    Object.fromEntries(columns.map((name, index) => [name, jsonCell(row[index] ?? null, kinds[index])])),
  );
  // A JavaScript number would round, and say 2 of 2.0: numbers travel as marked texts.
  return JSON.stringify({ ...head, show }, null, 2).replaceAll(/"\\u0000number:([-+\d.e]+)"/g, "$1");
}

function jsonCell(cell: Json, kind: CellKind | undefined): Json {
  if (cell === null) return null;
  if (kind === "int") return NUMBER_MARK + asText(cell);
  if (kind === "decimal") return NUMBER_MARK + withFraction(shortNumber(asText(cell)));
  if (kind === "float" && typeof cell === "number") return Number.isFinite(cell) ? NUMBER_MARK + floatRepr(cell) : null;
  return cell;
}

function withFraction(digits: string): string {
  return digits.includes(".") ? digits : `${digits}.0`;
}

/** 1.50 → 1.5, as agate prints decimals. */
function shortNumber(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

export function tableAsText({ columns, kinds, rows }: ShownTable): string {
  const cells = rows.map((row) => row.map((cell, index) => textCell(cell, kinds[index])));
  const widths = columns.map((name, index) => Math.max(name.length, ...cells.map((row) => (row[index] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => (isNumber(kinds[index]) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join(" | ")} |`;
  return [line(columns), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.map(line)].join("\n");
}

function textCell(cell: Json, kind: CellKind | undefined): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return JSON.stringify(cell);
  if (kind === "decimal") return shortNumber(cell);
  return kind === "datetime" || kind === "datetimetz" ? cell.replace("T", " ") : cell;
}

function isNumber(kind: CellKind | undefined): boolean {
  return kind === "int" || kind === "float" || kind === "decimal";
}
