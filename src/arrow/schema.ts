import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  IntervalMonthDayNano,
  List,
  Map_,
  Null,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimeSecond,
  Timestamp,
  TimeUnit,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  type DataType,
} from "apache-arrow";
import type { ArrowField, ArrowType } from "../contracts/arrow.ts";

const UNITS = { s: TimeUnit.SECOND, ms: TimeUnit.MILLISECOND, us: TimeUnit.MICROSECOND, ns: TimeUnit.NANOSECOND };
const TIMES = { s: TimeSecond, ms: TimeMillisecond, us: TimeMicrosecond, ns: TimeNanosecond };
const SIGNED = { 8: Int8, 16: Int16, 32: Int32, 64: Int64 };
const UNSIGNED = { 8: Uint8, 16: Uint16, 32: Uint32, 64: Uint64 };

export function toArrowSchema(fields: readonly ArrowField[]): Schema {
  return new Schema(fields.map(({ name, type, required }) => new Field(name, toArrowType(type), required !== true)));
}

function toArrowType(type: ArrowType): DataType {
  switch (type.kind) {
    case "null":
      return new Null();
    case "bool":
      return new Bool();
    case "utf8":
      return new Utf8();
    case "binary":
      return new Binary();
    case "date":
      return new DateDay();
    case "interval":
      return new IntervalMonthDayNano();
    case "int":
      return type.signed ? new SIGNED[type.bits]() : new UNSIGNED[type.bits]();
    case "float":
      return type.bits === 32 ? new Float32() : new Float64();
    case "decimal":
      return new Decimal(type.scale, type.precision, type.bits);
    case "time":
      return new TIMES[type.unit]();
    case "timestamp":
      return new Timestamp(UNITS[type.unit], type.zone);
    case "list":
      return new List(new Field("item", toArrowType(type.item), true));
    case "fixed-list":
      return new FixedSizeList(type.size, new Field("item", toArrowType(type.item), true));
    case "struct":
      return new Struct(type.fields.map((field) => new Field(field.name, toArrowType(field.type), true)));
    case "map":
      return new Map_(
        new Field(
          "entries",
          new Struct<{ key: DataType; value: DataType }>([
            new Field("key", toArrowType(type.key), false),
            new Field("value", toArrowType(type.value), true),
          ]),
          false,
        ),
      );
  }
}

/** The metadata of a stream's first message, without its frame. */
export function schemaMetadata(fields: readonly ArrowField[]): Uint8Array {
  return schemaMessage(toArrowSchema(fields));
}

export function schemaMessage(schema: Schema): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.finish();
  const bytes = writer.toUint8Array(true);
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readInt32LE(4);
  return bytes.subarray(8, 8 + length);
}
