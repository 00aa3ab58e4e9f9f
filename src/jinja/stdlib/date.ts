import { noteUnsteady } from "../unsteady.ts";
import { Signature, toInt } from "../arguments.ts";
import { namedTuple } from "../named-tuple.ts";
import { PyType } from "../py-type.ts";
import { PyObject, pyStr, raise, textOf, type BinaryOperator, type Kwargs, type Value } from "../values.ts";
import { dayOfYear, daysInMonth, fromOrdinal, isoCalendar, MONTHS, toOrdinal, weekday, WEEKDAYS } from "./calendar.ts";
import { strftime, type Fields } from "./strftime.ts";
import { PyTimeDelta } from "./timedelta.ts";

const MAX_ORDINAL = 3652059;
const replaceArgs = new Signature("replace", "year? month? day?");
const createArgs = new Signature("date", "year month day");

export function checkDate(year: number, month: number, day: number): void {
  if (year < 1 || year > 9999) raise("ValueError", `year ${year} is out of range`);
  if (month < 1 || month > 12) raise("ValueError", "month must be in 1..12");
  if (day < 1 || day > daysInMonth(year, month)) raise("ValueError", "day is out of range for month");
}

export function dateText(date: { year: number; month: number; day: number }): string {
  return `${String(date.year).padStart(4, "0")}-${String(date.month).padStart(2, "0")}-${String(date.day).padStart(2, "0")}`;
}

export function parseIsoDate(text: string): { year: number; month: number; day: number } | undefined {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text);
  if (match !== null) return { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  const week = /^(\d{4})-?W(\d{2})(?:-?(\d))?$/.exec(text);
  if (week === null) return undefined;
  const firstThursday = toOrdinal(Number(week[1]), 1, 4);
  return fromOrdinal(firstThursday - weekday(firstThursday) + (Number(week[2]) - 1) * 7 + Number(week[3] ?? 1) - 1);
}

/** datetime.date */
export class PyDate extends PyObject {
  readonly pyType: string = "datetime.date";
  readonly year: number;
  readonly month: number;
  readonly day: number;

  constructor(year: number, month: number, day: number) {
    super();
    checkDate(year, month, day);
    this.year = year;
    this.month = month;
    this.day = day;
  }

  static fromOrdinal(ordinal: number): PyDate {
    if (ordinal < 1 || ordinal > MAX_ORDINAL) raise("OverflowError", "date value out of range");
    const { year, month, day } = fromOrdinal(ordinal);
    return new PyDate(year, month, day);
  }

  get ordinal(): number {
    return toOrdinal(this.year, this.month, this.day);
  }

  fields(): Fields {
    return {
      year: this.year,
      month: this.month,
      day: this.day,
      hour: 0,
      minute: 0,
      second: 0,
      microsecond: 0,
      offset: "",
      zone: "",
      timestamp: 0,
    };
  }

  override truthy(): boolean {
    return true;
  }

  override str(): string {
    return dateText(this);
  }

  override repr(): string {
    return `datetime.date(${this.year}, ${this.month}, ${this.day})`;
  }

  override equals(other: Value): boolean {
    return other instanceof PyDate && other.pyType === this.pyType && other.ordinal === this.ordinal;
  }

  override compare(other: Value): number | undefined {
    return other instanceof PyDate && other.pyType === this.pyType ? this.ordinal - other.ordinal : undefined;
  }

  override hashKey(): unknown {
    return `\0D${this.ordinal}`;
  }

