import {
  ARRAY,
  arrayValue,
  BIGINT,
  BLOB,
  blobValue,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimeValue,
  FLOAT,
  INTEGER,
  INTERVAL,
  LIST,
  listValue,
  MAP,
  mapValue,
  SMALLINT,
  SQLNULL,
  STRUCT,
  structValue,
  TIME,
  TIMESTAMP,
  timestampMillisValue,
  TIMESTAMP_MS,
  timestampNanosValue,
  TIMESTAMP_NS,
  TIMESTAMP_S,
  timestampSecondsValue,
  TIMESTAMPTZ,
  timestampTZValue,
  timestampValue,
  TINYINT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { ArrowType, TimeUnit } from "../../contracts/arrow.ts";

const SIGNED = { 8: TINYINT, 16: SMALLINT, 32: INTEGER, 64: BIGINT };
const UNSIGNED = { 8: UTINYINT, 16: USMALLINT, 32: UINTEGER, 64: UBIGINT };
const MOMENTS = { s: TIMESTAMP_S, ms: TIMESTAMP_MS, us: TIMESTAMP, ns: TIMESTAMP_NS };

/** What DuckDB is told of a parameter's value. */
export function duckDbType(type: ArrowType): DuckDBType {
  switch (type.kind) {
    case "null":
      return SQLNULL;
    case "bool":
      return BOOLEAN;
    case "utf8":
      return VARCHAR;
    case "binary":
      return BLOB;
    case "date":
      return DATE;
    case "interval":
      return INTERVAL;
    case "int":
      return (type.signed ? SIGNED : UNSIGNED)[type.bits];
    case "float":
      return type.bits === 32 ? FLOAT : DOUBLE;
    case "decimal":
      return type.precision > 38 ? VARCHAR : DECIMAL(type.precision, type.scale);
    case "time":
      return TIME;
    case "timestamp":
      return type.zone === null ? MOMENTS[type.unit] : TIMESTAMPTZ;
    case "list":
      return LIST(duckDbType(type.item));
    case "fixed-list":
      return ARRAY(duckDbType(type.item), type.size);
    case "map":
      return MAP(duckDbType(type.key), duckDbType(type.value));
    case "struct":
      return STRUCT(Object.fromEntries(type.fields.map((field) => [field.name, duckDbType(field.type)])));
  }
}

const MICROS: Readonly<Record<TimeUnit, (value: bigint) => bigint>> = {
  s: (value) => value * 1_000_000n,
  ms: (value) => value * 1000n,
  us: (value) => value,
  ns: (value) => (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n,
};

/** Makes DuckDB's values of those that `columnBuilder` takes. */
export function valueEncoder(type: ArrowType): (value: unknown) => DuckDBValue {
  const encode = plainEncoder(type);
  return (value) => (value === null || value === undefined ? null : encode(value));
}

function plainEncoder(type: ArrowType): (value: unknown) => DuckDBValue {
  switch (type.kind) {
    case "null":
      return () => null;
    case "binary":
      // Copied: the message that it is a part of goes its way.
      return (value) => blobValue(Uint8Array.from(value as Uint8Array));
    case "date":
      return (value) => new DuckDBDateValue(value as number);
    case "interval":
      return (value) => {
        const { months, days, nanos } = value as { months: number; days: number; nanos: bigint };
        return new DuckDBIntervalValue(months, days, MICROS.ns(nanos));
      };
    case "int":
      return type.bits === 64 ? (value) => BigInt(value as bigint | number) : (value) => Number(value);
    case "decimal":
      return type.precision > 38
        ? (value) => String(new DuckDBDecimalValue(value as bigint, type.precision, type.scale))
        : (value) => new DuckDBDecimalValue(value as bigint, type.precision, type.scale);
    case "time":
      return (value) => new DuckDBTimeValue(MICROS[type.unit](BigInt(value as bigint | number)));
    case "timestamp":
      return momentEncoder(type.unit, type.zone !== null);
    case "list": {
      const item = valueEncoder(type.item);
      return (value) => listValue((value as unknown[]).map(item));
    }
    case "fixed-list": {
      const item = valueEncoder(type.item);
      return (value) => arrayValue((value as unknown[]).map(item));
    }
    case "map": {
      const [key, entry] = [valueEncoder(type.key), valueEncoder(type.value)];
      return (value) =>
        mapValue((value as [unknown, unknown][]).map(([name, of]) => ({ key: key(name), value: entry(of) })));
    }
    case "struct": {
      const parts = type.fields.map((field) => ({ name: field.name, encode: valueEncoder(field.type) }));
      return (value) =>
        structValue(
          Object.fromEntries(parts.map(({ name, encode }, index) => [name, encode((value as unknown[])[index])])),
        );
    }
    default:
      return (value) => value as DuckDBValue;
  }
}

function momentEncoder(unit: TimeUnit, isMoment: boolean): (value: unknown) => DuckDBValue {
  if (isMoment) return (value) => timestampTZValue(MICROS[unit](value as bigint));
  const make = { s: timestampSecondsValue, ms: timestampMillisValue, us: timestampValue, ns: timestampNanosValue }[
    unit
  ];
  return (value) => make(value as bigint);
}
