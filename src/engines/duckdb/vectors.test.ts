import { RecordBatchReader } from "apache-arrow";
import { expect, test, vi } from "vitest";
import { BatchBuilder } from "../../arrow/build-column.ts";
import { typeText } from "../../arrow/cell-text.ts";
import { batchMessage, END_OF_STREAM, framed, schemaFrame } from "../../arrow/ipc.ts";
import { readBatch } from "../../arrow/read-batches.ts";
import { readColumns } from "../../arrow/read-columns.ts";
import type { ArrivedBatch, ArrowField, ArrowType } from "../../contracts/arrow.ts";
import type { EngineConnection, EngineSession } from "../../contracts/engine.ts";
import { random, type Random } from "../../../test/support/random.ts";
import { readCredentials } from "./credentials.ts";
import { openDuckDb } from "./session.ts";

// Many thousand values of each type, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

const text = (length: number, { pick }: Random): string =>
  Array.from({ length }, () => pick(["a", "é", "漢", "🙂", " ", "\0"])).join("");
const long = ({ below }: Random): bigint => BigInt.asIntN(64, (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32)));
const digits = (count: number, { below }: Random): bigint =>
  BigInt(Array.from({ length: count }, () => below(10)).join("")) * (below(2) === 0 ? 1n : -1n);

/** A value of a type, as `columnBuilder` takes it; one of ten is null. */
function value(type: ArrowType, source: Random): unknown {
  const { below } = source;
  if (type.kind === "null" || below(10) === 0) return null;
  switch (type.kind) {
    case "bool":
      return below(2) === 1;
    case "utf8":
      return text(below(30) === 0 ? 3000 : below(16), source);
    case "binary":
      return Buffer.from(Array.from({ length: below(30) }, () => below(256)));
    case "date":
      return below(100_000) - 50_000;
    case "int":
      if (type.bits < 64) return below(2 ** type.bits) - (type.signed ? 2 ** (type.bits - 1) : 0);
      return type.signed ? long(source) : BigInt.asUintN(64, long(source));
    case "float":
      return type.bits === 32 ? Math.fround(below(1e6) / 7) : below(1e9) / 7;
    case "decimal":
      return digits(1 + below(type.precision), source);
    case "time":
      return BigInt(below(86_400)) * 1_000_000n + 7n;
    case "timestamp":
      return BigInt(below(2 ** 31)) * 1_000_003n;
    case "interval":
      return { months: below(99) - 50, days: below(99) - 50, nanos: BigInt(below(1e9)) * 1000n };
    case "list":
      return Array.from({ length: below(4) }, () => value(type.item, source));
    case "fixed-list":
      return Array.from({ length: type.size }, () => value(type.item, source));
    case "struct":
      return type.fields.map((field) => value(field.type, source));
    case "map":
      return Array.from({ length: below(3) }, (_, key) => [String(key).repeat(9 * key), value(type.value, source)]);
  }
}

const INT: ArrowType = { kind: "int", bits: 32, signed: true };
const TEXT: ArrowType = { kind: "utf8" };
const decimal = (precision: number): ArrowType => ({ kind: "decimal", precision, scale: 2, bits: 128 });
const PAIR: ArrowType = {
  kind: "struct",
  fields: [
    { name: "a", type: TEXT },
    { name: "b", type: { kind: "list", item: decimal(7) } },
    { name: "c", type: { kind: "fixed-list", size: 3, item: INT } },
  ],
};
const TYPES: readonly ArrowType[] = [
  { kind: "null" },
  { kind: "bool" },
  TEXT,
  { kind: "binary" },
  { kind: "date" },
  ...([8, 16, 32, 64] as const).flatMap((bits): ArrowType[] => [
    { kind: "int", bits, signed: true },
    { kind: "int", bits, signed: false },
  ]),
  { kind: "float", bits: 32 },
  { kind: "float", bits: 64 },
  ...[4, 9, 18, 38].map(decimal),
  { kind: "time", unit: "us" },
  ...(["s", "ms", "us", "ns"] as const).map((unit): ArrowType => ({ kind: "timestamp", unit, zone: null })),
  { kind: "timestamp", unit: "us", zone: "UTC" },
  { kind: "interval" },
  { kind: "list", item: TEXT },
  { kind: "list", item: { kind: "list", item: { kind: "bool" } } },
  { kind: "list", item: { kind: "interval" } },
  { kind: "fixed-list", size: 3, item: TEXT },
  { kind: "fixed-list", size: 2, item: PAIR },
  PAIR,
  { kind: "list", item: PAIR },
  { kind: "map", key: TEXT, value: { kind: "list", item: PAIR } },
];
const FIELDS: readonly ArrowField[] = TYPES.map((type, index) => ({ name: `c${String(index)}`, type }));
/** What is read one by one: its units are others in DuckDB. */
const CONVERTED = ["month_day_nano_interval", "list<item: month_day_nano_interval>"];

