import { expect, test } from "vitest";
import { contractChecksum, unitTestChecksum } from "./dbt-checksums.ts";

// The expected sums are those that dbt-core 1.11 writes for the same input.
test("a unit test's checksum is dbt's", () => {
  const given = [{ input: "ref('a')", rows: [{ a: 1, b: null }], format: "dict", fixture: null }];
  const result = { rows: [{ a: 1 }], format: "dict", fixture: null };
  const sum = unitTestChecksum({ model: "m", given, expect: result, overrides: null, versions: null });
  expect(sum).toBe("38f5cc785ca0e103e7b5b0d6d24192f8eafe567df4e5430123b85fb6c3e879e5");
});

test("a contract's checksum is dbt's, whatever the order of the columns", () => {
  const column = (name: string, constraints: object[] = []): object => ({ name, data_type: "int", constraints });
  const notNull = {
    type: "not_null",
    name: null,
    expression: null,
    warn_unenforced: true,
    warn_unsupported: true,
    to: null,
    to_columns: [],
  };
  const key = { ...notNull, type: "primary_key", columns: ["a"] };
  const node = {
    columns: { b: column("b"), a: column("a", [notNull]) },
    constraints: [key],
    config: { materialized: "table" },
  };
  expect(contractChecksum(node as never)).toBe("ff3cedbd15a43b558f6ce6b97f3fc428d136d8b3ecee3ef1cd8dd4da4724a110");
});
