import { roundedToMicros } from "../../shared/python-time.ts";

/** `2026-01-31 10:00:00.000 Europe/Berlin` → the same wall clock with its offset. */
export function isoMoment(moment: string): string {
  const [date = "", time = "", zone = "UTC"] = moment.split(" ");
  const wall = roundedToMicros(`${date}T${time}`);
  if (/^[+-]\d\d:\d\d$/.test(zone)) return `${wall}${zone}`;
  if (zone === "UTC") return `${wall}+00:00`;
  return `${wall}${zoneOffset(wall, zone)}`;
}

/** The offset of a named zone at a wall-clock time, as +HH:MM. */
function zoneOffset(wall: string, zone: string): string {
  const asUtc = new Date(`${wall.slice(0, 23)}Z`);
  const offsetAt = (moment: Date): string => {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(
      moment,
    );
    const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    return name === "GMT" ? "+00:00" : name.slice(3);
  };
  // The first guess takes the wall clock for UTC; the second corrects it by the offset that gave.
  const guess = offsetAt(asUtc);
  const minutes = (guess.startsWith("-") ? -1 : 1) * (Number(guess.slice(1, 3)) * 60 + Number(guess.slice(4, 6)));
  return offsetAt(new Date(asUtc.getTime() - minutes * 60_000));
}
