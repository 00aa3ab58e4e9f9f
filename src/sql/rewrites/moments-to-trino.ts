import { evidentType, type EvidentType } from "../hazards/evident-type.ts";
import type { Range, SqlText } from "../hazards/sql-text.ts";
import { inCallsOf, type Rewrite, type Site } from "./rewrite.ts";

const UNIT = /^(year|quarter|month|week|day|hour|minute|second|millisecond|microsecond)s?$/i;
const INTERVALS = /^to_(years|months|weeks|days|hours|minutes|seconds|milliseconds|microseconds)$/;

/** Of a date Trino gives a date, of a moment the moment; together with a NULL of that type both are what DuckDB gives. */
function asMoment(written: string): string {
  return `coalesce(${written}, cast(null as timestamp(6)))`;
}

function momentOf(type: EvidentType): EvidentType {
  return type === "date" ? "timestamp" : type;
}

/** The end of an operand that may be an interval: `interval 1 day`, `3 * interval '1' day`. */
function factorEnd(text: SqlText, start: number): number {
  if (!text.is(start, "interval")) return text.operandAfter(start).to;
  let to = start + 1;
  while (text.sign(to, "-", "+")) to++;
  to = text.sign(to, "(") ? (text.partner(to) ?? to) + 1 : to + 1;
  return UNIT.test(text.tokens[to]?.text ?? "") ? to + 1 : to;
}

function termEnd(text: SqlText, start: number): number {
  let to = factorEnd(text, start);
  while (text.sign(to, "*")) to = factorEnd(text, to + 1);
  return to;
}

function isInterval(text: SqlText, range: Range): boolean {
  if (INTERVALS.test(text.callOver(range)?.name ?? "")) return true;
  for (let at = range.from; at < range.to; at++) {
    if (text.is(at, "interval")) return true;
    if (text.sign(at, "(") && text.tokens[at - 1]?.kind === "word" && at > range.from) at = text.partner(at) ?? at;
  }
  return false;
}

/** `x + interval '1 day' - interval …`, from the first operand to the last. */
function sums(text: SqlText): readonly Site[] {
  const sites: Site[] = [];
  for (let at = 1; at < text.tokens.length; at++) {
    if (!text.sign(at, "+", "-")) continue;
    const left = text.operandBefore(at);
    if (left.from >= at || text.sign(left.from - 1, "+", "-", "*", "/", "//", "%", "^", "||", "->", "->>")) continue;
    const type = evidentType(text, left);
    if (!["date", null].includes(type) || isInterval(text, left)) continue;
    // The unit of an interval before it.
    if (UNIT.test(text.only(left)?.text ?? "") && ["number", "string"].includes(text.tokens[at - 2]?.kind ?? ""))
      continue;
    const args = [left];
    let [template, to] = ["$1", at];
    while (text.sign(to, "+", "-")) {
      const term = { from: to + 1, to: termEnd(text, to + 1) };
      if (!isInterval(text, term) || text.sign(term.to, "/", "//", "%", "^")) break;
      args.push(term);
      template += ` ${text.tokens[to]?.text ?? ""} $${String(args.length)}`;
      to = term.to;
    }
    if (args.length === 1 || text.sign(to, "+", "-", "::", "*")) continue;
    const known = type === "date" ? template.replace("$1", "cast($1 as timestamp(6))") : asMoment(template);
    sites.push({ from: left.from, to, args, template: known, type: momentOf(type) });
  }
  return sites;
}

/** Days of a month all have, so that many months later the day is the same. */
function hasEveryMonth(text: SqlText, start: Range): boolean {
  return /'\d{4}-\d\d-(0\d|1\d|2[0-8])/.test(text.tokens[start.to - 1]?.text ?? "");
}

/** Series of moments by an interval that is spelled out: as a value a list, after FROM rows. */
function series(text: SqlText): readonly Site[] {
  return text.calls.flatMap((call): readonly Site[] => {
    const [first, last, step] = call.args;
    const close = text.partner(call.at + 1);
    if (call.name !== "generate_series" || !first || !last || !step || close === undefined) return [];
    const types = [first, last].map((arg) => evidentType(text, arg));
    if (!types.every((type) => type === "date" || type === "timestamp")) return [];
    const words = text
      .slice(step)
      .map((token) => token.text.toLowerCase().replaceAll("'", ""))
      .join(" ");
    const [, unit] = /^interval \d+ (minute|hour|day|month|year)s?$/.exec(words) ?? [];
    if (unit === undefined || (/month|year/.test(unit) && !hasEveryMonth(text, first))) return [];
    const [from, to] = ["cast($1 as timestamp(6))", "cast($2 as timestamp(6))"];
    const list = `case when ${to} < ${from} then cast(array[] as array(timestamp(6))) else sequence(${from}, ${to}, $3) end`;
    const site = { from: call.at, to: close + 1, args: call.args };
    if (!text.is(call.at - 1, "from", "join")) return [{ ...site, template: list, type: "array" }];
    const named = text.is(close + 1, "as") ? close + 2 : close + 1;
    return text.sign(named + 1, "(") ? [{ ...site, template: `unnest(${list})`, type: null }] : [];
  });
}

