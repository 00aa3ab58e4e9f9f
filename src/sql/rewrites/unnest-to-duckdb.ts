import type { Range, SqlText } from "../hazards/sql-text.ts";
import type { Rewrite, Site } from "./rewrite.ts";

/** Functions that give a map. */
const MAPS =
  /^(map|map_agg|map_from_entries|map_filter|map_concat|transform_values|transform_keys|histogram|split_to_map)$/;

/** The columns of `unnest(…) AS t(a, b)`; null where it has no such list, or another column for the place. */
function columnsAfter(text: SqlText, close: number): readonly Range[] | null {
  const alias = text.is(close + 1, "as") ? close + 2 : close + 1;
  const end = text.partner(alias + 1);
  if (text.is(close + 1, "with") || !text.sign(alias + 1, "(") || end === undefined) return null;
  return text.split({ from: alias + 2, to: end });
}

/** Trino's UNNEST after FROM takes several arrays, side by side, and makes two columns of a map. */
function unnests(text: SqlText): readonly Site[] {
  return text.calls.flatMap(({ name, at, args }): readonly Site[] => {
    const close = text.partner(at + 1);
    if (name !== "unnest" || close === undefined || !(text.is(at - 1, "from", "join") || text.sign(at - 1, ",")))
      return [];
    const columns = columnsAfter(text, close);
    const [only] = args;
    const place = { from: at, to: close + 1, args, type: null };
    // As many columns as arguments: none of them is a map or has rows inside.
    if (args.length > 1 && columns?.length === args.length) {
      const list = args.map((_, i) => `unnest($${String(i + 1)})`).join(", ");
      return [{ ...place, template: `(select ${list})` }];
    }
    const isMap = only !== undefined && MAPS.test(text.callOver(only)?.name ?? "");
    if (args.length !== 1 || columns?.length !== 2 || !isMap) return [];
    return [{ ...place, template: "(select unnest(map_keys($1)), unnest(map_values($1)))" }];
  });
}

export const UNNEST_TO_DUCKDB: readonly Rewrite[] = [
  { construct: "unnest of several", reason: "DuckDB's takes one list after FROM", find: unnests },
];
