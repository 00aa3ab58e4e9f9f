import type { Bridge } from "../contracts/bridge.ts";
import type { AdapterBackend } from "../context/adapter-backend.ts";
import { AgateTable } from "../context/agate.ts";
import { ColumnMemory } from "../context/column-memory.ts";
import { decodeResult } from "../context/decode-result.ts";
import { withTableFile } from "../context/table-file.ts";

/** The adapter's database, reached over the bridge to the main thread. */
export function bridgeBackend(bridge: Bridge): AdapterBackend {
  const columns = new ColumnMemory();
  return {
    columns,
    execute: (sql, autoBegin, fetch, bindings) => {
      columns.follow(sql);
      const result = bridge.request({
        op: "execute",
        sql,
        autoBegin,
        fetch,
        ...(bindings === undefined ? {} : { bindings: bindings }),
      });
      return { response: result.response, table: fetch ? decodeResult(result) : AgateTable.empty() };
    },
    describe: (sql) => bridge.request({ op: "describe", sql }),
    loadRows: (relation, table) =>
      withTableFile(table, (file) => bridge.request({ op: "load-rows", relation, columns: table.columnNames, file })),
    begin: () => void bridge.request({ op: "begin" }),
    commit: () => void bridge.request({ op: "commit" }),
    getRelation: (database, schema, identifier) => bridge.request({ op: "get-relation", database, schema, identifier }),
    listRelations: (database, schema) => bridge.request({ op: "list-relations", database, schema }),
    keyConstraints: (database, schema, identifier) =>
      bridge.request({ op: "key-constraints", database, schema, identifier }),
    cacheAdded: (relation) => void bridge.request({ op: "cache-added", relation }),
    cacheDropped: (relation) => void bridge.request({ op: "cache-dropped", relation }),
    cacheRenamed: (from, to) => void bridge.request({ op: "cache-renamed", from, to }),
    schemaDropped: (database, schema) => void bridge.request({ op: "schema-dropped", database, schema }),
  };
}
