import { scaleOf } from "../hazards/decimal-scale.ts";
import { evidentType } from "../hazards/evident-type.ts";
import type { Range, SqlText } from "../hazards/sql-text.ts";
import { inCallsOf, quoted, textOf, type Rewrite } from "./rewrite.ts";

/** Rather an error than what Java writes otherwise. */
function guarded(condition: string, written: string): string {
  return `case when ${condition} then ${written} else error('not translated: a format of what the engines write differently') end`;
}

/** What Java's formatter makes of a value, or null where that is not certain. NULL becomes 'null'. */
function written(spec: string, value: string, range: Range, text: SqlText): string | null {
  const type = evidentType(text, range);
  const orNull = (one: string) => `coalesce(${one}, 'null')`;
  if (spec === "s")
    return ["string", "integer", "decimal", "boolean", "date"].includes(type ?? "")
      ? orNull(`cast(${value} as varchar)`)
      : null;
  const [, padding] = /^(0\d)?d$/.exec(spec) ?? [];
  if (type === "integer" && spec === ",d") return orNull(`format('{:,}', ${value})`);
  if (type === "integer" && /^(0\d)?d$/.test(spec))
    return padding === undefined
      ? orNull(`cast(${value} as varchar)`)
      : `(case when ${value} is null then ${guarded("false", "''")} else printf('%${spec}', ${value}) end)`;
  const [, places] = /^\.(\d)f$/.exec(spec) ?? [];
  if (places === undefined || (type !== "double" && scaleOf(text, range)?.isDecimal !== true)) return null;
  // The digits of the number are rounded, half of one up; a negative number that becomes zero keeps its sign in Java.
  const rounded = `cast(cast(${value} as varchar) as decimal(38, ${places}))`;
  const isNegative = `cast(${value} as varchar) like '-%'`;
  const isCertain = `${value} is null or (abs(${value}) between 0.0001 and 1e15 or ${value} = 0) and not (${rounded} = 0 and ${isNegative})`;
  // Of 'null' too, no more letters than that are written.
  return `(${guarded(isCertain, `coalesce(cast(${rounded} as varchar), '${"null".slice(0, Number(places))}')`)})`;
}

/** format('%s has %d', a, b), piece by piece. */
export const FORMAT_TO_DUCKDB: readonly Rewrite[] = [
  {
    construct: "format",
    reason: "DuckDB fills {}",
    find: inCallsOf("format", [2, 3, 4, 5, 6, 7, 8, 9], ({ args: [pattern, ...values] }, text) => {
      const source = textOf(text, pattern);
      if (source === undefined) return null;
      const parts: string[] = [];
      let next = 0;
      for (const [piece, spec] of source.matchAll(/%(%|[,.0]?\d*[a-zA-Z])|%|[^%]+/gu)) {
        const range = values[next];
        if (spec === "%" || !piece.startsWith("%")) {
          parts.push(quoted(spec === "%" ? "%" : piece).replaceAll("$", () => "$$"));
          continue;
        }
        const part =
          spec === undefined || range === undefined ? null : written(spec, `$${String(++next)}`, range, text);
        if (part === null) return null;
        parts.push(part);
      }
      if (next < values.length) return null;
      return { template: `(${parts.join(" || ")})`, type: "string", args: values };
    }),
  },
];
