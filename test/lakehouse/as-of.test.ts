import { afterAll, beforeAll, expect, test } from "vitest";
import { trinoRows } from "../support/lakehouse.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { Ward } from "../support/ward-project.ts";

const ward = new Ward("as_of");
const { schema } = ward;
let first: { id: string; moment: string; berlin: string };

beforeAll(async () => {
  await trinoRows(`create schema ${schema}`);
  await trinoRows(`create table ${schema}.visits as select 1 as n`);
  const [row] = await trinoRows(
    `select cast(snapshot_id as varchar), cast(cast(at_timezone(committed_at, 'UTC') as timestamp(3)) as varchar),
       cast(cast(at_timezone(committed_at, 'Europe/Berlin') as timestamp(3)) as varchar)
     from ${schema}."visits$snapshots"`,
  );
  const [id, moment, berlin] = row as [string, string, string];
  first = { id, moment, berlin };
  await trinoRows(`insert into ${schema}.visits values 2`);
});
afterAll(() => ward.drop());

const sources = `sources: [{ name: ward, schema: "${schema}", tables: [{ name: visits }] }]\n`;

/** Rows of a table built from `as_of(source('ward', 'visits'), …)`, in a session with another time zone. */
async function rowsOf(name: string, argument: string): Promise<unknown> {
  using work = temporaryFolder();
  ward.write(work.path, {
    "models/sources.yml": sources,
    [`models/${name}.sql`]: `{{ config(materialized='table') }} select v.n from {{ as_of(source('ward', 'visits'), ${argument}) }} as v`,
  });
  const { code, stdout } = await run(["run"], work.path, { TZ: "Asia/Tokyo" });
  expect(code, stdout).toBe(0);
  return await ward.rowsOf(name);
}

test("a table as it was at a version, also one given as a text", async () => {
  expect(await rowsOf("by_number", `version=${first.id}`)).toEqual([[1]]);
  expect(await rowsOf("by_text", `version='${first.id}'`)).toEqual([[1]]);
  expect(await rowsOf("by_branch", "version='main'")).toEqual([[1], [2]]);
});

test("a table as it was at a moment, in UTC or in the zone that is named", async () => {
  expect(await rowsOf("in_utc", `timestamp='${first.moment}'`)).toEqual([[1]]);
  expect(await rowsOf("in_iso", `timestamp='${first.moment.replace(" ", "T")}Z'`)).toEqual([[1]]);
  expect(await rowsOf("in_berlin", `timestamp='${first.berlin} Europe/Berlin'`)).toEqual([[1]]);
});
