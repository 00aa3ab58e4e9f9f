import { reserve } from "../limits.ts";
import { raise } from "../values.ts";
import { dayOfYear, isoCalendar, MONTHS, toOrdinal, weekday, WEEKDAYS } from "./calendar.ts";

/** What a format may print; dates without a time are midnight. */
export interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** +0100, or nothing. */
  readonly offset: string;
  readonly zone: string;
  readonly timestamp: number;
}

const pad = (value: number, width = 2, fill = "0"): string => String(value).padStart(width, fill);

function week(fields: Fields, firstDay: number): number {
  const ordinal = toOrdinal(fields.year, fields.month, fields.day);
  const day = (weekday(ordinal) - firstDay + 7) % 7;
  return Math.floor((dayOfYear(fields.year, fields.month, fields.day) + 6 - day) / 7);
}

function hour12(fields: Fields): number {
  return fields.hour % 12 === 0 ? 12 : fields.hour % 12;
}

type Printer = (fields: Fields) => string;

const ordinalOf = (fields: Fields): number => toOrdinal(fields.year, fields.month, fields.day);

const PRINTERS: Readonly<Record<string, Printer>> = {
  Y: (f) => String(f.year),
  y: (f) => pad(f.year % 100),
  C: (f) => pad(Math.floor(f.year / 100)),
  m: (f) => pad(f.month),
  d: (f) => pad(f.day),
  e: (f) => pad(f.day, 2, " "),
  H: (f) => pad(f.hour),
  k: (f) => pad(f.hour, 2, " "),
  I: (f) => pad(hour12(f)),
  l: (f) => pad(hour12(f), 2, " "),
  M: (f) => pad(f.minute),
  S: (f) => pad(f.second),
  f: (f) => pad(f.microsecond, 6),
  p: (f) => (f.hour < 12 ? "AM" : "PM"),
  P: (f) => (f.hour < 12 ? "am" : "pm"),
  j: (f) => pad(dayOfYear(f.year, f.month, f.day), 3),
  b: (f) => (MONTHS[f.month - 1] ?? "").slice(0, 3),
  h: (f) => (MONTHS[f.month - 1] ?? "").slice(0, 3),
  B: (f) => MONTHS[f.month - 1] ?? "",
  a: (f) => (WEEKDAYS[weekday(ordinalOf(f))] ?? "").slice(0, 3),
  A: (f) => WEEKDAYS[weekday(ordinalOf(f))] ?? "",
  w: (f) => String((weekday(ordinalOf(f)) + 1) % 7),
  u: (f) => String(weekday(ordinalOf(f)) + 1),
  U: (f) => pad(week(f, 6)),
  W: (f) => pad(week(f, 0)),
  G: (f) => String(isoCalendar(ordinalOf(f)).year),
  g: (f) => pad(isoCalendar(ordinalOf(f)).year % 100),
  V: (f) => pad(isoCalendar(ordinalOf(f)).week),
  z: (f) => f.offset,
  Z: (f) => f.zone,
  s: (f) => String(Math.floor(f.timestamp)),
  D: (f) => strftime(f, "%m/%d/%y"),
  x: (f) => strftime(f, "%m/%d/%y"),
  F: (f) => strftime(f, "%Y-%m-%d"),
  T: (f) => strftime(f, "%H:%M:%S"),
  X: (f) => strftime(f, "%H:%M:%S"),
  R: (f) => strftime(f, "%H:%M"),
  r: (f) => strftime(f, "%I:%M:%S %p"),
  c: (f) => strftime(f, "%a %b %e %H:%M:%S %Y"),
  n: () => "\n",
  t: () => "\t",
  "%": () => "%",
};

/** Formats as Linux's C library does in the C locale. */
export function strftime(fields: Fields, format: string): string {
  reserve(format.length * 4);
  return format.replace(/%([-_0^#]?)(\d*)(:?[a-zA-Z%])/g, (all: string, flag: string, width: string, code: string) => {
    if (code === ":z") return fields.offset.replace(/^([+-]\d\d)(\d\d)/, "$1:$2");
    const text = PRINTERS[code]?.(fields);
    if (text === undefined) return all;
    reserve(Number(width));
    const wide = width === "" ? text : text.padStart(Number(width), "0");
    if (flag === "-") return wide.replace(/^[0 ]+(?=.)/, "");
    if (flag === "_") return wide.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length));
    return flag === "^" ? wide.toUpperCase() : wide;
  });
}

/** What strptime read. */
export interface Parsed {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
  /** Seconds east of UTC; undefined for a naive time. */
  offset: number | undefined;
  zone: string | undefined;
}

