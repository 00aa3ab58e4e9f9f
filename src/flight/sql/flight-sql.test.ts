import { expect, test } from "vitest";
import type { CatalogBrowser, QueryBackend } from "../../contracts/query.ts";
import { decodeFlightData } from "../messages.ts";
import { decodeFields, encodeFields } from "../protobuf.ts";
import { pack, unpack } from "./any.ts";
import { ownTable, ownTableData } from "./catalog-tables.ts";
import { KeptThings } from "./kept-things.ts";
import { infoData } from "./sql-info.ts";

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
  primaryKey: () => Promise.resolve([]),
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
