import type { ArrowField, ArrowType } from "../../contracts/arrow.ts";

const UTF8: ArrowType = { kind: "utf8" };
const INT32: ArrowType = { kind: "int", bits: 32, signed: true };
const BOOL: ArrowType = { kind: "bool" };
const field = (name: string, type: ArrowType): ArrowField => ({ name, type });
const required = (name: string, type: ArrowType): ArrowField => ({ name, type, required: true });

/** Columns of CommandGetXdbcTypeInfo. */
export const TYPE_FIELDS: readonly ArrowField[] = [
  ...[required("type_name", UTF8), required("data_type", INT32), field("column_size", INT32)],
  ...[
    field("literal_prefix", UTF8),
    field("literal_suffix", UTF8),
    field("create_params", { kind: "list", item: UTF8 }),
  ],
  ...[required("nullable", INT32), required("case_sensitive", BOOL), required("searchable", INT32)],
  ...[field("unsigned_attribute", BOOL), required("fixed_prec_scale", BOOL), field("auto_increment", BOOL)],
  ...[field("local_type_name", UTF8), field("minimum_scale", INT32), field("maximum_scale", INT32)],
  ...[required("sql_data_type", INT32), field("datetime_subcode", INT32), field("num_prec_radix", INT32)],
  field("interval_precision", INT32),
];

interface SqlType {
  readonly name: string;
  /** XDBC's number. */
  readonly code: number;
  readonly size: number | null;
  readonly quote?: string;
  readonly radix?: number;
  readonly unsigned?: boolean;
  readonly params?: readonly string[];
  readonly subcode?: number;
}

/** The types that both engines have, under their common names, by XDBC's numbers. */
const TYPES: readonly SqlType[] = [
  { name: "BOOLEAN", code: -7, size: 1 },
  { name: "TINYINT", code: -6, size: 3, radix: 10, unsigned: false },
  { name: "BIGINT", code: -5, size: 19, radix: 10, unsigned: false },
  { name: "VARBINARY", code: -3, size: null, quote: "'" },
  { name: "DECIMAL", code: 3, size: 38, radix: 10, unsigned: false, params: ["precision", "scale"] },
  { name: "INTEGER", code: 4, size: 10, radix: 10, unsigned: false },
  { name: "SMALLINT", code: 5, size: 5, radix: 10, unsigned: false },
  { name: "REAL", code: 7, size: 24, radix: 2, unsigned: false },
  { name: "DOUBLE", code: 8, size: 53, radix: 2, unsigned: false },
  { name: "VARCHAR", code: 12, size: null, quote: "'", params: ["length"] },
  { name: "DATE", code: 91, size: 10, quote: "'", subcode: 1 },
  { name: "TIME", code: 92, size: 15, quote: "'", subcode: 2 },
  { name: "TIMESTAMP", code: 93, size: 26, quote: "'", subcode: 3 },
];

/** Every type may be null (1) and stand in every condition (3). Of dates and times, the SQL type is 9. */
export function typeRows(code: number | null): readonly (readonly unknown[])[] {
  return TYPES.filter((type) => code === null || type.code === code).map((type) => {
    const { name, size, quote = null, radix = null, unsigned = null, params = null, subcode = null } = type;
    const scales = name === "DECIMAL" ? [0, 38] : [null, null];
    const isText = name === "VARCHAR";
    return [
      ...[name, type.code, size, quote, quote, params, 1, isText, 3, unsigned, false, null, name, ...scales],
      ...[subcode === null ? type.code : 9, subcode, radix, null],
    ];
  });
}
