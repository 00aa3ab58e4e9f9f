import type { EngineConnection, EngineSession, QueryResult } from "../../src/contracts/engine.ts";

/** An engine whose statements end as the test says; it knows of no relations. */
export function fakeEngine(
  execute: (sql: string) => Promise<QueryResult>,
): EngineSession & { readonly statements: string[] } {
  const statements: string[] = [];
  const connection: EngineConnection = {
    execute: (sql) => {
      statements.push(sql);
      return execute(sql);
    },
    stream: () => Promise.reject(new Error("not in this test")),
    describe: () => Promise.resolve([]),
    inspect: () => Promise.reject(new Error("not in this test")),
    interrupt: () => undefined,
    close: () => undefined,
  };
  return {
    statements,
    adapterType: "duckdb",
    hasTransactions: true,
    connect: () => Promise.resolve(connection),
    probe: () => Promise.resolve(),
    listRelations: () => Promise.resolve([]),
    listKeyConstraints: () => Promise.resolve([]),
    listSchemas: () => Promise.resolve([]),
    measure: () => Promise.resolve([]),
    readCatalog: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}
