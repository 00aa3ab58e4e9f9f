import { expect, test } from "vitest";
import { placeCreated, writtenName } from "./written-name.ts";

test.each([
  ["create table lake.s.t as select * from pond.s.u", "lake"],
  ['-- a note\nCREATE OR REPLACE VIEW "My Lake" . s."t.x" as select 1', "My Lake"],
  ["create table if not exists lake.s.t (id int)", "lake"],
  ["/* first */ insert into lake.s.t values (1)", "lake"],
  ["merge into lake.s.t using u on true when matched then delete", "lake"],
  ["delete from lake.s.t where true", "lake"],
  ["update lake.s.t set a = 1", "lake"],
  ["drop table if exists lake.s.t", "lake"],
  ["alter table lake.s.t add column b int", "lake"],
  ["truncate table lake.s.t", "lake"],
  ["create schema lake.s", "lake"],
  ["drop schema if exists lake.s cascade", "lake"],
  ["create table s.t (id int)", null],
  ["create schema s", null],
  ["select * from lake.s.t", null],
  ["with x as (select 1) select * from lake.s.x", null],
])("%s", (sql, database) => {
  expect(writtenName(sql)?.[0] ?? null).toBe(database);
});

test.each([
  ["create table t as select 1", 'create table "lake"."ward".t as select 1'],
  ["-- a note\ncreate or replace view s.t as select 1", '-- a note\ncreate or replace view "lake".s.t as select 1'],
  ["create table if not exists pond.s.t (id int)", "create table if not exists pond.s.t (id int)"],
  ['create schema "my own"', 'create schema "lake"."my own"'],
  ["drop schema if exists s cascade", 'drop schema if exists "lake".s cascade'],
  ["create schema pond.s", "create schema pond.s"],
  ["insert into t values (1)", "insert into t values (1)"],
  ["select 'create table t'", "select 'create table t'"],
])("%s, in a session with a place of its own", (sql, placed) => {
  expect(placeCreated(sql, { database: "lake", schema: "ward" })).toBe(placed);
  expect(placeCreated(sql, null)).toBe(sql);
});
