import { evidentType } from "../hazards/evident-type.ts";
import { inCallsOf, textOf, type Rewrite } from "./rewrite.ts";

const TEXT = "json_extract_string($1, '$$')";
const fails = "error('not translated: a cast of JSON that the engines do not read alike')";

/** What Trino makes of a JSON value, by the type it has; of the others DuckDB would make something else. */
function castOf(types: string, written: string): string {
  return `(case when $1 is null or json_type($1) = 'NULL' then null when json_type($1) in (${types}) then ${written} else ${fails} end)`;
}

const WHOLE = castOf("'BIGINT', 'UBIGINT'", `cast(${TEXT} as TYPE)`);
const CASTS: Readonly<Record<string, { template: string; type: "integer" | "double" | "boolean" | "string" }>> = {
  tinyint: { template: WHOLE.replace("TYPE", "tinyint"), type: "integer" },
  smallint: { template: WHOLE.replace("TYPE", "smallint"), type: "integer" },
  integer: { template: WHOLE.replace("TYPE", "integer"), type: "integer" },
  int: { template: WHOLE.replace("TYPE", "integer"), type: "integer" },
  bigint: { template: WHOLE.replace("TYPE", "bigint"), type: "integer" },
  double: { template: castOf("'BIGINT', 'UBIGINT', 'DOUBLE'", `cast(${TEXT} as double)`), type: "double" },
  boolean: { template: castOf("'BOOLEAN'", `cast(${TEXT} as boolean)`), type: "boolean" },
  varchar: { template: castOf("'VARCHAR', 'BIGINT', 'UBIGINT', 'BOOLEAN'", TEXT), type: "string" },
};

export const JSON_TO_DUCKDB: readonly Rewrite[] = [
  {
    construct: "cast of JSON",
    reason: "by the type of the value",
    find: (text) =>
      text.casts.flatMap(({ at, value, type, lenient }) => {
        const written = CASTS[type];
        if (lenient || written === undefined || evidentType(text, value) !== "json") return [];
        // A text that is a number is one to both.
        return [{ from: at, to: text.castEnd(at), args: [value], ...written }];
      }),
  },
  {
    construct: "json_extract",
    reason: "as an operator it binds loosely",
    find: inCallsOf("json_extract", [2], ({ args: [, path] }, text) =>
      /^\$(\.\w+|\[\d+\])+$/.test(textOf(text, path) ?? "")
        ? { template: "(case when json_valid($1) then json_extract($1, $2) end)", type: "json" }
        : null,
    ),
  },
];
