import { evidentType } from "../hazards/evident-type.ts";
import type { Call, Range, SqlText } from "../hazards/sql-text.ts";
import { javaToStrftime, mysqlToStrftime, readsWholeDate, strftimeToMysql } from "./date-patterns.ts";
import { asCall, inCallsOf, quoted, textOf, type Rewrite, type Written } from "./rewrite.ts";

const UNITS = /^(year|quarter|month|week|day|hour|minute|second|millisecond)s?$/;
/** Units that are as long as each other, so that full ones can be counted alike. */
const EVEN_UNITS = /^(week|day|hour|minute|second|millisecond)s?$/;

function unitOf(text: SqlText, range: Range | undefined, allowed = UNITS): string | null {
  const unit = textOf(text, range)?.toLowerCase();
  return unit !== undefined && allowed.test(unit) ? unit.replace(/s$/, "") : null;
}

/** Boundaries are what full units are between the beginnings of units. */
function boundaries({ args: [name, first, second] }: Call, text: SqlText): Written | null {
  const unit = unitOf(text, name);
  if (unit === null || first === undefined || second === undefined) return null;
  // Weeks are the exception: DuckDB counts full ones, of days.
  if (unit === "week") {
    if (evidentType(text, first) !== "date" || evidentType(text, second) !== "date") return null;
    return { template: "date_diff('week', $1, $2)", type: "integer", args: [first, second] };
  }
  const start = (range: Range, place: string) => {
    const ofTime = /hour|minute|second/.test(unit) && evidentType(text, range) === "date";
    return `date_trunc('${unit}', ${ofTime ? `cast(${place} as timestamp)` : place})`;
  };
  const template = `date_diff('${unit}', ${start(first, "$1")}, ${start(second, "$2")})`;
  return { template, type: "integer", args: [first, second] };
}

/** EXTRACT(field FROM x), date_part('field', x): the field, and x. */
function fieldOf({ args }: Call, text: SqlText): { field: string; value: Range } | null {
  const [first, second] = args;
  if (first === undefined) return null;
  const name = text.tokens[first.from]?.text.toLowerCase().replaceAll("'", "") ?? "";
  if (second !== undefined) return { field: name, value: second };
  return text.is(first.from + 1, "from") ? { field: name, value: { from: first.from + 2, to: first.to } } : null;
}

const FIELDS_ON_TRINO: Readonly<Record<string, string>> = {
  dow: "(day_of_week($1) % 7)",
  dayofweek: "(day_of_week($1) % 7)",
  weekday: "(day_of_week($1) % 7)",
  isodow: "day_of_week($1)",
  doy: "day_of_year($1)",
  isoyear: "year_of_week($1)",
  weekofyear: "week($1)",
};

/** Years before the first are counted otherwise. */
function ofYear(written: string): string {
  return `(case when year($1) > 0 then ${written} when $1 is not null then cast(fail('not translated: a year before the first') as bigint) end)`;
}

function epoch(text: SqlText, value: Range): string {
  return evidentType(text, value) === "date" ? "to_unixtime(cast($1 as timestamp(6)))" : "to_unixtime($1)";
}

function fieldOnTrino(call: Call, text: SqlText): Written | null {
  const part = fieldOf(call, text);
  if (part === null || evidentType(text, part.value) === "interval") return null;
  const template = part.field === "epoch" ? epoch(text, part.value) : FIELDS_ON_TRINO[part.field];
  if (template === undefined) return null;
  return { template, type: part.field === "epoch" ? "double" : "integer", args: [part.value] };
}

/** Moments whose clock is the session's on both engines. */
function isOfSession(text: SqlText, value: Range): boolean {
  return text.callOver(value)?.name === "from_unixtime";
}

/** strftime takes the pattern first or last. */
function formatted(
  to: (pattern: string) => string | null,
  name: string,
): (call: Call, text: SqlText) => Written | null {
  return ({ args: [first, second] }, text) => {
    const patternLast = textOf(text, second) !== undefined;
    const [value, pattern] = patternLast ? [first, second] : [second, first];
    const source = textOf(text, pattern) ?? "%";
    const translated = to(source);
    // strftime's side of it, whichever that is.
    const reads = /parse|ptime/.test(name);
    if (reads && !readsWholeDate(name.startsWith("strptime") ? (translated ?? "") : source)) return null;
    if (value === undefined || translated === null) return null;
    if (evidentType(text, value) === "timestamptz" && !isOfSession(text, value)) return null;
    const literal = quoted(translated).replaceAll("$", () => "$$");
    return {
      template: name.replace("PATTERN", () => literal),
      type: reads ? "timestamp" : "string",
      args: [value],
    };
  };
}

