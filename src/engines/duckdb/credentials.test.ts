import { expect, test } from "vitest";
import { duckLakeDatabases } from "./credentials.ts";

test.each([
  [{ type: "duckdb", path: "a.db" }, []],
  [{ type: "duckdb", path: "my.a.db", is_ducklake: true }, ["my"]],
  [{ type: "duckdb", path: "ducklake:sqlite:files/my.meta.sqlite" }, ["my.meta"]],
  [
    {
      type: "duckdb",
      path: "a.db",
      attach: [
        { path: "other.db" },
        { path: "DuckLake:meta.ducklake", alias: "lake" },
        { path: "plain.db", is_ducklake: true },
        { path: "secret_of_it", type: "ducklake", alias: "named" },
      ],
    },
    ["lake", "plain", "named"],
  ],
])("%j", (fields, expected) => {
  expect(duckLakeDatabases(fields)).toEqual(expected);
});
