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

  /** As offsetAt, where the clock is to be given its place in the zone first: pytz's localize(). */
  localOffset(wall: WallSeconds): number {
    return this.offsetAt(wall);
  }

  /** The offset of a clock time without a day; null where only a day would tell. */
  get clockOffset(): number | null {
    return this.offsetAt(0);
  }

  /** How many seconds of the offset are daylight saving time. */
  get daylight(): number {
    return 0;
  }

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

/** pytz knows the changes that fit 32 bits: local mean time before them, and for ever the last one's offset after. */
const FIRST = -(2 ** 31);
const LAST = 2 ** 31 - 1;
/** Before any zone was kept by law, which is where tables of zones begin: -5364662400 is 1800-01-01. */
const LOCAL_MEAN_TIME = -5_364_662_400;

/** Offset of a named zone at a UTC time, in whole minutes as pytz has it. */
export function zoneOffset(zone: string, utc: number): number {
  const known = utc < FIRST ? LOCAL_MEAN_TIME : Math.min(Math.floor(utc), LAST);
  return Math.floor((wallClock(zone, known) - known + 30) / 60) * 60;
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

/** Daylight saving time: what is more than the smaller offset of the year that ends here. */
function daylightAt(zone: string, utc: number, offset: number): number {
  if (utc < FIRST) return 0;
  const year = 31_556_952;
  const end = Math.min(utc, LAST);
  const moments = [0, 1, 2, 3].map((quarter) => end - (quarter * year) / 4).filter((moment) => moment >= FIRST);
  return offset - Math.min(offset, ...moments.map((moment) => zoneOffset(zone, moment)));
}

function abbreviation(zone: string, utc: number, offset: number): string {
  if (utc < FIRST) return offset === 0 ? "-00" : "LMT";
  const known = ABBREVIATIONS[zone];
  if (known !== undefined) return daylightAt(zone, utc, offset) > 0 ? known[1] : known[0];
  return offsetText(offset, "").replace(/00$/, "");
}

/** A pytz zone with the offset of one moment, as localize() and astimezone() give it. */
class PytzMoment extends FixedZone {
  readonly zone: PytzZone;
  readonly #name: string;
  readonly #daylight: number;

  constructor(zone: PytzZone, offset: number, name: string, daylight: number) {
    super(offset, zone.zoneName, "", `pytz.tzfile.${zone.zoneName}`);
    this.zone = zone;
    this.#name = name;
    this.#daylight = daylight;
  }

  override get clockOffset(): null {
    return null;
  }

  override get daylight(): number {
    return this.#daylight;
  }

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
    const sign = this.offset < 0 ? "-1 day, " : this.offset === 0 ? "" : "+";
    const within = ((this.offset % 86400) + 86400) % 86400;
    const clock = `${Math.floor(within / 3600)}:${String(Math.floor(within / 60) % 60).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
    return `<DstTzInfo ${quote(this.zoneName)} ${this.#name}${sign}${clock} ${this.#daylight > 0 ? "DST" : "STD"}>`;
  }

  override getAttribute(name: string): Value | undefined {
    return this.zone.getAttribute(name);
  }
}

/** Zones whose tables begin with a law instead of local mean time. */
const BY_RULE: Readonly<Record<string, readonly [number, string]>> = {
  EST5EDT: [-5 * 3600, "EST"],
  CST6CDT: [-6 * 3600, "CST"],
  MST7MDT: [-7 * 3600, "MST"],
  PST8PDT: [-8 * 3600, "PST"],
};

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

  /** Put beside a clock time as it is, a pytz zone has the offset that its table begins with. */
  get #beginning(): PytzMoment {
    const [offset, name] = BY_RULE[this.zoneName] ?? [zoneOffset(this.zoneName, LOCAL_MEAN_TIME), null];
    return new PytzMoment(this, offset, name ?? abbreviation(this.zoneName, LOCAL_MEAN_TIME, offset), 0);
  }

  override offsetAt(): number {
    return this.#beginning.offset;
  }

  override nameAt(): string {
    return this.#beginning.nameAt();
  }

  override get clockOffset(): null {
    return null;
  }

  override localOffset(wall: WallSeconds): number {
    // The first guess takes the clock for UTC; one more step lands on the right side of a change.
    const guess = zoneOffset(this.zoneName, wall);
    const better = zoneOffset(this.zoneName, wall - guess);
    return Math.min(better, zoneOffset(this.zoneName, wall - better));
  }

  override offsetAtUtc(utc: number): number {
    return zoneOffset(this.zoneName, utc);
  }

  override at(utc: number): PyTzInfo {
    const offset = this.offsetAtUtc(utc);
    const name = abbreviation(this.zoneName, utc, offset);
    return new PytzMoment(this, offset, name, daylightAt(this.zoneName, utc, offset));
  }

  override repr(): string {
    return this.#beginning.repr();
  }
}

/** A pytz zone that never changed: GMT, UTC by other names, and the zones named after an offset. */
class StaticZone extends FixedZone {
  readonly #name: string;

  constructor(zone: string, offset: number, name: string) {
    super(offset, zone, `<StaticTzInfo ${quote(zone)}>`, `pytz.tzfile.${zone}`);
    this.#name = name;
  }

  override nameAt(): string {
    return this.#name;
  }

  override getAttribute(name: string): Value | undefined {
    return name === "zone" ? this.zoneName : PytzZone.methods(this, name);
  }
}

const STATIC = /^(?:Etc\/)?(?:(GMT|Greenwich)|(UTC|UCT|Universal|Zulu)|GMT([+-]?\d+))$/;

function staticZone(name: string): StaticZone | null {
  const match = STATIC.exec(name);
  if (match === null) return null;
  // The sign is that of POSIX: west of Greenwich is positive.
  const hours = -Number(match[3] ?? 0);
  if (match[2] !== undefined) return new StaticZone(name, 0, "UTC");
  return new StaticZone(name, hours * 3600, hours === 0 ? "GMT" : offsetText(hours * 3600, "").slice(0, 3));
}

const zones = new Map<string, PyTzInfo>();

/** pytz.timezone(): one object a zone, as in pytz; astimezone() tells by it that there is nothing to do. */
export function pytzTimezone(name: string): PyTzInfo {
  let zone = zones.get(name);
  if (zone === undefined) zones.set(name, (zone = makeZone(name)));
  return zone;
}

function makeZone(name: string): PyTzInfo {
  if (name.toUpperCase() === "UTC") return PYTZ_UTC;
  // Intl takes plain offsets for zones.
  if (/^[+-]/.test(name)) return raise("UnknownTimeZoneError", quote(name));
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
  } catch {
    return raise("UnknownTimeZoneError", quote(name));
  }
  return staticZone(name) ?? new PytzZone(name);
}
