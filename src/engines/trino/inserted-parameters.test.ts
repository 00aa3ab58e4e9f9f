import { expect, test } from "vitest";
import { insertedParameters } from "./inserted-parameters.ts";

test.each<[string, string, string | null, (number | null)[]]>([
  ["insert into t values (?, ?)", "t", null, [0, 1]],
  ['INSERT INTO lake."a b".t (id, "n""o") VALUES (?, ?), (7, ?)', 'lake."a b".t', 'id, "n""o"', [0, 1, 1]],
  ["insert into t (a, b, c) values (? + 1, lower(?), '?,(')", "t", "a, b, c", [null, null]],
  ["insert into t values (coalesce(?, ?), /* ?, */ ?) -- ?", "t", null, [null, null, 1]],
])("%s", (sql, table, columns, places) => {
  expect(insertedParameters(sql)).toEqual({ table, columns, places });
});

test.each(["insert into t select ?", "select ?", "update t set a = ?", "values (?)"])("%s is none", (sql) => {
  expect(insertedParameters(sql)).toBeNull();
});
