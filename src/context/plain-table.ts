import type { JobResult } from "../contracts/bridge.ts";
import type { QueryResult } from "../contracts/engine.ts";
import type { Json } from "../contracts/json.ts";
import { asText } from "../shared/objects.ts";
import { parseDateTime } from "./decode-result.ts";

/** A result as values that JSON has. `limit`: so many rows of it. */
export function plainTable(
  { columns, data, rowCount }: Pick<QueryResult, "columns" | "data" | "rowCount">,
  limit: number | null = null,
): NonNullable<JobResult["table"]> {
  return {
    columns: columns.map(({ name }) => name),
    kinds: columns.map(({ kind }) => kind),
    rows: Array.from({ length: Math.min(rowCount, limit ?? rowCount) }, (_, row) =>
      columns.map(({ kind }, index) => plainCell(kind, data[index]?.[row])),
    ),
  };
}

function plainCell(kind: string, cell: unknown): Json {
  if (cell === null || cell === undefined) return null;
  if (kind === "int" || kind === "decimal") return asText(cell);
  if (kind !== "datetime" && kind !== "datetimetz") return cell as Json;
  return parseDateTime(asText(cell))?.isoformat("T", "auto") ?? asText(cell);
}
