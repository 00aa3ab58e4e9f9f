import { evidentType, hasZone, isNull, type EvidentType } from "../hazards/evident-type.ts";
import type { Range, SqlText } from "../hazards/sql-text.ts";
import type { Rewrite, Site } from "./rewrite.ts";

const PLAIN_TIMESTAMP = /^(timestamp(withouttimezone)?|datetime)$/;
/** A moment as text that both engines read alike. */
const MOMENT = "\\A\\d{4}-\\d{1,2}-\\d{1,2}([ T]\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?(Z|[+-]\\d{2}(:\\d{2})?)?)?\\z";
/** Without a zone, which DuckDB overlooks. */
const WITHOUT_ZONE =
  "regexp_replace(cast($1 as varchar), '^(\\S+)[T ](\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d+)?)?).*$$', '$$1 $$2')";
const ISO_DATE = /^'\d{4}-\d\d-\d\d'$/;
const ISO_MOMENT = /^'\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?)?'$/;
const LITERAL = /^'\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d{1,6})?)?)?'$/;

function castsTo(
  type: RegExp,
  from: readonly EvidentType[],
  template: (from: EvidentType) => string,
  given: "timestamp" | "date" = "timestamp",
): Rewrite["find"] {
  return (text) =>
    text.casts.flatMap(({ at, value, type: to, lenient }) => {
      const known = evidentType(text, value);
      if (lenient || !type.test(to) || isNull(text, value) || !from.includes(known)) return [];
      const start = text.sign(at, "::") ? value.from : at;
      return [{ from: start, to: text.castEnd(at), args: [value], template: template(known), type: given }];
    });
}

/** TIMESTAMP '…' without a zone. */
function literals(template: (literal: string) => string): Rewrite["find"] {
  return (text) =>
    text.tokens.flatMap((_, at) => {
      const literal = text.tokens[at + 1];
      if (!text.is(at, "timestamp") || literal?.kind !== "string" || !LITERAL.test(literal.text)) return [];
      if (text.is(at - 1, "as") || hasZone(literal.text)) return [];
      return [{ from: at, to: at + 2, args: [], template: template(literal.text), type: "timestamp" as const }];
    });
}

const TO_TIMESTAMP = `case when typeof($1) = 'date' or typeof($1) like 'timestamp(_)' then cast($1 as timestamp(6)) when regexp_like(cast($1 as varchar), '${MOMENT}') then cast(${WITHOUT_ZONE} as timestamp(6)) when $1 is not null then cast(fail('not translated: a cast to timestamp of what the engines read differently') as timestamp(6)) end`;

export const CASTS_OF_MOMENTS_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "timestamp '…'",
    reason: "the translator makes it one of 3 digits",
    find: literals((literal) => `cast(${literal} as timestamp(6))`),
  },
  {
    construct: "cast to timestamp",
    reason: "6 digits, where Trino's has 3",
    find: castsTo(PLAIN_TIMESTAMP, [null, "string"], () => TO_TIMESTAMP),
  },
  {
    construct: "cast of a moment to timestamp",
    reason: "6 digits, where Trino's has 3",
    find: castsTo(PLAIN_TIMESTAMP, ["timestamp", "date"], () => "cast($1 as timestamp(6))"),
  },
  {
    construct: "cast of a text to a date",
    reason: "Trino reads none with a time",
    find: castsTo(
      /^date$/,
      ["string"],
      () => `cast(case when regexp_like($1, '${MOMENT}') then regexp_replace($1, '[ T].*', '') else $1 end as date)`,
      "date",
    ),
  },
  { construct: "date < '…'", reason: "Trino reads no date in a text unless it is told to", find: comparedTexts },
];

