import type {
  CatalogColumn,
  EngineConnection,
  EngineSession,
  ExecuteOptions,
  InspectedStatement,
  KeyConstraint,
  QueryResult,
  RelationMeasure,
  RelationName,
  RelationRow,
  RowStage,
  SqlComment,
  TablesOf,
  WrittenTable,
} from "../../contracts/engine.ts";
import type { ArrowField, EngineStream } from "../../contracts/arrow.ts";
import type { NodeConfig } from "../../contracts/manifest.ts";
import { measureRelations } from "./measure.ts";
import { listRelations, listSchemas, readCatalog } from "./catalog.ts";
import { cellKind, encodeCell } from "./cells.ts";
import { withComment } from "../../shared/sql-comment.ts";
import { TrinoClient, type TrinoResult } from "./client.ts";
import type { TrinoCredentials } from "./credentials.ts";
import { TrinoError, type TextPlace } from "./errors.ts";
import { routingHeaders } from "./routing-headers.ts";
import { insertedParameters } from "./inserted-parameters.ts";
import { splitStatements } from "./split-statements.ts";
import { sqlLiteral, typedLiteral } from "./sql-literal.ts";
import { TrinoTransport } from "./transport.ts";
import { writtenSnapshots } from "./written-snapshots.ts";

const SOURCE = "duckhouse-dbt";

/** A Trino server. Nothing is sent before the first statement. */
export function openTrino(credentials: TrinoCredentials, comment: SqlComment | null = null): EngineSession {
  return new TrinoSession(credentials, comment);
}

class TrinoSession implements EngineSession {
  readonly adapterType = "trino";
  // Each statement is a transaction of its own, as with dbt-trino: connectors hardly offer more.
  readonly hasTransactions = false;
  private readonly credentials: TrinoCredentials;
  private readonly comment: SqlComment | null;
  private own: TrinoConnection | null = null;

  constructor(credentials: TrinoCredentials, comment: SqlComment | null) {
    this.credentials = credentials;
    this.comment = comment;
  }

  /** SET SESSION and the like change the client they run on: each of dbt's threads has its own. */
  connect(): Promise<EngineConnection> {
    return Promise.resolve(this.open(null));
  }

  private open(comment: SqlComment | null): TrinoConnection {
    const transport = new TrinoTransport(this.credentials, SOURCE);
    return new TrinoConnection(transport, new TrinoClient(transport, this.credentials.attempts), comment);
  }

  async probe(): Promise<void> {
    const transport = new TrinoTransport(this.credentials, SOURCE);
    await new TrinoClient(transport, this.credentials.attempts, { waitsForServer: false }).run("select 1");
  }

