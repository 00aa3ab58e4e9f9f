import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { SqlReader, SqlTree } from "../../contracts/query-shape.ts";
import { isRecord } from "../../shared/objects.ts";

/** Without the cast DuckDB cannot tell the parameter's type; without what is left out the text is five times as long. */
const SERIALIZE = "SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)";

/**
 * DuckDB's own parser, on an in-memory instance that all questions share and that no database of a run is part of. The instance
 * starts with the first question.
 */
export function createDuckDbSqlReader(): SqlReader {
  let connection: Promise<DuckDBConnection> | undefined;
  return {
    async read(sql) {
      connection ??= connect();
      const reader = await (await connection).runAndReadAll(SERIALIZE, [sql]);
      const [[json] = []] = reader.getRows();
      return toTree(JSON.parse(String(json)));
    },
  };
}

async function connect(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  return instance.connect();
}

function toTree(answer: unknown): SqlTree {
  if (!isRecord(answer)) return { ok: false, reason: "no answer", syntax: false };
  if (answer.error === true) {
    return { ok: false, reason: String(answer.error_message), syntax: answer.error_type === "parser" };
  }
  const statements = Array.isArray(answer.statements) ? (answer.statements as unknown[]) : [];
  if (statements.length !== 1) return { ok: false, reason: "not read as one statement", syntax: false };
  return { ok: true, tree: statements[0] };
}
