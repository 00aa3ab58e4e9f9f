import { Signature, toInt } from "../arguments.ts";
import { PyType } from "../py-type.ts";
import { PyObject, pyStr, raise, type Kwargs, type Value } from "../values.ts";
import { strftime } from "./strftime.ts";
import { offsetText, PyTzInfo } from "./timezone.ts";

export interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

export function checkClock(clock: Clock): void {
  const limits: [keyof Clock, number][] = [
    ["hour", 23],
    ["minute", 59],
    ["second", 59],
    ["microsecond", 999_999],
  ];
  for (const [name, max] of limits)
    if (clock[name] < 0 || clock[name] > max) raise("ValueError", `${name} must be in 0..${max}`);
}

/** 10:20:30.000040 */
export function clockText(clock: Clock): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const fraction = clock.microsecond === 0 ? "" : `.${String(clock.microsecond).padStart(6, "0")}`;
  return `${two(clock.hour)}:${two(clock.minute)}:${two(clock.second)}${fraction}`;
}

/** Seconds and microseconds only where they are not zero, as reprs show them. */
export function clockArguments(clock: Clock): string[] {
  const parts = [clock.hour, clock.minute];
  if (clock.second !== 0 || clock.microsecond !== 0) parts.push(clock.second);
  if (clock.microsecond !== 0) parts.push(clock.microsecond);
  return parts.map(String);
}

/** isoformat(timespec=…) of a clock. */
export function isoClock(clock: Clock, timespec: string): string {
  const text = clockText({ ...clock, microsecond: 0 });
  const micros = String(clock.microsecond).padStart(6, "0");
  switch (timespec) {
    case "auto":
      return clockText(clock);
    case "hours":
      return text.slice(0, 2);
    case "minutes":
      return text.slice(0, 5);
    case "seconds":
      return text;
    case "milliseconds":
      return `${text}.${micros.slice(0, 3)}`;
    case "microseconds":
      return `${text}.${micros}`;
    default:
      return raise("ValueError", "Unknown timespec value");
  }
}

const createArgs = new Signature("time", "hour? minute? second? microsecond? tzinfo? fold?");
const formatArgs = new Signature("isoformat", "timespec?");

/** datetime.time */
export class PyTime extends PyObject implements Clock {
  override readonly pyType = "datetime.time";
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly tz: PyTzInfo | undefined;

  constructor(clock: Clock, tz?: PyTzInfo) {
    super();
    checkClock(clock);
    this.hour = clock.hour;
    this.minute = clock.minute;
    this.second = clock.second;
    this.microsecond = clock.microsecond;
    this.tz = tz;
  }

  get #micros(): number {
    return ((this.hour * 60 + this.minute) * 60 + this.second) * 1e6 + this.microsecond;
  }

  override truthy(): boolean {
    return true;
  }

  override str(): string {
    const offset = this.tz?.clockOffset ?? null;
    return clockText(this) + (offset === null ? "" : offsetText(offset, ":"));
  }

  override repr(): string {
    return `datetime.time(${clockArguments(this).join(", ")})`;
  }

  override equals(other: Value): boolean {
    return other instanceof PyTime && other.#micros === this.#micros;
  }

  override compare(other: Value): number | undefined {
    return other instanceof PyTime ? this.#micros - other.#micros : undefined;
  }

  override hashKey(): unknown {
    return `\0c${this.#micros}`;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "hour":
      case "minute":
      case "second":
      case "microsecond":
        return this[name];
      case "tzinfo":
        return this.tz ?? null;
      case "isoformat":
        return (args, kwargs) => isoClock(this, pyStr(formatArgs.bind(args, kwargs)[0] ?? "auto"));
      case "strftime":
        return (args) => this.#format(pyStr(args[0] ?? ""));
      case "replace":
        return (args, kwargs) => this.#replace(args, kwargs);
      case "__format__":
        return (args) => (args[0] === "" ? this.str() : this.#format(pyStr(args[0] ?? "")));
      default:
        return undefined;
    }
  }

  #format(format: string): string {
    const { hour, minute, second, microsecond } = this;
    return strftime(
      { year: 1900, month: 1, day: 1, hour, minute, second, microsecond, offset: "", zone: "", timestamp: 0 },
      format,
    );
  }

  #replace(args: Value[], kwargs: Kwargs): Value {
    const [hour, minute, second, microsecond] = createArgs
      .bind(args, kwargs)
      .map((value) => (typeof value === "number" ? value : undefined));
    const clock = {
      hour: hour ?? this.hour,
      minute: minute ?? this.minute,
      second: second ?? this.second,
      microsecond: microsecond ?? this.microsecond,
    };
    return new PyTime(clock, this.tz);
  }
}

export const timeType = new PyType(
  "datetime.time",
  (args, kwargs) => {
    const [hour = 0, minute = 0, second = 0, microsecond = 0, tz] = createArgs.bind(args, kwargs);
    return new PyTime(
      { hour: toInt(hour), minute: toInt(minute), second: toInt(second), microsecond: toInt(microsecond) },
      tz instanceof PyTzInfo ? tz : undefined,
    );
  },
  {
    min: new PyTime({ hour: 0, minute: 0, second: 0, microsecond: 0 }),
    max: new PyTime({ hour: 23, minute: 59, second: 59, microsecond: 999_999 }),
  },
);
