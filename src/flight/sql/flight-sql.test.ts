import { expect, test } from "vitest";
import type { EngineSession } from "../../contracts/engine.ts";
import type { CatalogBrowser, QueryBackend } from "../../contracts/query.ts";
import { readCredentials } from "../../engines/duckdb/credentials.ts";
import { openDuckDb } from "../../engines/duckdb/session.ts";
import { decodeFlightData } from "../messages.ts";
import { decodeFields, encodeFields } from "../protobuf.ts";
import { pack, unpack } from "./any.ts";
import { ownTable, ownTableData } from "./catalog-tables.ts";
import { KeptThings } from "./kept-things.ts";
import { infoData } from "./sql-info.ts";

const IN_MEMORY = { database: "memory", schema: "main" };

function openInMemory(): Promise<EngineSession> {
  const read = readCredentials({ path: ":memory:" }, "/");
  if ("problem" in read) throw new Error(read.problem);
  return openDuckDb(read.credentials, []);
}

test("commands of Flight SQL are told from the JSON of plain Flight", () => {
  const message = unpack(pack("CommandStatementQuery", encodeFields([[1, "select 1"]])));
  expect([message?.name, message?.fields.get(1)?.[0]?.toString()]).toEqual(["CommandStatementQuery", "select 1"]);
  expect(unpack(Buffer.from('\n{"sql": "select 1"}'))).toBeNull();
  expect(unpack(Buffer.alloc(0))).toBeNull();
});

const browser: CatalogBrowser = {
  databases: () => ["b", "a"],
  schemas: () => Promise.resolve(["main"]),
  relations: (database) =>
    Promise.resolve(
      ["t_1", "tx1", "a.c", "abc"].map((identifier) => ({
        database,
        schema: "main",
        identifier,
        type: "table" as const,
      })),
    ),
  columns: () => Promise.resolve([]),
  keys: () => Promise.resolve([]),
  current: () => ({ database: "a", schema: "main" }),
};

test.each([
  ["t\\_1", 2],
  ["t_1", 4],
  ["a.c", 2],
  ["%", 8],
  ["T%", 0],
])("the pattern %s names %i tables", async (like, count) => {
  const asked = decodeFields(encodeFields([[3, like]]));
  const table = ownTable("CommandGetTables", asked);
  expect(await table?.rows(browser, asked)).toHaveLength(count);
});

test("without rows there is a schema and no batch", async () => {
  const asked = decodeFields(encodeFields([[3, "nothing"]]));
  const table = ownTable("CommandGetTables", asked);
  if (table === null) throw new Error("no table");
  expect(await ownTableData(table, browser, asked)).toHaveLength(1);
});

test("keys between tables, from either side and from both", async () => {
  const session = await openInMemory();
  try {
    const connection = await session.connect("test");
    for (const sql of [
      "create table wards (floor int, ward int, code int unique, primary key (floor, ward))",
      "create table beds (bed int primary key, f int, w int, c int references wards (code), foreign key (f, w) references wards)",
      "create table staff (id int primary key, head int references staff (id))",
    ])
      await connection.execute(sql, false);
    const here = { ...browser, keys: session.listKeyConstraints.bind(session), current: () => IN_MEMORY };
    const rows = async (command: string, fields: [number, string][]): Promise<unknown[][]> => {
      const asked = decodeFields(encodeFields(fields));
      const found = (await ownTable(command, asked)?.rows(here, asked)) ?? [];
      return found.map((row) => row.filter((value) => value !== "memory" && value !== "main"));
    };
    const [code, floor, ward] = [
      ["wards", "code", "beds", "c", 1, "beds_c_code_fkey", "wards_code_key", 3, 3],
      ["wards", "floor", "beds", "f", 1, "beds_f_w_floor_ward_fkey", "wards_floor_ward_pkey", 3, 3],
      ["wards", "ward", "beds", "w", 2, "beds_f_w_floor_ward_fkey", "wards_floor_ward_pkey", 3, 3],
    ];
    const bySide = async (command: string, table: string): Promise<unknown[][]> =>
      (await rows(command, [[3, table]])).sort((one, other) => (String(one) < String(other) ? -1 : 1));
    expect(await bySide("CommandGetImportedKeys", "BEDS")).toEqual([code, floor, ward]);
    expect(await bySide("CommandGetExportedKeys", "wards")).toEqual([code, floor, ward]);
    expect(await bySide("CommandGetExportedKeys", "beds")).toEqual([]);
    expect(await rows("CommandGetImportedKeys", [[3, "staff"]])).toHaveLength(1);
    const cross = (from: string, to: string): Promise<unknown[][]> =>
      rows("CommandGetCrossReference", [
        [3, to],
        [6, from],
      ]);
    expect([await cross("beds", "wards"), await cross("wards", "beds")].map(({ length }) => length)).toEqual([3, 0]);
    expect(await rows("CommandGetPrimaryKeys", [[3, "wards"]])).toEqual([
      ["wards", "floor", "wards_floor_ward_pkey", 1],
      ["wards", "ward", "wards_floor_ward_pkey", 2],
    ]);
  } finally {
    await session.close();
  }
});

test("infos are those that are asked for, one by one or packed", () => {
  const backend = { isReadOnly: false, hasTransactions: true } as QueryBackend;
  const rows = (asked: Buffer): number => {
    const message = infoData(backend, "1", decodeFields(asked))[1];
    const data = Buffer.concat(message !== undefined && "parts" in message ? message.parts : []);
    // A byte a row says which form its value has, padded to 8.
    return decodeFlightData(data).body.length;
  };
  const one = rows(encodeFields([[1, 4]]));
  expect(rows(encodeFields([[1, Buffer.from([4])]]))).toBe(one);
  expect(rows(Buffer.alloc(0))).toBeGreaterThan(one);
});

test("what is kept is ended when it is forgotten, idle, or too much", () => {
  let now = 0;
  const ended: string[] = [];
  const kept = new KeptThings<string>(
    2,
    "things",
    (thing) => ended.push(thing),
    () => now,
  );
  const first = kept.keep("first");
  now = 2 * 3600 * 1000;
  const second = kept.keep("second");
  expect(() => kept.get(first)).toThrow("no such handle");
  kept.keep("third");
  expect(() => kept.keep("fourth")).toThrow("close some");
  kept.forget(second);
  expect(ended).toEqual(["first", "fourth", "second"]);
});
