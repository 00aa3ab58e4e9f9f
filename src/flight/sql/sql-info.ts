import type { DataType } from "apache-arrow";
import { DenseUnion, Bool, Field, Int32, Int64, List, Map_, Schema, Struct, Uint32, Utf8 } from "apache-arrow";
import { BatchBuilder } from "../../arrow/build-column.ts";
import { framed } from "../../arrow/ipc.ts";
import { schemaMessage } from "../../arrow/schema.ts";
import type { ArrowBatch, ArrowType } from "../../contracts/arrow.ts";
import type { QueryBackend } from "../../contracts/query.ts";
import { batchData } from "../messages.ts";
import type { OutgoingMessage } from "../send.ts";
import { encodeFields, type Fields } from "../protobuf.ts";

const INT32: ArrowType = { kind: "int", bits: 32, signed: true };
/** The forms a value may have, in the protocol's order. */
const FORMS: readonly ArrowType[] = [
  { kind: "utf8" },
  { kind: "bool" },
  { kind: "int", bits: 64, signed: true },
  INT32,
  { kind: "list", item: { kind: "utf8" } },
  { kind: "map", key: INT32, value: { kind: "list", item: INT32 } },
];
const [TEXT, BOOL, BIGINT, NUMBER] = [0, 1, 2, 3];

type Info = readonly [id: number, form: number, value: unknown];

/** Source of the numbers: SqlInfo in FlightSql.proto. */
function infos({ isReadOnly, hasTransactions }: QueryBackend, version: string): readonly Info[] {
  return [
    [0, TEXT, "duckhouse-dbt"],
    [1, TEXT, version],
    [2, TEXT, "21.2.0"],
    [3, BOOL, isReadOnly],
    [4, BOOL, true],
    [5, BOOL, false],
    [8, NUMBER, hasTransactions ? 1 : 0],
    [9, BOOL, true],
    [10, BOOL, !isReadOnly],
    [11, BOOL, !isReadOnly && hasTransactions],
    [100, NUMBER, 0],
    [101, NUMBER, 0],
    [500, BOOL, false],
    [501, BOOL, !isReadOnly],
    [502, BOOL, !isReadOnly],
    [503, BIGINT, 1],
    [504, TEXT, '"'],
    [505, BIGINT, 1],
    [506, BOOL, true],
    [513, TEXT, "\\"],
    [515, BOOL, true],
    [516, BOOL, true],
  ];
}

const schemaBytes = (): Uint8Array => {
  const ints = new List(new Field("item", new Int32(), true));
  const entries = new Struct<{ key: DataType; value: DataType }>([
    new Field("key", new Int32(), false),
    new Field("value", ints, true),
  ]);
  const forms: readonly [string, DataType][] = [
    ["string_value", new Utf8()],
    ["bool_value", new Bool()],
    ["bigint_value", new Int64()],
    ["int32_bitmask", new Int32()],
    ["string_list", new List(new Field("item", new Utf8(), true))],
    ["int32_to_int32_list_map", new Map_(new Field("entries", entries, false))],
  ];
  const children = forms.map(([name, type]) => new Field(name, type, true));
  const union = new DenseUnion(Int32Array.from(children.keys()), children);
  return schemaMessage(new Schema([new Field("info_name", new Uint32(), false), new Field("value", union, false)]));
};

export function infoSchema(): Buffer {
  return framed(schemaBytes());
}

/** What is asked for; everything where nothing is named. */
export function infoData(backend: QueryBackend, version: string, asked: Fields): OutgoingMessage[] {
  const wanted = numbersOf(asked, 1);
  const found = infos(backend, version).filter(([id]) => wanted.length === 0 || wanted.includes(id));
  return [encodeFields([[2, schemaBytes()]]), batchData(infoBatch(found))];
}

/** A dense union has no bits of its own: the form of each row, and where its value stands among those of that form. */
function infoBatch(rows: readonly Info[]): ArrowBatch {
  const names = new BatchBuilder([{ name: "info_name", type: { kind: "int", bits: 32, signed: false } }]);
  const values = new BatchBuilder(FORMS.map((type) => ({ name: "", type })));
  const forms = Buffer.alloc(rows.length);
  const offsets = Buffer.alloc(rows.length * 4);
  rows.forEach(([id, form, value], row) => {
    names.columns[0]?.append(id);
    forms[row] = form;
    offsets.writeInt32LE(values.columns[form]?.length ?? 0, row * 4);
    values.columns[form]?.append(value);
  });
  const [first, second] = [names.finish(rows.length), values.finish(rows.length)];
  return {
    length: rows.length,
    nodes: [...first.nodes, { length: rows.length, nullCount: 0 }, ...second.nodes],
    buffers: [...first.buffers, forms, offsets, ...second.buffers],
  };
}

/** Repeated numbers come one by one, or all in one field. */
function numbersOf(fields: Fields, number: number): number[] {
  const all: number[] = [];
  for (const part of fields.get(number) ?? []) {
    if (typeof part === "bigint") {
      all.push(Number(part));
      continue;
    }
    let [value, shift] = [0, 0];
    for (const byte of part) {
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte >= 0x80) continue;
      all.push(value);
      [value, shift] = [0, 0];
    }
  }
  return all;
}
