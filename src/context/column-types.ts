import type { TypeWords } from "../contracts/engine.ts";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { PyFloat, pyStr, type Value } from "../jinja/values.ts";
import { AgateTable } from "./agate.ts";

/** The column type for a seed's column. Whole numbers beyond 32 bits become bigint, where dbt's integer would overflow. */
export function columnType(table: Value, index: Value, { seed }: TypeWords): Value {
  if (!(table instanceof AgateTable) || typeof index !== "number") return null;
  const cells = (table.typedBy ?? table.data)[index] ?? [];
  switch (table.typeNames[index]) {
    case "Integer":
      return seed.integer;
    case "Number":
      if (cells.some(hasFraction)) return seed.fraction;
      return cells.some((cell) => cell !== null && Math.abs(Number(pyStr(cell))) > 2_147_483_647)
        ? seed.bigint
        : seed.integer;
    case "Boolean":
      return seed.boolean;
    case "DateTime":
      return seed.timestamp;
    case "Date":
      return seed.date;
    default:
      return seed.text;
  }
}

/** `27.0` has none: what pandas writes of whole numbers beside empty cells is a column of whole numbers. */
export function hasFraction(cell: Value): boolean {
  if (cell instanceof PyDecimal) return cell.scale > 0 && cell.unscaled % 10n ** BigInt(cell.scale) !== 0n;
  return cell instanceof PyFloat && Number.isFinite(cell.value) && !Number.isInteger(cell.value);
}

/** Timestamps as text, for drivers that bind no Python datetimes. */
export function datetimesAsText(table: AgateTable): AgateTable {
  const asText = (cells: readonly Value[]): Value[] => cells.map((cell) => (cell === null ? null : pyStr(cell)));
  return new AgateTable(
    table.columnNames,
    table.data.map((cells, index) => (table.typeNames[index] === "DateTime" ? asText(cells) : cells)),
    table.typeNames,
  );
}
