import { expect, test, vi } from "vitest";
import { readColumns } from "../../arrow/read-columns.ts";
import { cellText, typeText } from "../../arrow/cell-text.ts";
import type { EngineStream } from "../../contracts/arrow.ts";
import type { EngineConnection } from "../../contracts/engine.ts";
import { readCredentials } from "./credentials.ts";
import { openDuckDb } from "./session.ts";

// Hundreds of thousands of rows, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

async function connected<T>(use: (connection: EngineConnection) => Promise<T>): Promise<T> {
  const read = readCredentials({ path: ":memory:" }, "/");
  if ("problem" in read) throw new Error(read.problem);
  const session = await openDuckDb(read.credentials, []);
  try {
    return await use(await session.connect("test"));
  } finally {
    await session.close();
  }
}

async function rowsOf(stream: EngineStream): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const batch of stream.batches) {
    const columns = readColumns(stream.fields, batch);
    for (let row = 0; row < batch.length; row++)
      rows.push(stream.fields.map(({ type }, index) => cellText(type, columns[index]?.[row] ?? null)));
  }
  return rows;
}

/** Column by column: the SQL, the Arrow type, and the text of the value. */
const VALUES: readonly (readonly [string, string, string])[] = [
  ["true", "bool", "true"],
  ["(-128)::tinyint", "int8", "-128"],
  ["65535::usmallint", "uint16", "65535"],
  ["9223372036854775807", "int64", "9223372036854775807"],
  ["18446744073709551615::ubigint", "uint64", "18446744073709551615"],
  [
    "(-170141183460469231731687303715884105728)::hugeint",
    "decimal128(38, 0)",
    "-170141183460469231731687303715884105728",
  ],
  ["340282366920938463463374607431768211455::uhugeint", "decimal256(39, 0)", "340282366920938463463374607431768211455"],
  ["1.5::float", "float", "1.5"],
  ["0.1::double", "double", "0.1"],
  ["(-12.34)::decimal(4, 2)", "decimal128(4, 2)", "-12.34"],
  ["(-1234567.89)::decimal(9, 2)", "decimal128(9, 2)", "-1234567.89"],
  ["(-9999999999.99)::decimal(18, 2)", "decimal128(18, 2)", "-9999999999.99"],
  [
    "(-99999999999999999999999999999999.123456)::decimal(38, 6)",
    "decimal128(38, 6)",
    "-99999999999999999999999999999999.123456",
  ],
  ["'Größe 🙂, länger als zwölf'", "string", "Größe 🙂, länger als zwölf"],
  ["'\\x00\\xFF'::blob", "binary", "00ff"],
  ["date '1582-10-15'", "date32[day]", "1582-10-15"],
  ["time '23:59:59.999999'", "time64[us]", "23:59:59.999999"],
  ["timetz '10:00:00+02'", "string", "10:00:00+02"],
  ["timestamp '1969-12-31 23:59:59.999999'", "timestamp[us]", "1969-12-31T23:59:59.999999"],
  ["'2026-01-01 10:00:00'::timestamp_s", "timestamp[s]", "2026-01-01T10:00:00"],
  ["'2026-01-01 10:00:00.123'::timestamp_ms", "timestamp[ms]", "2026-01-01T10:00:00.123"],
  ["'2026-01-01 10:00:00.123456789'::timestamp_ns", "timestamp[ns]", "2026-01-01T10:00:00.123456789"],
  ["timestamptz '2026-01-01 10:00:00+02'", "timestamp[us, tz=UTC]", "2026-01-01T08:00:00+00:00"],
  ["interval '14 months 3 days 1.5 seconds'", "month_day_nano_interval", "P14M3DT1.5S"],
  ["'b'::enum('a', 'b')", "string", "b"],
  ["'0101'::bit", "string", "0101"],
  ["'5a1f3a9e-0a52-4d3c-9a63-2e8b0c1d2e3f'::uuid", "string", "5a1f3a9e-0a52-4d3c-9a63-2e8b0c1d2e3f"],
  ["[[1, null], []]", "list<item: list<item: int32>>", "[[1,null],[]]"],
  ["[1, 2]::int[2]", "fixed_size_list<item: int32>[2]", "[1,2]"],
  ["{'a': 1, 'b': ['x']}", "struct<a: int32, b: list<item: string>>", '{"a":1,"b":["x"]}'],
  ["map {'k': date '2026-01-01'}", "map<string, date32[day]>", '[["k","2026-01-01"]]'],
  ["union_value(n := 2)", "string", "2"],
  ["null", "int32", ""],
];

