import { noteUnsteady } from "../unsteady.ts";
import { Signature, toInt } from "../arguments.ts";
import { PyType } from "../py-type.ts";
import {
  numberOf,
  PyFloat,
  pyStr,
  raise,
  textOf,
  typeName,
  type BinaryOperator,
  type Kwargs,
  type Value,
} from "../values.ts";
import { EPOCH, fromOrdinal } from "./calendar.ts";
import { dateText, parseIsoDate, PyDate, requireFields } from "./date.ts";
import { parseOffset, strptime, type Fields } from "./strftime.ts";
import { checkClock, clockArguments, isoClock, PyTime, type Clock } from "./time.ts";
import { floorDiv, PyTimeDelta } from "./timedelta.ts";
import { fixedZone, offsetText, PYTZ_UTC, PyTzInfo } from "./timezone.ts";

export { PyDate } from "./date.ts";

interface Parts extends Clock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const SECOND = 1_000_000n;
const createArgs = new Signature("datetime", "year month day hour? minute? second? microsecond? tzinfo? fold?");
const replaceArgs = new Signature("replace", "year? month? day? hour? minute? second? microsecond? tzinfo? fold?");
const isoArgs = new Signature("isoformat", "sep? timespec?");

/** datetime.datetime, with or without a timezone. */
export class PyDateTime extends PyDate implements Clock {
  override readonly pyType = "datetime.datetime";
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly tz: PyTzInfo | undefined;

  constructor(parts: Parts, tz?: PyTzInfo) {
    super(parts.year, parts.month, parts.day);
    checkClock(parts);
    this.hour = parts.hour;
    this.minute = parts.minute;
    this.second = parts.second;
    this.microsecond = parts.microsecond;
    this.tz = tz;
  }

  /** A moment of JavaScript as a UTC datetime, with the zone object dbt gives run_started_at. */
  static fromDate(date: Date): PyDateTime {
    return PyDateTime.fromWall(BigInt(date.getTime()) * 1000n, PYTZ_UTC);
  }

  /** From microseconds since 1970 on the clock of the zone. */
  static fromWall(micros: bigint, tz?: PyTzInfo): PyDateTime {
    const days = floorDiv(micros, 86_400n * SECOND);
    const ordinal = Number(days) + EPOCH;
    if (ordinal < 1 || ordinal > 3652059) raise("OverflowError", "date value out of range");
    const rest = Number(micros - days * 86_400n * SECOND);
    const seconds = Math.floor(rest / 1e6);
    const clock = {
      hour: Math.floor(seconds / 3600),
      minute: Math.floor(seconds / 60) % 60,
      second: seconds % 60,
      microsecond: rest % 1e6,
    };
    return new PyDateTime({ ...fromOrdinal(ordinal), ...clock }, tz);
  }

  /** Microseconds since 1970 as the clock shows them. */
  get wall(): bigint {
    const seconds = (this.ordinal - EPOCH) * 86400 + this.hour * 3600 + this.minute * 60 + this.second;
    return BigInt(seconds) * SECOND + BigInt(this.microsecond);
  }

  /** Seconds east of UTC; undefined for a naive datetime. */
  get offset(): number | undefined {
    return this.tz?.offsetAt(Number(floorDiv(this.wall, SECOND)));
  }

  /** Microseconds since 1970 in UTC; naive datetimes are taken as they are. */
  get utc(): bigint {
    return this.wall - BigInt(this.offset ?? 0) * SECOND;
  }

  override fields(): Fields {
    const { offset, tz } = this;
    const zone = tz?.nameAt(Number(floorDiv(this.wall, SECOND))) ?? "";
    const { year, month, day, hour, minute, second, microsecond } = this;
    return {
      year,
      month,
      day,
      hour,
      minute,
      second,
      microsecond,
      offset: offset === undefined ? "" : offsetText(offset, ""),
      zone,
      timestamp: Number(this.utc) / 1e6,
    };
  }

  isoformat(separator: string, timespec: string): string {
    const { offset } = this;
    return (
      dateText(this) + separator + isoClock(this, timespec) + (offset === undefined ? "" : offsetText(offset, ":"))
    );
  }

  override str(): string {
    return this.isoformat(" ", "auto");
  }

  override repr(): string {
    const zone = this.tz === undefined ? "" : `, tzinfo=${this.tz.repr()}`;
    return `datetime.datetime(${[this.year, this.month, this.day].join(", ")}, ${clockArguments(this).join(", ")}${zone})`;
  }