const names = (list: readonly string[], length?: number): string =>
  list.map((name) => (length === undefined ? name : name.slice(0, length))).join("|");

const PATTERNS: Readonly<Record<string, string>> = {
  Y: "\\d{4}",
  y: "\\d{2}",
  m: "1[0-2]|0[1-9]|[1-9]",
  d: "3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]",
  H: "2[0-3]|[01]\\d|\\d",
  I: "1[0-2]|0[1-9]|[1-9]",
  M: "[0-5]\\d|\\d",
  S: "6[01]|[0-5]\\d|\\d",
  f: "\\d{1,6}",
  j: "36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]",
  p: "am|pm",
  b: names(MONTHS, 3),
  B: names(MONTHS),
  a: names(WEEKDAYS, 3),
  A: names(WEEKDAYS),
  w: "[0-6]",
  z: "[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|Z",
  Z: "utc|gmt|[a-z]{3,5}",
};

const COMPOUND: Readonly<Record<string, string>> = {
  T: "%H:%M:%S",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  c: "%a %b %d %H:%M:%S %Y",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
};

function patternOf(format: string): { source: string; codes: string[] } {
  const expanded = format.replace(/%([TDFRcxX])/g, (_all, code: string) => COMPOUND[code] ?? "");
  const codes: string[] = [];
  let source = "";
  for (let i = 0; i < expanded.length; i++) {
    const char = expanded.charAt(i);
    if (char === "%") {
      const code = expanded.charAt(++i);
      if (code === "%") source += "%";
      else {
        const pattern =
          PATTERNS[code] ??
          raise(
            "ValueError",
            code === "" ? `stray %% in format '${format}'` : `'${code}' is a bad directive in format '${format}'`,
          );
        codes.push(code);
        source += `(${pattern})`;
      }
    } else source += /\s/.test(char) ? "\\s+" : char.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
  }
  return { source, codes };
}

/** datetime.strptime() */
export function strptime(text: string, format: string): Parsed {
  const { source, codes } = patternOf(format);
  const match = new RegExp(`^${source}`, "i").exec(text);
  if (match === null) return raise("ValueError", `time data '${text}' does not match format '${format}'`);
  if (match[0].length < text.length)
    return raise("ValueError", `unconverted data remains: ${text.slice(match[0].length)}`);
  const parsed: Parsed = {
    year: 1900,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    microsecond: 0,
    offset: undefined,
    zone: undefined,
  };
  const state: { afternoon: boolean | undefined } = { afternoon: undefined };
  codes.forEach((code, i) => assign(parsed, code, match[i + 1] ?? "", state));
  if (state.afternoon !== undefined) parsed.hour = (parsed.hour % 12) + (state.afternoon ? 12 : 0);
  return parsed;
}

function assign(parsed: Parsed, code: string, text: string, state: { afternoon: boolean | undefined }): void {
  const number = Number(text);
  const startsWith = (list: readonly string[]): number =>
    list.findIndex((name) => name.toLowerCase().startsWith(text.toLowerCase())) + 1;
  switch (code) {
    case "Y":
      parsed.year = number;
      return;
    case "y":
      parsed.year = number + (number <= 68 ? 2000 : 1900);
      return;
    case "m":
      parsed.month = number;
      return;
    case "b":
    case "B":
      parsed.month = startsWith(MONTHS);
      return;
    case "d":
      parsed.day = number;
      return;
    case "H":
    case "I":
      parsed.hour = number;
      return;
    case "M":
      parsed.minute = number;
      return;
    case "S":
      parsed.second = number;
      return;
    case "f":
      parsed.microsecond = Number(text.padEnd(6, "0"));
      return;
    case "p":
      state.afternoon = text.toLowerCase() === "pm";
      return;
    case "z":
      parsed.offset = parseOffset(text);
      return;
    case "Z":
      parsed.zone = text;
      return;
    case "j":
      assignDayOfYear(parsed, number);
      return;
    default:
  }
}

function assignDayOfYear(parsed: Parsed, day: number): void {
  let rest = day;
  parsed.month = 1;
  while (
    parsed.month < 12 &&
    rest > dayOfYear(parsed.year, parsed.month + 1, 0) - dayOfYear(parsed.year, parsed.month, 0)
  ) {
    rest -= dayOfYear(parsed.year, parsed.month + 1, 0) - dayOfYear(parsed.year, parsed.month, 0);
    parsed.month++;
  }
  parsed.day = rest;
}

/** Seconds of +hh:mm[:ss] or Z. */
export function parseOffset(text: string): number {
  if (text.toUpperCase() === "Z") return 0;
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).replaceAll(":", "").match(/\d\d/g)?.map(Number) ?? [];
  return (text.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}