test("every type goes as Arrow's, with its value, alone and beside nulls", async () => {
  await connected(async (connection) => {
    const values = VALUES.map(([sql], index) => `${sql} as c${String(index)}`).join(", ");
    const nulls = VALUES.map(() => "null").join(", ");
    const stream = await connection.stream(
      `select ${values} from range(2000) union all select ${nulls} from range(1000)`,
    );
    expect(stream.fields.map(({ type }) => typeText(type))).toEqual(VALUES.map(([, type]) => type));
    const rows = await rowsOf(stream);
    const texts = VALUES.map(([, , text]) => text);
    expect(rows).toHaveLength(3000);
    expect([rows[0], rows[1999], rows[2000]]).toEqual([texts, texts, texts.map(() => "")]);
  });
});

test("a query that fails after its first rows does not pass for a short one", async () => {
  await connected(async (connection) => {
    const sql = "select case when i = 400000 then error('boom') else i end from range(500000) t(i)";
    const stream = await connection.stream(sql);
    await expect(rowsOf(stream)).rejects.toThrow("boom");
    expect(await rowsOf(await connection.stream("select count(*) from range(5)"))).toEqual([["5"]]);
  });
});

test("the same of a table, which several threads read", async () => {
  await connected(async (connection) => {
    await connection.execute("create table t as select i from range(500000) t(i)", false);
    const stream = await connection.stream("select case when i = 400000 then error('boom') else i end from t");
    await expect(rowsOf(stream)).rejects.toThrow("boom");
    expect(await rowsOf(await connection.stream("select i from t"))).toHaveLength(500_000);
  });
});

test("who lists tables sees none of ours", async () => {
  await connected(async (connection) => {
    await connection.execute("create table t as select 1 as i", false);
    expect(await rowsOf(await connection.stream("from t"))).toEqual([["1"]]);
    for (const sql of [
      "select table_name from information_schema.tables",
      "select table_name from duckdb_tables()",
      "show tables",
    ])
      expect(await rowsOf(await connection.stream(sql))).toEqual([["t"]]);
  });
});

test("texts that lie behind one another, short ones among long ones, and nulls", async () => {
  await connected(async (connection) => {
    await connection.execute(
      `create table t as select i, case i % 7 when 0 then null when 1 then '' when 2 then 'short ' || i
        when 3 then repeat('long and longer ', i % 400) else 'a text of some length ' || i end as v from range(20000) t(i)`,
      false,
    );
    const { data } = await connection.execute("select v from t order by i", true);
    const rows = await rowsOf(await connection.stream("select v from t"));
    expect(rows.map(([text]) => text)).toEqual(data[0]?.map((text) => text ?? ""));
  });
});

test("who reads no further leaves the connection free", async () => {
  await connected(async (connection) => {
    const stream = await connection.stream("select i from range(100000000000) t(i)");
    for await (const batch of stream.batches) if (batch.length > 0) break;
    expect(await rowsOf(await connection.stream("select 1"))).toEqual([["1"]]);
  });
});

test("rows keep their order and their number, and names are as written", async () => {
  await connected(async (connection) => {
    const stream = await connection.stream(
      'select i as "A b", i % 7 as x, i as x from range(150000) t(i) order by i desc;',
    );
    expect(stream.fields.map(({ name }) => name)).toEqual(["A b", "x", "x"]);
    const rows = await rowsOf(stream);
    expect(rows.map(([first]) => Number(first))).toEqual(
      Array.from({ length: 150_000 }, (_, index) => 149_999 - index),
    );
  });
});

test("other statements run to their end, and those that are queries only in name are read as well", async () => {
  await connected(async (connection) => {
    const made = await connection.stream("create table t as select 1 as a");
    expect(await rowsOf(made)).toEqual([["1"]]);
    const inserted = await connection.stream("insert into t values (2), (?)", { bindings: [3] });
    expect([inserted.affected, await rowsOf(inserted)]).toEqual([2, [["2"]]]);
    expect(await rowsOf(await connection.stream("select a from t where a > ? -- the end", { bindings: [1] }))).toEqual([
      ["2"],
      ["3"],
    ]);
    expect(await rowsOf(await connection.stream("show tables"))).toEqual([["t"]]);
    expect((await rowsOf(await connection.stream("explain select 1"))).length).toBe(1);
    expect(await rowsOf(await connection.stream("select 1 where false"))).toEqual([]);
    await expect(connection.stream("select nope from t")).rejects.toThrow("nope");
  });
});

test("what is cancelled rejects, before its first row and after it", async () => {
  await connected(async (connection) => {
    const early = connection.stream("select count(*) from range(100000000000)");
    setTimeout(() => connection.interrupt(), 50);
    await expect(early).rejects.toThrow("Interrupted");
    const stream = await connection.stream("select i from range(100000000000) t(i)");
    const reading = (async () => {
      for await (const batch of stream.batches) if (batch.length > 0) stream.cancel();
    })();
    await expect(reading).rejects.toThrow("Interrupted");
    expect(await rowsOf(await connection.stream("select 1"))).toEqual([["1"]]);
  });
});