/** As another program sends them. */
function arrived(rows: readonly (readonly unknown[])[], fields = FIELDS): ArrivedBatch {
  const builder = new BatchBuilder(fields);
  for (const row of rows) row.forEach((cell, index) => builder.columns[index]?.append(cell));
  const { metadata, body } = batchMessage(builder.finish(rows.length));
  const bytes = Buffer.concat([schemaFrame(fields), framed(metadata), ...body, END_OF_STREAM]);
  const [batch] = [...RecordBatchReader.from(bytes)];
  if (batch === undefined) throw new Error("no batch");
  return readBatch(batch);
}

async function withSession<T>(use: (session: EngineSession, connection: EngineConnection) => Promise<T>): Promise<T> {
  const read = readCredentials({ path: ":memory:" }, "/");
  if ("problem" in read) throw new Error(read.problem);
  const session = await openDuckDb(read.credentials, []);
  try {
    return await use(session, await session.connect("test"));
  } finally {
    await session.close();
  }
}

async function read(connection: EngineConnection, sql: string): Promise<unknown[][]> {
  const stream = await connection.stream(sql);
  const columns: unknown[][] = stream.fields.map(() => []);
  for await (const batch of stream.batches)
    readColumns(stream.fields, batch).forEach((cells, index) => columns[index]?.push(...cells));
  return columns;
}

async function staged<T>(
  session: EngineSession,
  batches: readonly ArrivedBatch[],
  use: (text: string) => Promise<T>,
  fields = FIELDS,
): Promise<T> {
  const stage = await session.openStage?.(fields);
  if (stage === undefined) throw new Error("no stage");
  try {
    for (const batch of batches) await stage.append(batch);
    await stage.finish();
    return await use(stage.text);
  } finally {
    await stage.close();
  }
}

const onlyValues = ({ length, columns }: ArrivedBatch): ArrivedBatch => ({
  length,
  columns: columns.map((column) => ({ memory: null, values: (start, end) => column.values(start, end) })),
});

test("columns go in as memory and come back, whatever their type, in batches of any length", async () => {
  const source = random(20_261_127);
  const batches = [1, 2048, 2100, 7].map((length) =>
    Array.from({ length }, () => TYPES.map((type) => value(type, source))),
  );
  const columns = TYPES.map((_, index) => batches.flatMap((rows) => rows.map((row) => row[index])));
  const sent = batches.map((rows) => arrived(rows));
  // Of one row a list may have no items, which lie in no layout.
  const converted = sent.slice(1, 3).map(({ columns: cells }) => TYPES.filter((_, at) => cells[at]?.memory === null));
  expect(converted.map((types) => types.map(typeText))).toEqual([CONVERTED, CONVERTED]);
  await withSession(async (session, connection) => {
    const all = (text: string): Promise<unknown[][]> => read(connection, `select * from ${text}`);
    expect(await staged(session, sent, all)).toEqual(columns);
    expect(await staged(session, sent.map(onlyValues), all)).toEqual(columns);
  });
});

test("lists and texts are read in the order of the rows, wherever they lie", async () => {
  await withSession(async (_, connection) => {
    const sql = `select case when i % 7 = 0 then null else [t, repeat(t, 3), null] end as l, repeat(t, i % 40) as t
      from (select i, 'text ' || (i * 7919 % 5000) as t from range(5000) r(i)) order by hash(i)`;
    const [lists = [], texts = []] = await read(connection, sql);
    const { data } = await connection.execute(`select to_json(l)::varchar, t from (${sql})`, true);
    expect(lists.map((list) => (list === null ? null : JSON.stringify(list)))).toEqual(data[0]);
    expect(texts).toEqual(data[1]);
  });
});

test("a decimal with more digits than its column is refused by name, wherever it stands", async () => {
  const fields: ArrowField[] = [4, 9, 18].map((precision) => ({
    name: `d${String(precision)}`,
    type: decimal(precision),
  }));
  await withSession(async (session) => {
    for (const [index, { name }] of fields.entries()) {
      const row = fields.map((_, at) => (at === index ? -(10n ** 25n) : 1n));
      const sent = staged(session, [arrived([row], fields)], () => Promise.resolve(), fields);
      await expect(sent).rejects.toThrow(`the column ${name} has a value out of range`);
    }
  });
});