  override equals(other: Value): boolean {
    return (
      other instanceof PyDateTime && (other.tz === undefined) === (this.tz === undefined) && other.utc === this.utc
    );
  }

  override compare(other: Value): number | undefined {
    if (!(other instanceof PyDateTime)) {
      return other instanceof PyDate
        ? raise("TypeError", "can't compare datetime.datetime to datetime.date")
        : undefined;
    }
    if ((other.tz === undefined) !== (this.tz === undefined))
      raise("TypeError", "can't compare offset-naive and offset-aware datetimes");
    return this.utc < other.utc ? -1 : this.utc > other.utc ? 1 : 0;
  }

  override hashKey(): unknown {
    return `\0T${this.tz === undefined ? "" : "z"}${this.utc}`;
  }

  override binary(op: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof PyTimeDelta && (op === "+" || (op === "-" && !reflected))) {
      return PyDateTime.fromWall(op === "+" ? this.wall + other.micros : this.wall - other.micros, this.tz);
    }
    if (op !== "-" || !(other instanceof PyDateTime)) return undefined;
    if ((other.tz === undefined) !== (this.tz === undefined))
      raise("TypeError", "can't subtract offset-naive and offset-aware datetimes");
    return new PyTimeDelta(reflected ? other.utc - this.utc : this.utc - other.utc);
  }

  /** The same moment on the clock of another zone. */
  astimezone(tz: PyTzInfo): PyDateTime {
    const { utc } = this;
    const seconds = Number(floorDiv(utc, SECOND));
    const local = tz.at(seconds);
    return PyDateTime.fromWall(utc + BigInt(tz.offsetAtUtc(seconds)) * SECOND, local);
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "hour":
      case "minute":
      case "second":
      case "microsecond":
        return this[name];
      case "fold":
        return 0;
      case "tzinfo":
        return this.tz ?? null;
      case "isoformat":
        return (args, kwargs) => {
          const [separator = "T", timespec = "auto"] = isoArgs.bind(args, kwargs);
          return this.isoformat(pyStr(separator), pyStr(timespec));
        };
      case "astimezone":
        return (args, kwargs) => this.#astimezone(args[0] ?? kwargs["tz"] ?? null);
      case "timestamp":
        return () => new PyFloat(Number(this.utc) / 1e6);
      case "date":
        return () => new PyDate(this.year, this.month, this.day);
      case "time":
        return () => new PyTime(this);
      case "timetz":
        return () => new PyTime(this, this.tz);
      default:
        return this.#zoneAttribute(name) ?? STATICS[name] ?? super.getAttribute(name);
    }
  }

  #zoneAttribute(name: string): Value | undefined {
    const { offset, tz } = this;
    switch (name) {
      case "utcoffset":
        return () => (offset === undefined ? null : new PyTimeDelta(BigInt(offset) * SECOND));
      case "dst":
        return () => (tz === undefined ? null : new PyTimeDelta(BigInt(tz.daylight) * SECOND));
      case "tzname":
        return () => tz?.nameAt(Number(floorDiv(this.wall, SECOND))) ?? null;
      case "utctimetuple":
        return () => PyDateTime.fromWall(this.utc).timeTuple();
      default:
        return undefined;
    }
  }

  #astimezone(tz: Value): Value {
    if (tz instanceof PyTzInfo) return tz === this.tz ? this : this.astimezone(tz);
    // Without an argument Python takes the machine's zone; renders should not depend on it.
    return tz === null
      ? this.astimezone(fixedZone(0))
      : raise("TypeError", "tz argument must be an instance of tzinfo");
  }

  override replace(args: Value[], kwargs: Kwargs): Value {
    const [
      year = this.year,
      month = this.month,
      day = this.day,
      hour = this.hour,
      minute = this.minute,
      second = this.second,
      microsecond = this.microsecond,
      tz,
    ] = replaceArgs.bind(args, kwargs);
    const zone = tz === undefined ? this.tz : zoneArgument(tz);
    return makeDateTime([year, month, day, hour, minute, second, microsecond], zone);
  }
}

function zoneArgument(value: Value): PyTzInfo | undefined {
  if (value === null) return undefined;
  return value instanceof PyTzInfo
    ? value
    : raise("TypeError", `tzinfo argument must be None or of a tzinfo subclass, not type '${typeName(value)}'`);
}

function makeDateTime(values: Value[], tz: PyTzInfo | undefined): PyDateTime {
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0] = values.map(toInt);
  return new PyDateTime({ year, month, day, hour, minute, second, microsecond }, tz);
}