  override binary(op: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof PyTimeDelta && (op === "+" || (op === "-" && !reflected))) {
      return PyDate.fromOrdinal(this.ordinal + Number(other.days) * (op === "+" ? 1 : -1));
    }
    if (op === "-" && other instanceof PyDate && other.pyType === this.pyType) {
      const days = BigInt(this.ordinal - other.ordinal) * (reflected ? -1n : 1n);
      return new PyTimeDelta(days * 86_400_000_000n);
    }
    return undefined;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "year":
      case "month":
      case "day":
        return this[name];
      case "isoformat":
        return () => dateText(this);
      case "strftime":
        return (args, kwargs) =>
          strftime(
            this.fields(),
            pyStr(
              args[0] ??
                kwargs["format"] ??
                raise("TypeError", "strftime() missing required argument 'format' (pos 1)"),
            ),
          );
      case "__format__":
        return (args) => (args[0] === "" ? this.str() : strftime(this.fields(), pyStr(args[0] ?? "")));
      case "replace":
        return (args, kwargs) => this.replace(args, kwargs);
      default:
        return this.#calendarAttribute(name) ?? dateStatics[name];
    }
  }

  #calendarAttribute(name: string): Value | undefined {
    switch (name) {
      case "weekday":
        return () => weekday(this.ordinal);
      case "isoweekday":
        return () => weekday(this.ordinal) + 1;
      case "isocalendar":
        return () => {
          const { year, week, day } = isoCalendar(this.ordinal);
          return namedTuple({ year, week, weekday: day });
        };
      case "toordinal":
        return () => this.ordinal;
      case "timetuple":
        return () => this.timeTuple();
      case "ctime":
        return () => this.ctime();
      default:
        return undefined;
    }
  }

  ctime(): string {
    const f = this.fields();
    const two = (n: number): string => String(n).padStart(2, "0");
    const day = (WEEKDAYS[weekday(this.ordinal)] ?? "").slice(0, 3);
    return `${day} ${(MONTHS[f.month - 1] ?? "").slice(0, 3)} ${String(f.day).padStart(2)} ${two(f.hour)}:${two(f.minute)}:${two(f.second)} ${f.year}`;
  }

  timeTuple(): Value {
    const f = this.fields();
    return namedTuple({
      tm_year: f.year,
      tm_mon: f.month,
      tm_mday: f.day,
      tm_hour: f.hour,
      tm_min: f.minute,
      tm_sec: f.second,
      tm_wday: weekday(this.ordinal),
      tm_yday: dayOfYear(f.year, f.month, f.day),
      tm_isdst: -1,
    });
  }

  replace(args: Value[], kwargs: Kwargs): Value {
    const [year = this.year, month = this.month, day = this.day] = replaceArgs.bind(args, kwargs);
    return new PyDate(toInt(year), toInt(month), toInt(day));
  }
}

/** date() and datetime() are written in C, which words this in its own way. */
export function requireFields(args: Value[], kwargs: Kwargs): void {
  ["year", "month", "day"].forEach((name, i) => {
    if (args.length <= i && !(name in kwargs))
      raise("TypeError", `function missing required argument '${name}' (pos ${i + 1})`);
  });
}

function today(): PyDate {
  noteUnsteady();
  const now = new Date();
  return new PyDate(now.getFullYear(), now.getMonth() + 1, now.getDate());
}

function fromIso(args: Value[]): PyDate {
  const text = textOf(args[0] ?? null) ?? raise("TypeError", "fromisoformat: argument must be str");
  const parsed = parseIsoDate(text) ?? raise("ValueError", `Invalid isoformat string: '${text}'`);
  return new PyDate(parsed.year, parsed.month, parsed.day);
}

function fromIsoCalendar(args: Value[]): PyDate {
  const [year = 1, week = 1, day = 1] = args.map(toInt);
  const thursday = toOrdinal(year, 1, 4);
  return PyDate.fromOrdinal(thursday - weekday(thursday) + (week - 1) * 7 + day - 1);
}

const dateStatics: Readonly<Record<string, Value>> = Object.assign(Object.create(null) as Record<string, Value>, {
  today,
  fromisoformat: fromIso,
  fromordinal: (args: Value[]) => PyDate.fromOrdinal(toInt(args[0] ?? 0)),
  fromisocalendar: fromIsoCalendar,
  fromtimestamp: (args: Value[]) => PyDate.fromOrdinal(719163 + Math.floor(Number(args[0] ?? 0) / 86400)),
  min: new PyDate(1, 1, 1),
  max: new PyDate(9999, 12, 31),
  resolution: new PyTimeDelta(86_400_000_000n),
});

export const dateType = new PyType(
  "datetime.date",
  (args, kwargs) => {
    requireFields(args, kwargs);
    const [year = null, month = null, day = null] = createArgs.bind(args, kwargs);
    return new PyDate(toInt(year), toInt(month), toInt(day));
  },
  dateStatics,
);
