import {
  DuckDBTypeId,
  type DuckDBArrayValue,
  type DuckDBBlobValue,
  type DuckDBDateValue,
  type DuckDBDecimalType,
  type DuckDBDecimalValue,
  type DuckDBGeometryValue,
  type DuckDBIntervalValue,
  type DuckDBListValue,
  type DuckDBMapType,
  type DuckDBMapValue,
  type DuckDBStructType,
  type DuckDBStructValue,
  type DuckDBTimeNSValue,
  type DuckDBTimestampMillisecondsValue,
  type DuckDBTimestampNanosecondsValue,
  type DuckDBTimestampSecondsValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBTimeValue,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { ArrowType } from "../../contracts/arrow.ts";

/** How a column travels, and what makes its values (see columnBuilder). */
export interface ArrowColumn {
  readonly type: ArrowType;
  /** Of what is not null. */
  readonly encode: (value: DuckDBValue) => unknown;
  /** Bytes of a value where DuckDB's memory can be read as it is; `widened`: from integers of fewer bits. */
  readonly raw: { readonly width: number; readonly widened: boolean } | null;
  /** Of a nested type, in the order of DuckDB's vectors. */
  readonly parts?: readonly ArrowColumn[];
}

const int = (bits: 8 | 16 | 32 | 64, signed: boolean): ArrowType => ({ kind: "int", bits, signed });
const same = (value: DuckDBValue): unknown => value;

function plain(type: ArrowType, width: number | null, encode: ArrowColumn["encode"] = same): ArrowColumn {
  return { type, encode, raw: width === null ? null : { width, widened: false } };
}

function nested(type: ArrowType, parts: readonly ArrowColumn[], encode: ArrowColumn["encode"]): ArrowColumn {
  return { type, encode, raw: null, parts };
}

const moment = (unit: "s" | "ms" | "us" | "ns", encode: ArrowColumn["encode"]): ArrowColumn =>
  plain({ kind: "timestamp", unit, zone: null }, 8, encode);

/** Whatever has no type in Arrow goes as its text: UUID, ENUM, BIT, TIME WITH TIME ZONE, UNION, BIGNUM and what is new. */
const AS_TEXT: ArrowColumn = plain({ kind: "utf8" }, null, (value) => String(value));

/** Bytes that tell of a text: its length, and itself or where it is. */
const TEXT = 16;

const COLUMNS: Readonly<Partial<Record<DuckDBTypeId, ArrowColumn>>> = {
  [DuckDBTypeId.BOOLEAN]: plain({ kind: "bool" }, 1),
  [DuckDBTypeId.TINYINT]: plain(int(8, true), 1),
  [DuckDBTypeId.SMALLINT]: plain(int(16, true), 2),
  [DuckDBTypeId.INTEGER]: plain(int(32, true), 4),
  [DuckDBTypeId.BIGINT]: plain(int(64, true), 8),
  [DuckDBTypeId.UTINYINT]: plain(int(8, false), 1),
  [DuckDBTypeId.USMALLINT]: plain(int(16, false), 2),
  [DuckDBTypeId.UINTEGER]: plain(int(32, false), 4),
  [DuckDBTypeId.UBIGINT]: plain(int(64, false), 8),
  [DuckDBTypeId.FLOAT]: plain({ kind: "float", bits: 32 }, 4),
  [DuckDBTypeId.DOUBLE]: plain({ kind: "float", bits: 64 }, 8),
  // As DuckDB's own Arrow export has it: a HUGEINT has room in 128 bits, whatever 38 digits say.
  [DuckDBTypeId.HUGEINT]: plain({ kind: "decimal", precision: 38, scale: 0, bits: 128 }, 16),
  [DuckDBTypeId.UHUGEINT]: plain({ kind: "decimal", precision: 39, scale: 0, bits: 256 }, null),
  [DuckDBTypeId.VARCHAR]: plain({ kind: "utf8" }, TEXT),
  [DuckDBTypeId.BLOB]: plain({ kind: "binary" }, TEXT, (value) => (value as DuckDBBlobValue).bytes),
  [DuckDBTypeId.GEOMETRY]: plain({ kind: "binary" }, null, (value) => (value as DuckDBGeometryValue).bytes),
  [DuckDBTypeId.DATE]: plain({ kind: "date" }, 4, (value) => (value as DuckDBDateValue).days),
  [DuckDBTypeId.TIME]: plain({ kind: "time", unit: "us" }, 8, (value) => (value as DuckDBTimeValue).micros),
  [DuckDBTypeId.TIME_NS]: plain({ kind: "time", unit: "ns" }, 8, (value) => (value as DuckDBTimeNSValue).nanos),
  [DuckDBTypeId.TIMESTAMP]: moment("us", (value) => (value as DuckDBTimestampValue).micros),
  [DuckDBTypeId.TIMESTAMP_S]: moment("s", (value) => (value as DuckDBTimestampSecondsValue).seconds),
  [DuckDBTypeId.TIMESTAMP_MS]: moment("ms", (value) => (value as DuckDBTimestampMillisecondsValue).millis),
  [DuckDBTypeId.TIMESTAMP_NS]: moment("ns", (value) => (value as DuckDBTimestampNanosecondsValue).nanos),
  [DuckDBTypeId.TIMESTAMP_TZ]: plain({ kind: "timestamp", unit: "us", zone: "UTC" }, 8, (value) => {
    return (value as DuckDBTimestampTZValue).micros;
  }),
  [DuckDBTypeId.INTERVAL]: plain({ kind: "interval" }, null, (value) => {
    const { months, days, micros } = value as DuckDBIntervalValue;
    return { months, days, nanos: micros * 1000n };
  }),
};

export function arrowColumn(type: DuckDBType): ArrowColumn {
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL:
      return decimalColumn(type);
    case DuckDBTypeId.LIST: {
      const item = arrowColumn(type.valueType);
      return nested({ kind: "list", item: item.type }, [item], (value) =>
        (value as DuckDBListValue).items.map(optional(item)),
      );
    }
    case DuckDBTypeId.ARRAY: {
      const { valueType, length } = type;
      const item = arrowColumn(valueType);
      return nested({ kind: "fixed-list", size: length, item: item.type }, [item], (value) =>
        (value as DuckDBArrayValue).items.map(optional(item)),
      );
    }
    case DuckDBTypeId.STRUCT:
      return structColumn(type);
    case DuckDBTypeId.MAP:
      return mapColumn(type);
    default:
      return COLUMNS[type.typeId] ?? AS_TEXT;
  }
}

