import { PyObject, quote, raise, type Value } from "../values.ts";
import { EPOCH, toOrdinal } from "./calendar.ts";

/** A wall clock, in seconds since 1970 as if it were UTC. */
export type WallSeconds = number;

/** datetime.tzinfo: how far a clock is from UTC. */
export abstract class PyTzInfo extends PyObject {
  abstract readonly zoneName: string;

  /** Seconds east of UTC for a clock time in this zone. */
  abstract offsetAt(wall: WallSeconds): number;

  /** Seconds east of UTC for a time in UTC. */
  abstract offsetAtUtc(utc: number): number;

  abstract nameAt(wall: WallSeconds): string;

  /** The zone as it is attached to a datetime at this UTC time; pytz attaches the offset of the moment. */
  abstract at(utc: number): PyTzInfo;

  override str(): string {
    return this.zoneName;
  }
}

export function offsetText(seconds: number, colon: string): string {
  const size = Math.abs(seconds);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
  const tail = size % 60 === 0 ? "" : colon + two(size % 60);
  return `${seconds < 0 ? "-" : "+"}${two(size / 3600)}${colon}${two((size / 60) % 60)}${tail}`;
}

/** datetime.timezone, pytz.utc and pytz.FixedOffset. */
export class FixedZone extends PyTzInfo {
  override readonly pyType: string;
  override readonly zoneName: string;
  readonly offset: number;
  readonly #repr: string;

  constructor(offset: number, name: string, repr: string, pyType = "datetime.timezone") {
    super();
    this.offset = offset;
    this.zoneName = name;
    this.#repr = repr;
    this.pyType = pyType;
  }

  override offsetAt(): number {
    return this.offset;
  }

  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- zones that extend this one need it
  override offsetAtUtc(_utc: number): number {
    return this.offset;
  }

  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- as above
  override at(_utc: number): PyTzInfo {
    return this;
  }

  override nameAt(): string {
    return this.zoneName;
  }

  override repr(): string {
    return this.#repr;
  }

  override equals(other: Value): boolean {
    return other instanceof FixedZone && other.offset === this.offset && other.pyType === this.pyType;
  }

  override hashKey(): unknown {
    return `\0z${this.offset}`;
  }
}

export function fixedZone(offset: number): FixedZone {
  if (offset === 0) return new FixedZone(0, "UTC", "datetime.timezone.utc");
  const seconds = `seconds=${((offset % 86400) + 86400) % 86400}`;
  const delta = offset < 0 ? `days=-1, ${seconds}` : seconds;
  return new FixedZone(offset, `UTC${offsetText(offset, ":")}`, `datetime.timezone(datetime.timedelta(${delta}))`);
}

export const PYTZ_UTC = new FixedZone(0, "UTC", "<UTC>", "pytz.UTC");

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(zone: string, utc: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(new Date(utc * 1000)).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const days = toOrdinal(part("year"), part("month"), part("day")) - EPOCH;
  return days * 86400 + part("hour") * 3600 + part("minute") * 60 + part("second");
}

/** Offset of a named zone at a UTC time, whole minutes as pytz has them since 1900. */
export function zoneOffset(zone: string, utc: number): number {
  const whole = Math.floor(utc);
  return wallClock(zone, whole) - whole;
}

const ABBREVIATIONS: Readonly<Record<string, readonly [string, string]>> = {
  "America/New_York": ["EST", "EDT"],
  "America/Chicago": ["CST", "CDT"],
  "America/Denver": ["MST", "MDT"],
  "America/Los_Angeles": ["PST", "PDT"],
  "US/Eastern": ["EST", "EDT"],
  "US/Central": ["CST", "CDT"],
  "US/Mountain": ["MST", "MDT"],
  "US/Pacific": ["PST", "PDT"],
  "Europe/London": ["GMT", "BST"],
  "Europe/Berlin": ["CET", "CEST"],
  "Europe/Paris": ["CET", "CEST"],
  "Europe/Madrid": ["CET", "CEST"],
  "Europe/Rome": ["CET", "CEST"],
  "Europe/Amsterdam": ["CET", "CEST"],
  "Europe/Zurich": ["CET", "CEST"],
  "Europe/Vienna": ["CET", "CEST"],
  "Asia/Tokyo": ["JST", "JST"],
  "Asia/Kolkata": ["IST", "IST"],
  "Australia/Sydney": ["AEST", "AEDT"],
  "America/Sao_Paulo": ["-03", "-02"],
};

