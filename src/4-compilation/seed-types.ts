import { parseDate, parseDateTime } from "../context/decode-result.ts";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { PyFloat, type Value } from "../jinja/values.ts";

export interface SeedColumn {
  readonly cells: Value[];
  readonly type: string;
}

const isNull = (cell: string | null): boolean => cell === null || ["", "null"].includes(cell.trim().toLowerCase());

export function textColumn(cells: readonly (string | null)[]): SeedColumn {
  return { cells: cells.map((cell) => (isNull(cell) ? null : cell)), type: "Text" };
}

type Cast = (text: string) => Value | undefined;

/** agate's order: the first type that fits every cell wins. Timestamps come in two forms, which one column does not mix. */
const TYPES: readonly (readonly [string, Cast])[] = [
  ["Integer", () => undefined],
  ["Number", castNumber],
  ["Date", castDate],
  ["DateTime", castPlainTimestamp],
  ["DateTime", castIsoTimestamp],
  ["Boolean", (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined)],
];

/** A column's type as dbt finds it, and its cells read as that. */
export function inferColumn(cells: readonly (string | null)[]): SeedColumn {
  for (const [type, cast] of TYPES) {
    const column = castAll(cells, cast);
    if (column !== null) return { cells: column, type };
  }
  return textColumn(cells);
}

function castAll(cells: readonly (string | null)[], cast: Cast): Value[] | null {
  const result: Value[] = [];
  for (const cell of cells) {
    if (cell === null || isNull(cell)) {
      result.push(null);
      continue;
    }
    const value = cast(cell.trim());
    if (value === undefined) return null;
    result.push(value);
  }
  return result;
}

const CURRENCY = /^[$€£¥₩₽₹฿₫₪]+|[$€£¥₩₽₹฿₫₪]+$/g;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const NO_NUMBER = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i;

/** agate reads `1,000`, `$5` and `5%` as numbers too, and what Python's Decimal reads: `+5`, `1_000`, `NaN`. */
function castNumber(text: string): Value | undefined {
  const bare = text.replace(/^%+|%+$/g, "");
  const negative = bare.startsWith("-");
  const digits = (negative ? bare.slice(1) : bare).replaceAll(CURRENCY, "").replaceAll(/[,_]/g, "").trim();
  const special = NO_NUMBER.exec(digits);
  if (special !== null) {
    const size = special[2] === undefined ? Infinity : NaN;
    return new PyFloat(negative !== (special[1] === "-") ? -size : size);
  }
  if (!NUMBER.test(digits)) return undefined;
  const value = PyDecimal.parse(digits);
  return negative ? new PyDecimal(-value.unscaled, value.scale) : value;
}

function castDate(text: string): Value | undefined {
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)?.slice(1).map(pad);
  return parts === undefined || !isDay(parts) ? undefined : (parseDate(parts.join("-")) ?? undefined);
}

/** Whether the calendar has this day: 30 February is text. */
function isDay([year, month, day]: readonly string[]): boolean {
  const date = new Date(`${String(year)}-${String(month)}-${String(day)}T00:00:00Z`);
  return date.getUTCDate() === Number(day) && Number(year) > 0;
}

const PLAIN = /^(\d{4})-(\d{1,2})-(\d{1,2})\s+(\d{1,2}):(\d{1,2}):(\d{1,2})$/;

/** `2020-02-03 1:05:00`: whole seconds, no zone. */
function castPlainTimestamp(text: string): Value | undefined {
  return timestamp(PLAIN.exec(text)?.slice(1).map(pad));
}

const DAY = /(\d{4})-?(\d\d)-?(\d\d)/;
const EXTENDED = /(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?/;
const BASIC = /(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?/;
const ZONE = /(Z|[+-]\d\d(?::?\d\d)?)?/;
const ISO = [EXTENDED, BASIC].map((time) => new RegExp(`^${DAY.source}T${time.source}${ZONE.source}$`));

/** ISO 8601 with its `T`, with or without a zone. */
function castIsoTimestamp(text: string): Value | undefined {
  for (const pattern of ISO) {
    const match = pattern.exec(text);
    if (match !== null) return timestamp(match.slice(1, 7).map(pad), match[7], match[8]);
  }
  return undefined;
}

const pad = (part: string | undefined): string => (part ?? "0").padStart(2, "0");

function timestamp(parts: readonly string[] | undefined, fraction = "0", zone = ""): Value | undefined {
  if (parts === undefined) return undefined;
  const clock = parts.slice(3);
  const [hour = "0", minute = "0", second = "0"] = clock;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (!isDay(parts)) return undefined;
  return parseDateTime(`${parts.slice(0, 3).join("-")}T${clock.join(":")}.${fraction.slice(0, 6)}${zone}`) ?? undefined;
}
