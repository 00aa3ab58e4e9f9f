import { fail } from "../contracts/diagnostic.ts";
import type { Sample } from "../contracts/flags.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import { asText } from "../shared/objects.ts";

const GRAINS = ["hour", "day", "month", "year"];
const HOUR = 3_600_000;

/**
 * `--sample`: `3 days` before now, `{start: …, end: …}`, or what dbt lacks: `1000 rows`, `10%`, `10 percent`.
 * `mapping` reads a text as YAML. Source of the forms and messages: dbt.event_time.sample_window.
 */
export function readSample(text: string, where: string, now: Date, mapping: (text: string) => JsonObject): Sample {
  const refuse: Refuse = (why) => fail("DH0007", `Invalid value for '${where}': ${why}`);
  if (text.trimStart().startsWith("{")) return givenWindow(mapping(text), refuse);
  const [, share] = /^(\S+?) ?%$/.exec(text) ?? [];
  const [amount = "", unit = "", ...rest] = share === undefined ? text.split(" ") : [share, "percent"];
  if (unit === "" || rest.length > 0)
    refuse(
      `Cannot load SAMPLE_WINDOW from '${text}'. Must be of form 'DAYS_INT GRAIN_SIZE', 'N rows', 'N%' or '{start: …, end: …}'.`,
    );
  const singular = unit.toLowerCase().replace(/s+$/, "");
  if (singular === "percent") return { percent: percentOf(amount, refuse) };
  if (!/^[+-]?\d+$/.test(amount)) refuse(`Unable to convert '${amount}' to an integer.`);
  const count = Number(amount);
  if (singular === "row") return count > 0 ? { rows: count } : refuse(`'${text}' are no rows; --empty reads none.`);
  if (!GRAINS.includes(singular)) {
    const units = [...GRAINS, ...GRAINS.map((grain) => `${grain}s`), "rows", "percent"];
    refuse(`Invalid grain size '${unit}'. Must be one of [${units.map((one) => `'${one}'`).join(", ")}].`);
  }
  return checked({ start: moment(back(now, count, singular)), end: moment(now) }, refuse);
}

type Refuse = (why: string) => never;

function percentOf(text: string, refuse: Refuse): number {
  const percent = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return percent > 0 && percent <= 100 ? percent : refuse(`'${text}' must be a number above 0, up to 100.`);
}

/** The clock of a zone that is given is taken for that of UTC, as dbt does. */
function givenWindow(given: JsonObject, refuse: Refuse): Sample {
  const [stranger] = Object.keys(given).filter((key) => key !== "start" && key !== "end");
  if (stranger !== undefined) refuse(`a sample has 'start' and 'end', but not '${stranger}'.`);
  const bound = (key: string): string => clock(given[key], key, refuse);
  return checked({ start: bound("start"), end: bound("end") }, refuse);
}

function clock(value: Json | undefined, key: string, refuse: Refuse): string {
  if (value === undefined) refuse(`the sample's '${key}' is missing.`);
  const [, date = "", time = "00:00:00", fraction = ""] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?$/.exec(asText(value)) ?? [];
  const read = new Date(`${date}T${time}${fraction.slice(0, 4)}Z`);
  // JavaScript makes March of the 30th of February.
  if (Number.isNaN(read.getTime()) || !read.toISOString().startsWith(date))
    refuse(
      `the sample's '${key}' is no moment: ${JSON.stringify(value)}; write it as '2025-01-31' or '2025-01-31T10:00:00'.`,
    );
  return moment(read);
}

function checked(window: { readonly start: string; readonly end: string }, refuse: Refuse): Sample {
  return window.start < window.end
    ? window
    : refuse(`the sample would begin at ${window.start} and end at ${window.end}, and so be empty.`);
}

function moment(date: Date): string {
  return date.toISOString().replace("Z", "+00:00");
}

/** So many hours, days, months or years earlier; a day that a month does not have becomes its last one. */
function back(now: Date, count: number, grain: string): Date {
  if (grain === "hour" || grain === "day") return new Date(now.getTime() - count * (grain === "hour" ? 1 : 24) * HOUR);
  const months = count * (grain === "month" ? 1 : 12);
  const moved = new Date(now);
  moved.setUTCMonth(moved.getUTCMonth() - months, 1);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(now.getUTCDate(), lastDay));
  return moved;
}