function decimalColumn({ width: precision, scale }: DuckDBDecimalType): ArrowColumn {
  const bytes = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
  return {
    type: { kind: "decimal", precision, scale, bits: 128 },
    encode: (value) => (value as DuckDBDecimalValue).value,
    raw: { width: bytes, widened: bytes < 16 },
  };
}

function structColumn({ entryNames, entryTypes }: DuckDBStructType): ArrowColumn {
  const parts = entryTypes.map(arrowColumn);
  const fields = parts.map((part, index) => ({ name: entryNames[index] ?? "", type: part.type }));
  return nested({ kind: "struct", fields }, parts, (value) => {
    const { entries } = value as DuckDBStructValue;
    return parts.map((part, index) => optional(part)(entries[entryNames[index] ?? ""] ?? null));
  });
}

function mapColumn({ keyType, valueType }: DuckDBMapType): ArrowColumn {
  const [key, value] = [arrowColumn(keyType), arrowColumn(valueType)];
  return nested({ kind: "map", key: key.type, value: value.type }, [key, value], (map) =>
    (map as DuckDBMapValue).entries.map((entry) => [optional(key)(entry.key), optional(value)(entry.value)]),
  );
}

function optional({ encode }: ArrowColumn): (value: DuckDBValue) => unknown {
  return (value) => (value === null ? null : encode(value));
}