/** The standard offset: the smaller one of winter and summer. */
function isDaylight(zone: string, utc: number, offset: number): boolean {
  const year = 31_556_952;
  const offsets = [0, 1, 2, 3].map((quarter) => zoneOffset(zone, utc + (quarter * year) / 4));
  return offset > Math.min(...offsets);
}

function abbreviation(zone: string, utc: number, offset: number): string {
  const known = ABBREVIATIONS[zone];
  if (known !== undefined) return isDaylight(zone, utc, offset) ? known[1] : known[0];
  return offsetText(offset, "").replace(/00$/, "");
}

/** A pytz zone with the offset of one moment, as localize() and astimezone() give it. */
class PytzMoment extends FixedZone {
  readonly zone: PytzZone;
  readonly #daylight: boolean;

  constructor(zone: PytzZone, offset: number, name: string, daylight: boolean) {
    super(offset, zone.zoneName, "", `pytz.tzfile.${zone.zoneName}`);
    this.zone = zone;
    this.#name = name;
    this.#daylight = daylight;
  }

  readonly #name: string;

  override nameAt(): string {
    return this.#name;
  }

  override at(utc: number): PyTzInfo {
    return this.zone.at(utc);
  }

  override offsetAtUtc(utc: number): number {
    return zoneOffset(this.zoneName, utc);
  }

  override repr(): string {
    const sign = this.offset < 0 ? "-1 day, " : "+";
    const within = ((this.offset % 86400) + 86400) % 86400;
    const clock = `${Math.floor(within / 3600)}:${String(Math.floor(within / 60) % 60).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
    return `<DstTzInfo ${quote(this.zoneName)} ${this.#name}${sign}${clock} ${this.#daylight ? "DST" : "STD"}>`;
  }

  override getAttribute(name: string): Value | undefined {
    return this.zone.getAttribute(name);
  }
}

/** pytz.timezone(name): Intl knows the rules. */
export class PytzZone extends PyTzInfo {
  override readonly pyType: string;
  override readonly zoneName: string;
  /** Set by the datetime module, which knows localize() and normalize(). */
  static methods: (zone: PyTzInfo, name: string) => Value | undefined = () => undefined;

  constructor(name: string) {
    super();
    this.zoneName = name;
    this.pyType = `pytz.tzfile.${name}`;
  }

  override getAttribute(name: string): Value | undefined {
    return name === "zone" ? this.zoneName : PytzZone.methods(this, name);
  }

  override offsetAt(wall: WallSeconds): number {
    // The first guess takes the clock for UTC; one more step lands on the right side of a change.
    const guess = zoneOffset(this.zoneName, wall);
    const better = zoneOffset(this.zoneName, wall - guess);
    return Math.min(better, zoneOffset(this.zoneName, wall - better));
  }

  override offsetAtUtc(utc: number): number {
    return zoneOffset(this.zoneName, utc);
  }

  override nameAt(wall: WallSeconds): string {
    const offset = this.offsetAt(wall);
    return abbreviation(this.zoneName, wall - offset, offset);
  }

  override at(utc: number): PyTzInfo {
    const offset = this.offsetAtUtc(utc);
    return new PytzMoment(
      this,
      offset,
      abbreviation(this.zoneName, utc, offset),
      isDaylight(this.zoneName, utc, offset),
    );
  }

  override repr(): string {
    return `<DstTzInfo '${this.zoneName}'>`;
  }
}

/** pytz.timezone() */
export function pytzTimezone(name: string): PyTzInfo {
  if (name.toUpperCase() === "UTC") return PYTZ_UTC;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
  } catch {
    return raise("UnknownTimeZoneError", quote(name));
  }
  return new PytzZone(name);
}
