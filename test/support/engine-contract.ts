import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CellKind, EngineConnection, EngineError, EngineSession } from "../../src/contracts/engine.ts";

/** What a suite needs to know of an engine: its SQL for things that dialects write in their own way. */
export interface ContractEngine {
  readonly name: string;
  open(): Promise<EngineSession>;
  /** A database in which schemas and tables can be made. */
  readonly database: string;
  /** Kind → a query of one cell named `v`, and how it must arrive. */
  readonly cells: Readonly<Partial<Record<CellKind, readonly (readonly [sql: string, cell: unknown])[]>>>;
  /** Runs for minutes unless it is stopped. */
  readonly endless: string;
  /** The error's own class for a column that is not there. */
  readonly missingColumn: string;
}

/** The promises of contracts/engine.ts, held against a real engine. */
export function engineContract(engine: ContractEngine): void {
  describe(`the engine contract on ${engine.name}`, () => {
    const schema = `contract_${engine.name.replaceAll(/\W/g, "_").toLowerCase()}_${String(process.pid)}`;
    const table = `"${engine.database}"."${schema}"`;
    let session: EngineSession;
    let connection: EngineConnection;

    beforeAll(async () => {
      session = await engine.open();
      connection = await session.connect("contract");
      await connection.execute(`create schema if not exists ${table}`, false);
      await connection.execute(`drop table if exists ${table}.things`, false);
      await connection.execute(`create table ${table}.things as select 1 as id, 'a' as name`, false);
    });

    afterAll(async () => {
      await connection.execute(`drop table if exists ${table}.things`, false);
      await connection.execute(`drop schema if exists ${table}`, false);
      connection.close();
      await session.close();
    });

    const rows = Object.entries(engine.cells).flatMap(([kind, cases]) =>
      cases.map(([sql, cell]) => [kind, sql, cell] as const),
    );
    test.each(rows)("a cell of kind %s: %s", async (kind, sql, cell) => {
      const { columns, data, rowCount } = await connection.execute(sql, true);
      expect({ kind: columns[0]?.kind, data, rowCount }).toEqual({ kind, data: [[cell]], rowCount: 1 });
    });

    test("null of every kind is null", async () => {
      for (const cases of Object.values(engine.cells)) {
        const [[sql] = [""]] = cases;
        const { data } = await connection.execute(`select nullif(v, v) as v from (${sql}) as one`, true);
        expect(data).toEqual([[null]]);
      }
    });

    test("columns come with names and types, rows column by column", async () => {
      const result = await connection.execute("select * from (values (1, 'x'), (2, 'y')) as t (n, s) order by n", true);
      expect(result.columns.map((column) => [column.name, column.kind])).toEqual([
        ["n", "int"],
        ["s", "text"],
      ]);
      expect(result.data).toEqual([
        [1, 2],
        ["x", "y"],
      ]);
      expect(result.rowCount).toBe(2);
    });

    test("an empty result still has its columns", async () => {
      const result = await connection.execute(`select id, name from ${table}.things where id < 0`, true);
      expect(result.columns.map((column) => column.name)).toEqual(["id", "name"]);
      expect(result.rowCount).toBe(0);
    });

    test("a statement that is only asked about does not run, and has columns where it gives rows", async () => {
      const fields = async (sql: string): Promise<string[]> =>
        (await connection.inspect(sql)).fields.map((field) => field.name);
      expect(await fields(`select id as n, name as s from ${table}.things`)).toEqual(["n", "s"]);
      expect(await fields("-- a comment\n(select 1 as rows)")).toEqual(["rows"]);
      for (const write of [
        `create table ${table}.made (id integer)`,
        `create table ${table}.made as select 1 as id`,
        `insert into ${table}.things select 2 as id, 'b' as name`,
        `drop table ${table}.things`,
      ])
        expect(await fields(write), write).toEqual([]);
      const { data } = await connection.execute(`select count(*) as n from ${table}.things`, true);
      expect(data.map((column) => column.map(Number))).toEqual([[1]]);
    });

    test("describe tells a query's columns", async () => {
      const columns = await connection.describe(`select id as n, name as s from ${table}.things where false`);
      expect(columns.map((column) => column.name)).toEqual(["n", "s"]);
    });

    test("a refused statement says its class and its place, and the connection goes on", async () => {
      const error = await connection
        .execute(`select 1,\n  nothing_here from ${table}.things`, true)
        .catch((reason: unknown) => reason);
      expect((error as EngineError).engineCode).toBe(engine.missingColumn);
      expect((error as EngineError).line).toBe(2);
      expect((error as EngineError).column).toBeGreaterThan(1);
      expect((await connection.execute("select 1 as v", true)).data).toEqual([[1]]);
    });

    test("what exists is listed: schemas, relations, columns", async () => {
      expect(await session.listSchemas(engine.database)).toContain(schema);
      expect(await session.listRelations(engine.database, [schema])).toEqual([
        { database: engine.database, schema, identifier: "things", type: "table" },
      ]);
      const columns = await session.readCatalog(engine.database, [schema]);
      expect(columns.map(({ relation, column, index }) => [relation, column, index])).toEqual([
        ["things", "id", 1],
        ["things", "name", 2],
      ]);
    });

    test("connections see each other's committed work", async () => {
      const other = await session.connect("other");
      await connection.execute(`insert into ${table}.things values (2, 'b')`, false);
      expect((await other.execute(`select count(*) as n from ${table}.things`, true)).data).toEqual([[2]]);
      await other.execute(`delete from ${table}.things where id = 2`, false);
      expect((await connection.execute(`select count(*) as n from ${table}.things`, true)).data).toEqual([[1]]);
      other.close();
    });

    test("an interrupted statement rejects soon, and the connection goes on", async () => {
      const running = connection.execute(engine.endless, true).then(
        () => "ended",
        () => "stopped",
      );
      // Again and again: the first may come before the statement has begun.
      const timer = setInterval(() => {
        connection.interrupt();
      }, 50);
      expect(await running).toBe("stopped");
      clearInterval(timer);
      expect((await connection.execute("select 1 as v", true)).data).toEqual([[1]]);
    });
  });
}
