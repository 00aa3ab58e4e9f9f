import type { CellKind } from "../../contracts/engine.ts";
import { pythonJson } from "../../shared/python-json.ts";

const KINDS: readonly (readonly [RegExp, CellKind])[] = [
  [/^(tinyint|smallint|integer|bigint)$/, "int"],
  [/^(real|double)$/, "float"],
  [/^decimal\(/, "decimal"],
  [/^boolean$/, "bool"],
  [/^date$/, "date"],
  [/^timestamp(\(\d+\))? with time zone$/, "datetimetz"],
  [/^timestamp(\(\d+\))?$/, "datetime"],
  [/^time(\(\d+\))?( with time zone)?$/, "time"],
  [/^interval /, "interval"],
  [/^varbinary$/, "bytes"],
  [/^(array|map|row)\(/, "nested"],
];

/** How a column of this type is handed over; what is not named (varchar, json, uuid, ipaddress …) travels as text. */
export function cellKind(type: string): CellKind {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? "text";
}

/** One value of the protocol's JSON as plain data (see CellKind). */
export function encodeCell(kind: CellKind, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "int":
      return typeof value === "string" ? shortest(BigInt(value)) : value;
    case "float":
      // NaN and infinities are texts in the protocol.
      return typeof value === "string" ? Number(value) : value;
    case "bool":
      return value;
    case "nested":
      return pythonJson(value);
    case "datetime":
      return text(value).replace(" ", "T");
    case "datetimetz":
      return isoMoment(text(value));
    case "bytes":
      return Buffer.from(text(value), "base64").toString("latin1");
    default:
      return text(value);
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function shortest(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** `2026-01-31 10:00:00.000 Europe/Berlin` → the same wall clock with its offset. */
function isoMoment(moment: string): string {
  const [date = "", time = "", zone = "UTC"] = moment.split(" ");
  if (/^[+-]\d\d:\d\d$/.test(zone)) return `${date}T${time}${zone}`;
  if (zone === "UTC") return `${date}T${time}+00:00`;
  return `${date}T${time}${zoneOffset(`${date}T${time}`, zone)}`;
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
