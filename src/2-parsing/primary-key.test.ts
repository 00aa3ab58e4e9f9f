import { expect, test } from "vitest";
import type { ManifestNode } from "../contracts/manifest.ts";
import { primaryKey } from "./primary-key.ts";

const model = (parts: object = {}): ManifestNode =>
  ({ constraints: [], columns: {}, ...parts }) as unknown as ManifestNode;

const tested = (name: string, kwargs: object, enabled = true): ManifestNode =>
  ({ test_metadata: { namespace: null, name, kwargs }, config: { enabled } }) as unknown as ManifestNode;

test("a primary key constraint wins over tests", () => {
  const node = model({ constraints: [{ type: "primary_key", columns: ["a", "b"] }] });
  expect(primaryKey(node, [tested("unique", { column_name: "c" })])).toEqual(["a", "b"]);
});

test("a column's constraint counts too", () => {
  const node = model({ columns: { id: { name: "id", constraints: [{ type: "primary_key" }] } } });
  expect(primaryKey(node, [])).toEqual(["id"]);
});

test("unique and not null wins over unique alone", () => {
  const tests = [
    tested("unique", { column_name: "a" }),
    tested("unique", { column_name: "b" }),
    tested("not_null", { column_name: "b" }),
  ];
  expect(primaryKey(model(), tests)).toEqual(["b"]);
});

test("combinations of columns count as unique", () => {
  const tests = [tested("unique_combination_of_columns", { combination_of_columns: ["a", "b"] })];
  expect(primaryKey(model(), tests)).toEqual(["a", "b"]);
});

test("a test that is switched off is the last resort", () => {
  expect(primaryKey(model(), [tested("unique", { column_name: "a" }, false)])).toEqual(["a"]);
  const both = [tested("unique", { column_name: "a" }, false), tested("unique", { column_name: "b" })];
  expect(primaryKey(model(), both)).toEqual(["b"]);
});