  private ownConnection(): TrinoConnection {
    return (this.own ??= this.open(this.comment));
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

  async contentVersion(relation: RelationName, tablesOf: TablesOf): Promise<string | null> {
    const { contentVersion } = await import("./content-version.ts");
    const { user, roles, sessionProperties, timezone } = this.credentials;
    return contentVersion(this.ownConnection(), relation, { user, roles, sessionProperties, timezone }, tablesOf);
  }

  async openStage(fields: readonly ArrowField[]): Promise<RowStage> {
    const { openStage } = await import("./stage.ts");
    const { database, schema } = this.credentials;
    const listed = (): Promise<RelationRow[]> => this.listRelations(database, [schema]);
    return openStage(this.open(null), fields, { database, schema, listed });
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
  /** Where none is given with a statement. */
  private readonly comment: SqlComment | null;

  constructor(transport: TrinoTransport, client: TrinoClient, comment: SqlComment | null) {
    this.transport = transport;
    this.client = client;
    this.comment = comment;
  }

  startNode(config: NodeConfig | null): void {
    this.transport.route(config === null ? {} : routingHeaders(config));
  }

  async execute(sql: string, _fetch: boolean, options: ExecuteOptions = {}): Promise<QueryResult> {
    return toQueryResult(await this.runAll(sql, options));
  }

  async inspect(sql: string): Promise<InspectedStatement> {
    const [statement, ...more] = splitStatements(sql);
    if (statement === undefined || more.length > 0) throw severalStatements(more.length);
    const { arrowTypeOf } = await import("./arrow.ts");
    const ask = async (what: string): Promise<readonly (readonly unknown[])[]> =>
      (await this.client.run(what, { before: 0, last: lineCount(what) })).rows;
    const place = { before: statement.line, last: statement.line + lineCount(statement.text) };
    await this.client.run(`PREPARE ${INSPECTED} FROM ${statement.text}`, place);
    try {
      const input = (await ask(`DESCRIBE INPUT ${INSPECTED}`)).map(([, type]) => String(type));
      const types = input.includes(UNKNOWN) ? await this.insertedTypes(statement.text, input) : input;
      const output = await ask(`DESCRIBE OUTPUT ${INSPECTED}`);
      // What only counts its rows has one column, of no table, and that is called so.
      const isCount = output.length === 1 && output[0]?.[0] === "rows" && !QUERY.test(sql);
      return {
        parameters: types.map((type, index) => ({ name: `$${String(index + 1)}`, type: arrowTypeOf(type) })),
        fields: isCount ? [] : output.map((row) => ({ name: String(row[0]), type: arrowTypeOf(String(row[4])) })),
      };
    } finally {
      await ask(`DEALLOCATE PREPARE ${INSPECTED}`);
    }
  }

  /** The types of an INSERT's parameters, where Trino does not say them: those of the columns. */
  private async insertedTypes(sql: string, told: readonly string[]): Promise<readonly string[]> {
    const insert = insertedParameters(sql);
    if (insert === null || insert.places.length !== told.length) return told;
    const text = `select ${insert.columns ?? "*"} from ${insert.table} limit 0`;
    const { columns } = await this.client.run(text, { before: 0, last: lineCount(text) });
    return told.map((type, index) => {
      const column = columns[insert.places[index] ?? -1];
      return type === UNKNOWN && column !== undefined ? column.type : type;
    });
  }

  async stream(sql: string, options: ExecuteOptions = {}): Promise<EngineStream> {
    const { bindings, parameters, comment = this.comment } = options;
    const [statement, ...more] = splitStatements(sql);
    if (statement === undefined || more.length > 0) throw severalStatements(more.length);
    const { streamPages } = await import("./arrow.ts");
    const literals = parameters?.map(typedLiteral) ?? bindings?.map(sqlLiteral);
    const sent = this.toSend(statement, literals, comment);
    return streamPages(this.client.pages(sent.text, sent.place), () => this.client.cancel());
  }

  async describe(sql: string, comment: SqlComment | null = null): Promise<{ name: string; type: string }[]> {
    const { columns } = await this.runAll(sql, { comment });
    // As dbt-trino names them: upper case, without length or precision.
    return columns.map(({ name, type }) => ({ name, type: (type.split("(")[0] ?? type).toUpperCase() }));
  }

  /** One after the other; the last one's result counts. As with dbt-trino, the comment belongs to the text as a whole. */
  private async runAll(sql: string, { bindings, comment = this.comment }: ExecuteOptions): Promise<TrinoResult> {
    let last: TrinoResult | null = null;
    const statements = splitStatements(sql);
    for (const [index, statement] of statements.entries()) {
      const carries = index === (comment?.append === true ? statements.length - 1 : 0);
      const { text, place } = this.toSend(statement, bindings?.map(sqlLiteral), carries ? comment : null);
      last = await this.client.run(text, place);
    }
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

  private toSend(
    { text, line }: { text: string; line: number },
    literals: readonly string[] | undefined,
    comment: SqlComment | null,
  ): { text: string; place: TextPlace } {
    const bound = literals === undefined ? text : bind(text, literals);
    const sent = withComment(bound, comment);
    return { text: sent.text, place: { before: line - sent.linesBefore, last: line + lineCount(bound) } };
  }

  interrupt(): void {
    this.client.cancel();
  }

  close(): void {
    // The protocol is stateless: there is nothing to close.
  }
}

/** `?` outside quotes and comments, each with its value written as a literal. */
function bind(sql: string, literals: readonly string[]): string {
  let next = 0;
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g, (token) =>
    token === "?" ? (literals[next++] ?? "NULL") : token,
  );
}

/** The name of a statement that is asked about; each connection has its own. */
const INSPECTED = "duckhouse_inspected";
/** The type of a parameter that may be anything. */
const UNKNOWN = "unknown";

/** Gives rows of its own, whatever its columns are called. */
const QUERY = /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:select|with|values|table)\b/i;

function severalStatements(more: number): TrinoError {
  const message = `One statement is expected, and the text holds ${String(more)} more`;
  return new TrinoError({ message, errorName: "SYNTAX_ERROR" }, null);
}

function lineCount(text: string): number {
  return text.split("\n").length;
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