/** Texts that are compared with a date or a moment, and so are one. */
function comparedTexts(text: SqlText): readonly Site[] {
  return text.tokens.flatMap((_, at): readonly Site[] => {
    if (text.sign(at, "=", "<>", "!=", "<", ">", "<=", ">=") && at > 0) {
      const [left, right] = [text.operandBefore(at), text.operandAfter(at + 1)];
      return [...asMoment(text, left, [right]), ...asMoment(text, right, [left])];
    }
    const left = text.operandBefore(text.is(at - 1, "not") ? at - 1 : at);
    if (text.is(at, "between") && at > 0) {
      const low = text.operandAfter(at + 1);
      return text.is(low.to, "and") ? asMoment(text, left, [low, text.operandAfter(low.to + 1)]) : [];
    }
    const close = text.partner(at + 1);
    if (!text.is(at, "in") || !text.sign(at + 1, "(") || close === undefined || at === 0) return [];
    return asMoment(text, left, text.split({ from: at + 2, to: close }));
  });
}

function asMoment(text: SqlText, value: Range, others: readonly Range[]): readonly Site[] {
  const type = evidentType(text, value);
  return others.flatMap((other): readonly Site[] => {
    const literal = text.only(other)?.text ?? "";
    if (type === "date" && ISO_DATE.test(literal))
      return [{ ...other, args: [], template: `date ${literal}`, type: "date", early: true }];
    if (type !== "timestamp" || !ISO_MOMENT.test(literal)) return [];
    return [{ ...other, args: [], template: `cast(${literal} as timestamp(6))`, type: "timestamp" }];
  });
}

/** Trino's plain timestamp has three digits; what has more is refused, since it would be rounded. */
const IN_MILLISECONDS =
  "(case when typeof($1) = 'TIMESTAMP WITH TIME ZONE' then error('not translated: a cast of a moment with a zone') when microsecond(cast($1 as timestamp)) % 1000 <> 0 then error('not translated: a timestamp of more than 3 digits') else cast($1 as timestamp) end)";

export const CASTS_OF_MOMENTS_TO_DUCKDB: readonly Rewrite[] = [
  {
    construct: "timestamp '…'",
    reason: "it has the digits that are written",
    find: literals((literal) => `cast(${literal} as timestamp)`),
  },
  {
    construct: "cast to timestamp",
    reason: "3 digits, where DuckDB's has 6",
    find: castsTo(/^timestamp(\(3\))?$/, [null, "string", "timestamp", "date"], () => IN_MILLISECONDS),
  },
  {
    construct: "date + interval",
    reason: "a date, where DuckDB gives a moment",
    find: (text) =>
      text.tokens.flatMap((_, at): readonly Site[] => {
        if (!text.sign(at, "+", "-") || at === 0 || !text.is(at + 1, "interval")) return [];
        const left = text.operandBefore(at);
        const end =
          text.tokens[at + 2]?.kind === "string" && text.is(at + 3, "day", "week", "month", "year") ? at + 4 : 0;
        if (end === 0 || evidentType(text, left) !== "date" || text.is(end, "to")) return [];
        if (text.sign(left.from - 1, "+", "-", "*", "/", "%", "||", ".")) return [];
        if (text.sign(end, "*", "/")) return [];
        const template = `cast($1 ${text.tokens[at]?.text ?? ""} $2 as date)`;
        return [{ from: left.from, to: end, args: [left, { from: at + 1, to: end }], template, type: "date" }];
      }),
  },
  {
    construct: "date_trunc of a date",
    reason: "a date, where DuckDB gives a moment",
    find: (text) =>
      text.calls.flatMap((call): readonly Site[] => {
        const [unit, value] = call.args;
        const close = text.partner(call.at + 1);
        if (call.name !== "date_trunc" || unit === undefined || value === undefined || close === undefined) return [];
        if (evidentType(text, value) !== "date" || call.args.length !== 2) return [];
        const template = "cast(date_trunc($1, $2) as date)";
        return [{ from: call.at, to: close + 1, args: [unit, value], template, type: "date" }];
      }),
  },
];
