import { fail } from "../contracts/diagnostic.ts";

/** In one of dbt's three forms; kept as Python's isoformat has it. */
export function readMoment(text: string, where: string): string {
  const [, date, time = "00:00:00"] = /^(\d{4}-\d\d?-\d\d?)(?:[T ](\d\d?:\d\d?:\d\d?))?$/.exec(text) ?? [];
  const padded = `${date ?? ""}T${time}`.replaceAll(/\b\d\b/g, "0$&");
  const read = new Date(`${padded}Z`);
  // JavaScript makes March of the 30th of February.
  if (date === undefined || Number.isNaN(read.getTime()) || read.toISOString().slice(0, 19) !== padded) {
    const forms = "'%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'";
    fail("DH0006", `Invalid value for '${where}': '${text}' does not match the formats ${forms}.`);
  }
  return padded;
}

/** Both or none, and in order. */
export function checkEventTimes(flags: Record<string, unknown>): void {
  const { event_time_start: start, event_time_end: end } = flags;
  if (typeof start !== "string" && typeof end !== "string") return;
  const alone = (given: string, missing: string): never =>
    fail(
      "DH0006",
      `The flag \`${given}\` was specified, but \`${missing}\` was not. When specifying \`${given}\`, \`${missing}\` must also be present.`,
    );
  if (typeof start !== "string") return alone("--event-time-end", "--event-time-start");
  if (typeof end !== "string") return alone("--event-time-start", "--event-time-end");
  if (start >= end) fail("DH0006", "Value for `--event-time-start` must be less than `--event-time-end`");
}