export const TIMES_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "date_diff",
    reason: "boundaries, where Trino counts full units",
    find: inCallsOf("date_diff datediff", [3], boundaries),
  },
  {
    construct: "date_sub",
    reason: "full units, which Trino's date_diff counts",
    find: inCallsOf("date_sub datesub", [3], ({ args: [name, first, second] }, text) => {
      const unit = unitOf(text, name, EVEN_UNITS);
      if (unit === null || first === undefined || second === undefined) return null;
      return { template: `date_diff('${unit}', $1, $2)`, type: "integer", args: [first, second] };
    }),
  },
  {
    construct: "extract",
    reason: "fields that Trino counts otherwise or does not have",
    find: inCallsOf("extract date_part datepart", [1, 2], fieldOnTrino),
  },
  {
    construct: "dayofweek",
    reason: "Sunday is 0",
    find: asCall("dayofweek weekday", 1, "(day_of_week($1) % 7)", "integer"),
  },
  {
    construct: "dayofyear",
    reason: "Trino's day_of_year",
    find: asCall("dayofyear", 1, "day_of_year($1)", "integer"),
  },
  {
    construct: "decade",
    reason: "Trino has none",
    find: asCall("decade", 1, ofYear("year($1) / 10"), "integer"),
  },
  {
    construct: "century",
    reason: "Trino has none",
    find: asCall("century", 1, ofYear("(year($1) + 99) / 100"), "integer"),
  },
  { construct: "isodow", reason: "Trino's day_of_week", find: asCall("isodow", 1, "day_of_week($1)", "integer") },
  { construct: "weekofyear", reason: "Trino's week", find: asCall("weekofyear", 1, "week($1)", "integer") },
  { construct: "isoyear", reason: "Trino's year_of_week", find: asCall("isoyear", 1, "year_of_week($1)", "integer") },
  {
    construct: "yearweek",
    reason: "Trino has none",
    find: asCall("yearweek", 1, "(year_of_week($1) * 100 + week($1))", "integer"),
  },
  { construct: "dayname", reason: "Trino has none", find: asCall("dayname", 1, "date_format($1, '%W')", "string") },
  { construct: "monthname", reason: "Trino has none", find: asCall("monthname", 1, "date_format($1, '%M')", "string") },
  {
    construct: "epoch",
    reason: "Trino's to_unixtime",
    find: inCallsOf("epoch", [1], ({ args: [value] }, text) =>
      value === undefined || evidentType(text, value) === "interval"
        ? null
        : { template: epoch(text, value), type: "double" },
    ),
  },
  {
    construct: "epoch_ms",
    reason: "the translator takes it for the other way round",
    find: asCall(
      "epoch_ms",
      1,
      "date_diff('millisecond', timestamp '1970-01-01 00:00:00', $1)",
      "integer",
      ({ args: [value] }, text) =>
        value !== undefined && ["timestamp", "date"].includes(evidentType(text, value) ?? ""),
    ),
  },
  {
    construct: "epoch_ms of a number",
    reason: "a moment without a zone",
    find: asCall(
      "epoch_ms",
      1,
      "date_add('millisecond', $1 % 86400000, date_add('day', $1 / 86400000, timestamp '1970-01-01 00:00:00.000'))",
      "timestamp",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "integer",
    ),
  },
  {
    construct: "millisecond",
    reason: "the seconds are counted in",
    find: asCall("millisecond milliseconds", 1, "(second($1) * 1000 + millisecond($1))", "integer"),
  },
  {
    construct: "make_date",
    reason: "Trino has none",
    find: asCall(
      "make_date",
      3,
      "date_add('day', $3 - 1, date_add('month', $2 - 1, date_add('year', $1 - 1970, date '1970-01-01')))",
      "date",
    ),
  },
  {
    construct: "strftime",
    reason: "patterns have other letters",
    find: inCallsOf("strftime", [2], formatted(strftimeToMysql, "date_format($1, PATTERN)")),
  },
  {
    construct: "strptime",
    reason: "patterns have other letters",
    find: inCallsOf("strptime", [2], formatted(strftimeToMysql, "date_parse($1, PATTERN)")),
  },
];

