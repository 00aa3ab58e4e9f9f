import { expect, test } from "vitest";
import { ColumnMemory } from "./column-memory.ts";

const relation = (identifier: string) => ({ database: "lake", schema: "ward", identifier, type: "table" as const });

/** A memory of the columns of `visits` and `beds`. */
function memory(): ColumnMemory {
  const made = new ColumnMemory();
  made.set(relation("visits"), ["id"]);
  made.set(relation("beds"), ["n"]);
  return made;
}

const left = (made: ColumnMemory): string[] => ["visits", "beds"].filter((name) => made.get(relation(name)) !== null);

test.each([
  ['select * from "lake"."ward"."visits"', ["visits", "beds"]],
  ["insert into visits values (1); delete from beds", ["visits", "beds"]],
  ["comment on column visits.id is 'alter table visits'", ["visits", "beds"]],
  ['alter table "lake"."ward"."visits" add column "extra" varchar', ["beds"]],
  ["-- why\n/* and how */ ALTER TABLE Visits DROP COLUMN id", ["beds"]],
  ['create or replace view "visits" security definer as select 1 as n from beds', ["beds"]],
  ['create table if not exists "lake"."ward"."beds" as (select * from visits)', ["visits"]],
  ["drop table if exists lake.ward.visits", ["beds"]],
  ['alter table "visits__dbt_tmp" rename to "lake"."ward"."visits"', ["beds"]],
  ["alter table visits__dbt_tmp rename to beds;\ndrop view visits", []],
  ["select ';'; alter table visits add column x date", []],
  ["insert into beds values (1); alter table visits add column x date", ["beds"]],
  ["call lake.system.unregister_table('ward', 'visits')", []],
  ["drop schema ward cascade", []],
])("%s", (sql, expected) => {
  const made = memory();
  made.follow(sql);
  expect(left(made)).toEqual(expected);
});

test("names are compared without regard to case, and no columns are no knowledge", () => {
  const made = memory();
  expect(made.get(relation("VISITS"))).toEqual(["id"]);
  made.set(relation("none"), []);
  expect(made.get(relation("none"))).toBeNull();
});

test("who changes the list that was handed out changes nothing here", () => {
  const made = memory();
  made.get(relation("visits"))?.push("more");
  expect(made.get(relation("visits"))).toEqual(["id"]);
});
