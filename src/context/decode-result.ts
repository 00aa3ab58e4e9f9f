import type { CellKind, QueryResult } from "../contracts/engine.ts";
import { parseIsoDate } from "../jinja/stdlib/date.ts";
import { PyDate, PyDateTime } from "../jinja/stdlib/datetime.ts";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { fixedZone } from "../jinja/stdlib/timezone.ts";
import type { Value } from "../jinja/values.ts";
import { AgateTable } from "./agate.ts";
import { asText } from "../shared/objects.ts";
import { floatRepr } from "../shared/python-float.ts";

const AGATE_TYPES: Readonly<Record<CellKind, string>> = {
  int: "Integer",
  float: "Number",
  decimal: "Number",
  bool: "Boolean",
  date: "Date",
  datetime: "DateTime",
  datetimetz: "DateTime",
  text: "Text",
  time: "Text",
  interval: "Text",
  bytes: "Text",
  nested: "Text",
};

/** A query's result as the agate table dbt would make of it: decimals for all fractions, texts untouched. */
export function decodeResult(result: QueryResult): AgateTable {
  const data = result.columns.map((column, index) =>
    (result.data[index] ?? []).map((cell) => decodeCell(column.kind, cell)),
  );
  const types = result.columns.map((column, index) => (isAllNull(data[index]) ? "Integer" : AGATE_TYPES[column.kind]));
  return new AgateTable(
    result.columns.map((column) => column.name),
    data,
    types,
  );
}

function isAllNull(cells: readonly Value[] | undefined): boolean {
  return cells !== undefined && cells.length > 0 && cells.every((cell) => cell === null);
}

function decodeCell(kind: CellKind, cell: unknown): Value {
  if (cell === null || cell === undefined) return null;
  switch (kind) {
    case "int":
      return cell as number | bigint;
    case "bool":
      return cell as boolean;
    case "float":
      return Number.isFinite(cell) ? PyDecimal.parse(floatRepr(cell as number)) : floatRepr(cell as number);
    case "decimal":
      return PyDecimal.parse(asText(cell));
    case "date":
      return parseDate(asText(cell)) ?? asText(cell);
    case "datetime":
    case "datetimetz":
      return parseDateTime(asText(cell)) ?? asText(cell);
    default:
      return asText(cell);
  }
}

/** `YYYY-MM-DD` as a Python date; null for what Python cannot hold (infinity, year 0). */
export function parseDate(text: string): PyDate | null {
  const parts = parseIsoDate(text);
  return parts === undefined || parts.year < 1 ? null : new PyDate(parts.year, parts.month, parts.day);
}

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(?:(Z)|([+-])(\d\d):?(\d\d)?)?$/;

/** An ISO timestamp, with or without an offset, as a Python datetime; null where it is none. */
export function parseDateTime(text: string): PyDateTime | null {
  const match = TIMESTAMP.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number((part as string | undefined) ?? 0));
  const microsecond = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  const offset =
    match[8] === "Z"
      ? 0
      : match[9] === undefined
        ? null
        : (match[9] === "-" ? -1 : 1) * (Number(match[10]) * 3600 + Number(match[11] ?? 0) * 60);
  return new PyDateTime(
    { year, month, day, hour, minute, second, microsecond },
    offset === null ? undefined : fixedZone(offset),
  );
}
