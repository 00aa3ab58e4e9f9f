import { expect, test } from "vitest";
import type { EngineConnection, QueryResult, WrittenTable } from "../../contracts/engine.ts";
import { writtenSnapshots } from "./written-snapshots.ts";

const table = (identifier: string, database = "lake"): WrittenTable => ({
  database,
  schema: "ward",
  identifier,
  queryId: `q_${identifier}`,
  keepsSnapshots: false,
});

/** A server with one Iceberg catalog; a statement that names `gone` fails, as Trino's planning does. */
function server(): { connection: EngineConnection; statements: string[] } {
  const statements: string[] = [];
  const answer = (data: unknown[][]): QueryResult => ({ response: { _message: "" }, columns: [], data, rowCount: 0 });
  const connection: EngineConnection = {
    execute: (sql) => {
      statements.push(sql);
      if (sql.includes("system.metadata.catalogs")) return Promise.resolve(answer([["lake"]]));
      if (sql.includes("gone$")) return Promise.reject(new Error("TABLE_NOT_FOUND"));
      const parts = [...sql.matchAll(/select (\d+).*?= 'q_(\w+)'/g)];
      return Promise.resolve(
        answer([parts.map(([, index]) => Number(index)), parts.map(([, , id]) => `of ${id ?? ""}`)]),
      );
    },
    stream: () => Promise.reject(new Error("not in this test")),
    describe: () => Promise.resolve([]),
    inspect: () => Promise.reject(new Error("not in this test")),
    interrupt: () => undefined,
    close: () => undefined,
  };
  return { connection, statements };
}

test("many tables are asked about in one statement, and only those of Iceberg catalogs", async () => {
  const { connection, statements } = server();
  const found = await writtenSnapshots(connection, [table("a"), table("b", "hive"), table("c")]);
  expect(found).toEqual(["of a", null, "of c"]);
  expect(statements).toHaveLength(2);
  expect(statements[1]).not.toContain("hive");
});

test("of a catalog whose tables had snapshots before nobody asks what it is", async () => {
  const { connection, statements } = server();
  const known = { ...table("a"), keepsSnapshots: true };
  expect(await writtenSnapshots(connection, [known])).toEqual(["of a"]);
  expect(statements).toHaveLength(1);
  expect(await writtenSnapshots(connection, [known, table("b", "hive")])).toEqual(["of a", null]);
});

test("a table that is gone does not hide the others", async () => {
  const { connection } = server();
  const tables = [table("a"), table("b"), table("gone"), table("c"), table("d")];
  expect(await writtenSnapshots(connection, tables)).toEqual(["of a", "of b", null, "of c", "of d"]);
});

test("without tables nothing is asked", async () => {
  const { connection, statements } = server();
  expect(await writtenSnapshots(connection, [])).toEqual([]);
  expect(statements).toEqual([]);
});
