import { evidentType } from "../hazards/evident-type.ts";
import type { Rewrite } from "./rewrite.ts";

const WHOLE: Readonly<Record<string, string>> = {
  tinyint: "tinyint",
  smallint: "smallint",
  integer: "integer",
  int: "integer",
  bigint: "bigint",
};

/** TRY_CAST of a text to a whole number; `write` gets the type. */
function tryCastOfText(write: (type: string) => string): Rewrite["find"] {
  return (text) =>
    text.casts.flatMap(({ at, value, type, lenient }) => {
      const whole = WHOLE[type];
      if (!lenient || whole === undefined || evidentType(text, value) !== "string") return [];
      return [{ from: at, to: text.castEnd(at), args: [value], template: write(whole), type: "integer" as const }];
    });
}

const REASON = "other writings of a number than digits are read differently, and refused";

/** What has no digit, or a sign that no number has, is NULL to both. */
export const CASTS_OF_TEXT_TO_TRINO: Rewrite = {
  construct: "try_cast of a text to a whole number",
  reason: REASON,
  find: tryCastOfText(
    (type) =>
      `case when regexp_like($1, '\\A[ ]*[+-]?[0-9]+[ ]*\\z') then try_cast(trim($1) as ${type}) when not regexp_like($1, '[0-9]') or regexp_like($1, '[g-wyzG-WYZ]') then null when $1 is not null then cast(fail('try_cast of a number that is not only digits') as ${type}) end`,
  ),
};

export const CASTS_OF_TEXT_TO_DUCKDB: Rewrite = {
  construct: "try_cast of a text to a whole number",
  reason: REASON,
  find: tryCastOfText(
    (type) =>
      `(case when regexp_matches($1, '\\A[+-]?[0-9]+\\z') then try_cast($1 as ${type}) when regexp_matches($1, '\\A[\\x00- ]|[\\x00- ]\\z|[^\\x00-\\x7f]') then error('try_cast of a number beside blanks or other digits') end)`,
  ),
};
