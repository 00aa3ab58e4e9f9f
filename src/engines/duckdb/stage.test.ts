import { expect, test } from "vitest";
import { BatchBuilder } from "../../arrow/build-column.ts";
import { asArrived } from "../../arrow/read-columns.ts";
import type { ArrivedBatch, ArrowField } from "../../contracts/arrow.ts";
import type { EngineConnection, EngineSession, RowStage } from "../../contracts/engine.ts";
import { readCredentials } from "./credentials.ts";
import { openDuckDb } from "./session.ts";

const FIELDS: readonly ArrowField[] = [{ name: "id", type: { kind: "int", bits: 64, signed: true } }];
const WARDS = { database: "memory", schema: "main", identifier: "wards" };

function rows(...ids: number[]): ArrivedBatch {
  const builder = new BatchBuilder(FIELDS);
  for (const id of ids) builder.columns[0]?.append(id);
  return asArrived(FIELDS, builder.finish(ids.length));
}

async function withSession(use: (session: EngineSession, ask: Ask) => Promise<void>): Promise<void> {
  const read = readCredentials({ path: ":memory:" }, "/");
  if ("problem" in read) throw new Error(read.problem);
  const session = await openDuckDb(read.credentials, []);
  try {
    const connection = await session.connect("test");
    await use(session, (sql) => answer(connection, sql));
  } finally {
    await session.close();
  }
}

type Ask = (sql: string) => Promise<unknown[][]>;

async function answer(connection: EngineConnection, sql: string): Promise<unknown[][]> {
  return (await connection.execute(sql, true)).data as unknown[][];
}

async function staged(session: EngineSession, ...ids: number[]): Promise<RowStage> {
  const stage = await session.openStage?.(FIELDS, WARDS);
  if (stage === undefined) throw new Error("no stage");
  await stage.append(rows(...ids));
  return stage;
}

const TABLES = "select coalesce(string_agg(table_name, ', ' order by table_name), 'none') from duckdb_tables()";

test("rows beside their table are seen when they become it", async () => {
  await withSession(async (session, ask) => {
    await ask("create table wards as select 0::bigint as id");
    const stage = await staged(session, 1, 2);
    expect(await ask(TABLES)).toEqual([["wards"]]);
    await stage.finish();
    expect(await ask("select id::int from wards")).toEqual([[0]]);
    await stage.become?.(WARDS, "replace");
    await stage.close();
    expect(await ask(TABLES)).toEqual([["wards"]]);
    expect(await ask("select count(*)::int, sum(id)::int from wards")).toEqual([[2], [3]]);
  });
});

test.each(["before", "after"])("rows that do not become a table are gone, %s they are all there", async (when) => {
  await withSession(async (session, ask) => {
    const stage = await staged(session, 1);
    if (when === "after") await stage.finish();
    await stage.close();
    expect(await ask(TABLES)).toEqual([["none"]]);
  });
});

test("a table that another transaction replaced meanwhile is replaced again", async () => {
  await withSession(async (session, ask) => {
    await ask("create table wards as select 0 as id");
    const [first, second] = [await staged(session, 1), await staged(session, 2)];
    await ask("create or replace table wards as select 5 as id");
    await second.finish();
    await second.become?.(WARDS, "replace");
    await first.finish();
    await first.become?.(WARDS, "replace");
    await Promise.all([first.close(), second.close()]);
    expect(await ask("select id::int from wards")).toEqual([[1]]);
  });
});

test("what another process left staged goes with the next rows for that table", async () => {
  await withSession(async (session, ask) => {
    await ask("create table wards__duckhouse_upload_1_1 as select 0 as id");
    await ask("create table other__duckhouse_upload_1_1 as select 0 as id");
    await (await staged(session, 1)).close();
    expect(await ask(TABLES)).toEqual([["other__duckhouse_upload_1_1"]]);
  });
});

test("a table that another transaction created meanwhile is not replaced by rows that are to create it", async () => {
  await withSession(async (session, ask) => {
    const stage = await staged(session, 1);
    await ask("create table wards as select 5 as id");
    await stage.finish();
    await expect(stage.become?.(WARDS, "create")).rejects.toThrow(/already exists/);
    await stage.close();
    expect(await ask(TABLES)).toEqual([["wards"]]);
    expect(await ask("select id::int from wards")).toEqual([[5]]);
  });
});