/** Microseconds since 1970: texts made of the moment tell tables apart that are made in the same millisecond. */
function clock(): bigint {
  noteUnsteady();
  return BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1000));
}

function now(args: Value[], kwargs: Kwargs): PyDateTime {
  const moment = PyDateTime.fromWall(clock(), PYTZ_UTC);
  const tz = zoneArgument(args[0] ?? kwargs["tz"] ?? null);
  if (tz !== undefined) return moment.astimezone(tz);
  const local = BigInt(-new Date().getTimezoneOffset()) * 60n * SECOND;
  return PyDateTime.fromWall(moment.wall + local);
}

function parse(args: Value[]): PyDateTime {
  const [text, format] = args.map(
    (arg) => textOf(arg) ?? raise("TypeError", `strptime() argument must be str, not ${typeName(arg)}`),
  );
  if (text === undefined || format === undefined)
    return raise("TypeError", `strptime() takes exactly 2 arguments (${args.length} given)`);
  const parsed = strptime(text, format);
  return new PyDateTime(parsed, parsed.offset === undefined ? undefined : fixedZone(parsed.offset));
}

const ISO =
  /^(.{8,10}?)(?:[^\d]?(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?)?$/su;

function fromIso(args: Value[]): PyDateTime {
  const text = textOf(args[0] ?? null) ?? raise("TypeError", "fromisoformat: argument must be str");
  const fail = (): never => raise("ValueError", `Invalid isoformat string: '${text}'`);
  const dateLength = /^\d{4}-\d{2}-\d{2}|^\d{4}-W\d{2}-\d/.test(text) ? 10 : 8;
  const date = parseIsoDate(text.slice(0, dateLength)) ?? fail();
  if (text.length === dateLength) return new PyDateTime({ ...date, hour: 0, minute: 0, second: 0, microsecond: 0 });
  const match = ISO.exec(`${"0".repeat(8)}${text.slice(dateLength)}`) ?? fail();
  const [, , hour, minute = "0", second = "0", fraction = "0", zone] = match;
  if (hour === undefined) return fail();
  const clock = {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    microsecond: Number(fraction.padEnd(6, "0").slice(0, 6)),
  };
  return new PyDateTime({ ...date, ...clock }, zone === undefined ? undefined : fixedZone(parseOffset(zone)));
}

function fromTimestamp(args: Value[], kwargs: Kwargs): PyDateTime {
  const seconds =
    numberOf(args[0] ?? null) ?? raise("TypeError", `an integer is required (got type ${typeName(args[0] ?? null)})`);
  const utc = PyDateTime.fromWall(BigInt(Math.round(Number(seconds) * 1e6)), PYTZ_UTC);
  const tz = zoneArgument(args[1] ?? kwargs["tz"] ?? null);
  return tz === undefined ? PyDateTime.fromWall(utc.wall) : utc.astimezone(tz);
}

function combine(args: Value[]): PyDateTime {
  const [date, time] = args;
  if (!(date instanceof PyDate) || !(time instanceof PyTime))
    return raise("TypeError", "combine() argument 1 must be datetime.date, argument 2 datetime.time");
  const { hour, minute, second, microsecond, tz } = time;
  return new PyDateTime({ year: date.year, month: date.month, day: date.day, hour, minute, second, microsecond }, tz);
}

const midnight = { hour: 0, minute: 0, second: 0, microsecond: 0 };

const STATICS: Readonly<Record<string, Value>> = Object.assign(Object.create(null) as Record<string, Value>, {
  now,
  today: () => now([], {}),
  utcnow: () => PyDateTime.fromWall(clock()),
  strptime: parse,
  fromisoformat: fromIso,
  fromtimestamp: fromTimestamp,
  utcfromtimestamp: (args: Value[]) => fromTimestamp(args.slice(0, 1), {}),
  fromordinal: (args: Value[]) => new PyDateTime({ ...fromOrdinal(toInt(args[0] ?? 1)), ...midnight }),
  combine,
  min: new PyDateTime({ year: 1, month: 1, day: 1, ...midnight }),
  max: new PyDateTime({ year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999 }),
});

export const datetimeType = new PyType(
  "datetime.datetime",
  (args, kwargs) => {
    requireFields(args, kwargs);
    const bound = createArgs.bind(args, kwargs);
    const tz = bound[7] === undefined ? undefined : zoneArgument(bound[7]);
    return makeDateTime(
      bound.slice(0, 7).map((value) => value ?? 0),
      tz,
    );
  },
  STATICS,
);
