import { describe, expect, test, vi } from "vitest";
import { createDuckDbSqlReader } from "../../../src/engines/duckdb/sql-reader.ts";
import { analyzeQuery } from "../../../src/entry/sql.ts";
import { readDuckDbTree } from "../../../src/sql/readers/duckdb-tree.ts";
import { readPolyglotTree } from "../../../src/sql/readers/polyglot-tree.ts";
import { parsePolyglot } from "../../../src/sql/readers/polyglot.ts";
import { isRisky, readPostgresTree } from "../../../src/sql/readers/postgres-tree.ts";
import { parsePostgres } from "../../../src/sql/readers/postgres.ts";
import { ShapeBuilder } from "../../../src/sql/shape-builder.ts";
import { tokenize } from "../../../src/sql/tokens.ts";
import { SHAPE_CASES } from "./shape-cases.ts";

// The first question loads 22 MB of WebAssembly, perhaps beside other tests.
vi.setConfig({ testTimeout: 60_000 });

const duckdb = createDuckDbSqlReader();

type Read = (sql: string, into: ShapeBuilder) => Promise<void>;
const polyglot =
  (dialect: "duckdb" | "trino"): Read =>
  async (sql, into) => {
    const result = await parsePolyglot(sql, dialect);
    if (!result.ok) throw new Error(result.reason);
    readPolyglotTree(result.tree, into);
  };
const READERS: Readonly<Record<string, Read>> = {
  d: async (sql, into) => {
    const result = await duckdb.read(sql);
    if (!result.ok) throw new Error(result.reason);
    readDuckDbTree(result.tree, into);
  },
  p: polyglot("duckdb"),
  t: polyglot("trino"),
  n: async (sql, into) => {
    const tokens = tokenize(sql, "trino");
    if (isRisky(tokens)) throw new Error("a text that it reads wrongly");
    readPostgresTree(await parsePostgres(sql), tokens, into);
  },
};

async function shapeBy(reader: string, sql: string) {
  const into = new ShapeBuilder();
  await READERS[reader]!(sql, into);
  return into.shape(reader, "select");
}

describe("every reader gives the same shape", () => {
  test.each(SHAPE_CASES)("$sql", async ({ sql, readers, facts }) => {
    for (const reader of readers) expect(await shapeBy(reader, sql)).toMatchObject(facts);
    // Who is not named either refuses the text or sees the same: no reader may be silently wrong.
    for (const reader of Object.keys(READERS).filter((name) => !readers.includes(name))) {
      const shape = await shapeBy(reader, sql).catch(() => null);
      if (shape !== null) expect(shape, `read by ${reader}`).toMatchObject(facts);
    }
    for (const dialect of ["duckdb", "trino"] as const) {
      const shape = await analyzeQuery(sql, dialect);
      if (shape.known) expect(shape).toMatchObject({ ...facts, unknown_reason: null });
      else expect(shape).toMatchObject({ complexity: null, joined_tables: null, tables: [] });
    }
  });
});
