import { fail, type Place } from "../contracts/diagnostic.ts";
import type { Json } from "../contracts/json.ts";
import { isoFormat } from "../shared/python-time.ts";

const MOMENT =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d*))?)?(?:[ \t]*(?:(Z)|([+-])(\d\d?)(?::?(\d\d))?))?)?$/;

/**
 * A model's `deprecation_date` as isoformat() has it; without an offset it is a time of the place where the program runs.
 * `placeOf` is asked for a refusal alone: to find places costs more than to read the file.
 */
export function deprecationDate(value: Json | undefined, name: string, placeOf: () => Place): string | null {
  if (value === undefined || value === null) return null;
  const match = typeof value === "string" ? MOMENT.exec(value) : null;
  const day = match === null ? null : match.slice(1, 4).map(Number);
  if (match === null || day === null || !isDay(day))
    return fail(
      "DH1214",
      `The deprecation_date of the model '${name}' is not a date: ${JSON.stringify(value)}`,
      placeOf(),
      "Examples: 2026-01-31, 2026-01-31T10:00:00+02:00",
    );
  const [hour = 0, minute = 0, second = 0] = match.slice(4, 7).map((part: string | undefined) => Number(part ?? 0));
  const fraction = (match[7] ?? "").slice(0, 6);
  const whole = `${day.map(two).join("-")}T${[hour, minute, second].map(two).join(":")}`;
  return isoFormat(fraction === "" ? whole : `${whole}.${fraction}`, zoneOf(match, [...day, hour, minute, second]));
}

/** JavaScript makes March of the 30th of February. */
function isDay([year = 0, month = 0, day = 0]: readonly number[]): boolean {
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day;
}

function zoneOf(match: RegExpExecArray, local: readonly number[]): string {
  const [, , , , , , , , utc, sign, hours = "0", minutes = "0"] = match;
  if (utc !== undefined) return "+00:00";
  if (sign !== undefined) return `${sign}${two(Number(hours))}:${two(Number(minutes))}`;
  const [year = 0, month = 1, ...rest] = local;
  const offset = -new Date(year, month - 1, ...rest).getTimezoneOffset();
  const size = Math.abs(offset);
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}