const SECONDS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 };

/** Zones whose clocks are only ever set by whole hours since 1970, one at a time. */
const ZONES =
  /^(UTC|Europe\/(Berlin|Paris|London|Madrid|Rome|Amsterdam|Vienna|Zurich|Brussels|Stockholm|Warsaw|Prague|Athens|Helsinki)|America\/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Toronto|Vancouver)|Asia\/(Tokyo|Shanghai|Kolkata|Singapore|Dubai)|Australia\/(Sydney|Melbourne|Brisbane|Perth))$/;

/** A moment without a zone becomes one, a moment with one what its clock shows there. */
function zoned(text: SqlText): readonly Site[] {
  return text.tokens.flatMap((_, at): readonly Site[] => {
    const zone = text.tokens[at + 3];
    if (!text.is(at, "at") || !text.is(at + 1, "time") || !text.is(at + 2, "zone") || at === 0) return [];
    if (zone?.kind !== "string" || !ZONES.test(zone.text.slice(1, -1))) return [];
    const left = text.operandBefore(at);
    if (text.sign(left.from - 1, "+", "-", "*", "/", "||", "::", ".") || text.sign(at + 4, "::", "[")) return [];
    const type = evidentType(text, left);
    const place = { from: left.from, to: at + 4, args: [left] };
    if (type === "timestamptz")
      return [{ ...place, template: `cast(($1 at time zone ${zone.text}) as timestamp(6))`, type: "timestamp" }];
    if (type !== "timestamp") return [];
    const first = `with_timezone(cast($1 as timestamp(6)), ${zone.text})`;
    const later = `${first} + interval '1' hour`;
    const isTwice = `cast((${later}) at time zone ${zone.text} as timestamp(6)) = cast($1 as timestamp(6))`;
    const template = `at_timezone(case when year($1) < 1970 then cast(fail('not translated: a clock before 1970') as timestamp(6) with time zone) when ${isTwice} then ${later} else ${first} end, current_timezone())`;
    return [{ ...place, template, type: "timestamptz" }];
  });
}

/** What DuckDB makes a moment of though it was a date: a cast to text shows it. */
export const MOMENTS_TO_TRINO: readonly Rewrite[] = [
  { construct: "date + interval", reason: "a moment, where Trino gives a date", find: sums },
  {
    construct: "to_days",
    reason: "a literal times a number",
    find: inCallsOf(
      "to_years to_months to_weeks to_days to_hours to_minutes to_seconds",
      [1],
      ({ name, at, args }, text) => {
        const [count] = args;
        // Before a date it would give a date.
        if (!text.sign(at - 1, "+", "-")) return null;
        const unit = name.slice(3, -1);
        if (count === undefined || evidentType(text, count) !== "integer") return null;
        return unit === "week"
          ? { template: "(7 * $1 * interval '1' day)", type: "interval" }
          : { template: `($1 * interval '1' ${unit})`, type: "interval" };
      },
    ),
  },
  {
    construct: "at time zone",
    reason: "the clock is in that zone; where it shows an hour twice, DuckDB takes the second",
    find: zoned,
  },
  {
    construct: "time_bucket",
    reason: "from Monday 2000-01-03 on",
    find: inCallsOf("time_bucket", [2], ({ args: [width, value] }, text) => {
      if (width === undefined || value === undefined || evidentType(text, value) !== "timestamp") return null;
      const words = text.slice(width).map((token) => token.text.toLowerCase().replaceAll("'", ""));
      const [, count, unit] = /^interval (\d+) (second|minute|hour|day|week)s?$/.exec(words.join(" ")) ?? [];
      const seconds = Number(count) * (SECONDS[unit ?? ""] ?? 0);
      if (!(seconds > 0)) return null;
      const origin = "timestamp '2000-01-03 00:00:00.000000'";
      const since = `date_diff('second', ${origin}, date_trunc('second', $1))`;
      const template = `date_add('second', ${since} - mod(mod(${since}, ${String(seconds)}) + ${String(seconds)}, ${String(seconds)}), ${origin})`;
      return { template, type: "timestamp", args: [value] };
    }),
  },
  { construct: "series of moments", reason: "Trino's sequence", find: series },
  {
    construct: "date_add of an interval",
    reason: "a moment, where Trino gives a date",
    find: inCallsOf("date_add", [2], ({ args: [value, step] }, text) =>
      value === undefined || step === undefined || !isInterval(text, step)
        ? null
        : { template: asMoment("$1 + $2"), type: momentOf(evidentType(text, value)) },
    ),
  },
  {
    construct: "date_trunc",
    reason: "a moment, where Trino gives a date",
    find: inCallsOf("date_trunc datetrunc", [2], ({ args: [, value] }, text) => {
      const type = value === undefined ? null : evidentType(text, value);
      return ["date", null].includes(type) ? { template: asMoment("date_trunc($1, $2)"), type: momentOf(type) } : null;
    }),
  },
];