const FIELDS_ON_DUCKDB: Readonly<Record<string, string>> = {
  dow: "isodow($1)",
  day_of_week: "isodow($1)",
  doy: "dayofyear($1)",
  day_of_year: "dayofyear($1)",
  yow: "isoyear($1)",
  year_of_week: "isoyear($1)",
};

export const TIMES_TO_DUCKDB: readonly Rewrite[] = [
  {
    construct: "date_diff",
    reason: "full units, where DuckDB counts boundaries",
    find: inCallsOf("date_diff", [3], ({ args: [name, first, second] }, text) => {
      const unit = unitOf(text, name);
      if (unit === null || first === undefined || second === undefined) return null;
      return { template: `date_sub('${unit}', $1, $2)`, type: "integer", args: [first, second] };
    }),
  },
  {
    construct: "extract",
    reason: "Sunday is 7",
    find: inCallsOf("extract", [1], (call, text) => {
      const part = fieldOf(call, text);
      const template = part === null ? undefined : FIELDS_ON_DUCKDB[part.field];
      if (part === null || template === undefined) return null;
      return { template, type: "integer", args: [part.value] };
    }),
  },
  {
    construct: "date_add",
    reason: "the translator writes negative numbers wrongly",
    find: inCallsOf("date_add", [3], ({ args: [name, count, value] }, text) => {
      const unit = unitOf(text, name);
      if (unit === null || unit === "millisecond" || count === undefined || value === undefined) return null;
      const step = `$1 * interval ${unit === "quarter" ? "3 month" : `1 ${unit}`}`;
      const isDate = evidentType(text, value) === "date";
      return {
        template: isDate ? `cast($2 + ${step} as date)` : `($2 + ${step})`,
        type: isDate ? "date" : null,
        args: [count, value],
      };
    }),
  },
  { construct: "day_of_week", reason: "Sunday is 7", find: asCall("day_of_week dow", 1, "isodow($1)", "integer") },
  {
    construct: "day_of_year",
    reason: "DuckDB's dayofyear",
    find: asCall("day_of_year doy", 1, "dayofyear($1)", "integer"),
  },
  {
    construct: "year_of_week",
    reason: "DuckDB's isoyear",
    find: asCall("year_of_week yow", 1, "isoyear($1)", "integer"),
  },
  {
    construct: "millisecond",
    reason: "without the seconds",
    find: asCall("millisecond", 1, "(millisecond($1) % 1000)", "integer"),
  },
  {
    construct: "date_format",
    reason: "patterns have other letters",
    find: inCallsOf("date_format", [2], formatted(mysqlToStrftime, "strftime($1, PATTERN)")),
  },
  {
    construct: "date_parse",
    reason: "patterns have other letters",
    find: inCallsOf("date_parse", [2], formatted(mysqlToStrftime, "strptime($1, PATTERN)")),
  },
  {
    construct: "format_datetime",
    reason: "patterns have other letters",
    find: inCallsOf("format_datetime", [2], formatted(javaToStrftime, "strftime($1, PATTERN)")),
  },
  {
    construct: "from_unixtime",
    reason: "DuckDB's to_timestamp, of milliseconds",
    find: asCall(
      "from_unixtime",
      1,
      "(case when microsecond(to_timestamp($1)) % 1000 <> 0 then error('not translated: from_unixtime of parts of a millisecond') else to_timestamp($1) end)",
      "timestamptz",
    ),
  },
  { construct: "to_unixtime", reason: "DuckDB's epoch", find: asCall("to_unixtime", 1, "epoch($1)", "double") },
  {
    construct: "to_iso8601",
    reason: "DuckDB has none",
    find: asCall(
      "to_iso8601",
      1,
      "strftime($1, '%Y-%m-%d')",
      "string",
      ({ args: [value] }, text) => value !== undefined && evidentType(text, value) === "date",
    ),
  },
];
