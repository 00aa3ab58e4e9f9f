import type {
  CatalogColumn,
  EngineConnection,
  EngineSession,
  KeyConstraint,
  QueryResult,
  RelationMeasure,
  RelationName,
  RelationRow,
  WrittenTable,
} from "../../contracts/engine.ts";
import type { NodeConfig } from "../../contracts/manifest.ts";
import { measureRelations } from "./measure.ts";
import { listRelations, listSchemas, readCatalog } from "./catalog.ts";
import { cellKind, encodeCell } from "./cells.ts";
import { TrinoClient, type TrinoResult } from "./client.ts";
import type { TrinoCredentials } from "./credentials.ts";
import { TrinoError } from "./errors.ts";
import { routingHeaders } from "./routing-headers.ts";
import { splitStatements } from "./split-statements.ts";
import { sqlLiteral } from "./sql-literal.ts";
import { TrinoTransport } from "./transport.ts";
import { writtenSnapshots } from "./written-snapshots.ts";

const SOURCE = "duckhouse-dbt";

/** A Trino server. Nothing is sent before the first statement. */
export function openTrino(credentials: TrinoCredentials): EngineSession {
  return new TrinoSession(credentials);
}

class TrinoSession implements EngineSession {
  readonly adapterType = "trino";
  // Each statement is a transaction of its own, as with dbt-trino: connectors hardly offer more.
  readonly hasTransactions = false;
  private readonly credentials: TrinoCredentials;
  private own: TrinoConnection | null = null;

  constructor(credentials: TrinoCredentials) {
    this.credentials = credentials;
  }

  /** SET SESSION and the like change the client they run on: each of dbt's threads has its own. */
  connect(): Promise<EngineConnection> {
    return Promise.resolve(this.open());
  }

  private open(): TrinoConnection {
    const transport = new TrinoTransport(this.credentials, SOURCE);
    return new TrinoConnection(transport, new TrinoClient(transport, this.credentials.attempts));
  }

  private ownConnection(): TrinoConnection {
    return (this.own ??= this.open());
  }

  listRelations(database: string, schemas: readonly string[] | null): Promise<RelationRow[]> {
    return listRelations(this.ownConnection(), database, schemas);
  }

  listKeyConstraints(): Promise<KeyConstraint[]> {
    return Promise.resolve([]);
  }

  listSchemas(database: string): Promise<string[]> {
    return listSchemas(this.ownConnection(), database);
  }

  readCatalog(database: string, schemas: readonly string[]): Promise<CatalogColumn[]> {
    return readCatalog(this.ownConnection(), database, schemas);
  }

  measure(relations: readonly RelationName[]): Promise<(RelationMeasure | null)[]> {
    return measureRelations(this.ownConnection(), relations);
  }

  writtenSnapshots(tables: readonly WrittenTable[]): Promise<(string | null)[]> {
    return writtenSnapshots(this.ownConnection(), tables);
  }

  close(): Promise<void> {
    this.own = null;
    return Promise.resolve();
  }
}

class TrinoConnection implements EngineConnection {
  private readonly transport: TrinoTransport;
  private readonly client: TrinoClient;

  constructor(transport: TrinoTransport, client: TrinoClient) {
    this.transport = transport;
    this.client = client;
  }

  startNode(config: NodeConfig | null): void {
    this.transport.route(config === null ? {} : routingHeaders(config));
  }

  async execute(sql: string, _fetch: boolean, bindings?: readonly unknown[]): Promise<QueryResult> {
    return toQueryResult(await this.runAll(sql, bindings));
  }

  async describe(sql: string): Promise<{ name: string; type: string }[]> {
    const { columns } = await this.runAll(sql);
    // As dbt-trino names them: upper case, without length or precision.
    return columns.map(({ name, type }) => ({ name, type: (type.split("(")[0] ?? type).toUpperCase() }));
  }

  /** One after the other; the last one's result counts. */
  private async runAll(sql: string, bindings?: readonly unknown[]): Promise<TrinoResult> {
    let last: TrinoResult | null = null;
    for (const { text, line } of splitStatements(sql))
      last = await this.client.run(bindings === undefined ? text : bind(text, bindings), line);
    if (last === null)
      throw new TrinoError(
        {
          message: "Tried to run an empty query. A hook with a condition needs SQL in every branch.",
          errorName: "EMPTY_QUERY",
        },
        null,
      );
    return last;
  }

  interrupt(): void {
    this.client.cancel();
  }

  close(): void {
    // The protocol is stateless: there is nothing to close.
  }
}

/** `?` outside quotes and comments, each with its value written as a literal. */
function bind(sql: string, bindings: readonly unknown[]): string {
  let next = 0;
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g, (token) =>
    token === "?" ? sqlLiteral(bindings[next++]) : token,
  );
}

function toQueryResult({ columns, rows, queryId, updateType, updateCount }: TrinoResult): QueryResult {
  const typed = columns.map(({ name, type }) => ({ name, type, kind: cellKind(type) }));
  const code = updateType ?? "SUCCESS";
  // Trino counts only what was written; without a count dbt-trino reports the rows that came back.
  const affected = updateType === null ? rows.length : updateCount;
  return {
    response: {
      _message: affected === null ? code : `${code} (${groups(affected)} rows)`,
      rows_affected: affected ?? -1,
      query_id: queryId,
    },
    columns: typed,
    data: columns.map((column, index) => {
      const kind = cellKind(column.type);
      return rows.map((row) => encodeCell(kind, row[index], column));
    }),
    rowCount: rows.length,
  };
}

/** 1234567 → 1_234_567, as dbt-trino writes counts. */
function groups(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, "_");
}
