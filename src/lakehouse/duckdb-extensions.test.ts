import { version } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { LOCK } from "./lock.ts";

test("the extensions are those of the DuckDB that comes with the program", () => {
  expect(version()).toBe(`v${LOCK.duckdb}`);
  for (const wheels of Object.values(LOCK.extensions))
    expect(wheels?.map(({ name }) => name)).toEqual(["avro", "httpfs", "iceberg"]);
});
