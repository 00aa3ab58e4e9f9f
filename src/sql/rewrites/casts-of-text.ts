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
      `case when regexp_like($1, '\\A[ ]*[+-]?[0-9]+[ ]*\\z') then try_cast(trim($1) as ${type}) when not regexp_like($1, '[0-9]') or regexp_like($1, '[g-wyzG-WYZ]') then null when $1 is not null then cast(fail('not translated: try_cast of a number that is not only digits') as ${type}) end`,
  ),
};

const OTHERS: Readonly<Record<string, { type: "double" | "date"; plain: string; nothing: string }>> = {
  double: { type: "double", plain: "\\A[+-]?[0-9]{1,15}(\\.[0-9]{1,15})?\\z", nothing: "\\A[a-zA-Z ]*\\z" },
  date: { type: "date", plain: "\\A[0-9]{4}-[0-9]{2}-[0-9]{2}\\z", nothing: "\\A[a-zA-Z ]*\\z" },
};
/** Words that one of the engines reads. */
const WORDS = "(?i)\\A *(nan|inf|infinity|epoch) *\\z";

/** Texts that are evidently a number or a date, or evidently none. */
function tryCastOfPlainText(to: "trino" | "duckdb"): Rewrite["find"] {
  const [matches, fails] = to === "trino" ? ["regexp_like", "fail"] : ["regexp_matches", "error"];
  return (text) =>
    text.casts.flatMap(({ at, value, type, lenient }) => {
      const known = OTHERS[type];
      if (!lenient || known === undefined || evidentType(text, value) !== "string") return [];
      const failure = `${fails}('try_cast of a text that the engines read differently')`;
      const rest = to === "trino" ? `cast(${failure} as ${type})` : failure;
      const template = `(case when ${matches}($1, '${known.plain}') then try_cast($1 as ${type}) when ${matches}($1, '${known.nothing}') and not ${matches}($1, '${WORDS}') then null when $1 is not null then ${rest} end)`;
      return [{ from: at, to: text.castEnd(at), args: [value], template, type: known.type }];
    });
}

export const TRY_CASTS_OF_TEXT_TO_TRINO: Rewrite = {
  construct: "try_cast of a text to a double or date",
  reason: "other writings are read differently, and refused",
  find: tryCastOfPlainText("trino"),
};

export const TRY_CASTS_OF_TEXT_TO_DUCKDB: Rewrite = {
  construct: "try_cast of a text to a double or date",
  reason: "other writings are read differently, and refused",
  find: tryCastOfPlainText("duckdb"),
};

export const CASTS_OF_TEXT_TO_DUCKDB: Rewrite = {
  construct: "try_cast of a text to a whole number",
  reason: REASON,
  find: tryCastOfText(
    (type) =>
      `(case when regexp_matches($1, '\\A[+-]?[0-9]+\\z') then try_cast($1 as ${type}) when regexp_matches($1, '\\A[\\x00- ]|[\\x00- ]\\z|[^\\x00-\\x7f]') then error('not translated: try_cast of a number beside blanks or other digits') end)`,
  ),
};
