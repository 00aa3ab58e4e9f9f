import { randomBytes } from "node:crypto";
import { framed } from "../../arrow/ipc.ts";
import { schemaMetadata } from "../../arrow/schema.ts";
import type { ArrowBatch, ArrowField, TypedValue } from "../../contracts/arrow.ts";
import type { CurrentPlace, QueryBackend, QueryTransaction, RunningQuery } from "../../contracts/query.ts";
import { FlightError } from "../status.ts";
import { KeptThings } from "./kept-things.ts";

/** Rows of a statement that was run when it was asked about. */
interface StoredResult {
  readonly fields: readonly ArrowField[];
  readonly batches: readonly ArrowBatch[];
}

/** How its client wants a statement to be understood. */
export interface Wishes {
  /** That has to run it; null: the router chooses. */
  readonly engine: string | null;
  /** Of its session; null: the target's. */
  readonly current: CurrentPlace | null;
}

interface Prepared extends Wishes {
  readonly sql: string;
  readonly transaction: string | null;
  readonly isQuery: boolean;
  /** Rows of values that were bound; none: it has no parameters, or they are not bound yet. */
  bound: readonly (readonly TypedValue[])[];
}

/** What a client asks to run. */
export interface Statement extends Wishes {
  readonly sql: string;
  readonly transaction: string | null;
  readonly rows: readonly (readonly TypedValue[])[];
}

const PREPARED_LIMIT = 10_000;
const RESULT_LIMIT = 1000;
const TRANSACTION_LIMIT = 100;

/** What stays between calls: prepared statements, results that wait to be read, transactions. */
export class SqlStatements {
  private readonly backend: QueryBackend;
  private readonly prepared = new KeptThings<Prepared>(PREPARED_LIMIT, "prepared statements");
  private readonly results = new KeptThings<StoredResult>(RESULT_LIMIT, "results");
  private readonly transactions = new KeptThings<QueryTransaction>(TRANSACTION_LIMIT, "transactions", (transaction) => {
    transaction.end("rollback").catch(() => undefined);
  });

  constructor(backend: QueryBackend) {
    this.backend = backend;
  }

  async prepare(
    sql: string,
    transaction: string | null,
    wishes: Wishes,
  ): Promise<{ handle: string; dataset: Buffer; parameters: Buffer }> {
    const request = { sql, latency: null, ...wishes, transaction: this.transactionOf(transaction) };
    const { fields, parameters, isQuery } = await this.backend.inspect(request);
    const handle = this.prepared.keep({ sql, transaction, ...wishes, isQuery, bound: [] });
    return { handle, dataset: frame(fields), parameters: frame(parameters) };
  }

  close(handle: string): void {
    this.prepared.forget(handle);
  }

  bind(handle: string, rows: readonly (readonly TypedValue[])[]): void {
    this.prepared.get(handle).bound = rows;
  }

  /** A prepared statement with what is bound to it. */
  bound(handle: string): Statement {
    const { sql, transaction, engine, current, bound } = this.prepared.get(handle);
    return { sql, transaction, engine, current, rows: bound };
  }

  async begin(): Promise<string> {
    return this.transactions.keep(await this.backend.begin());
  }

  async end(id: string, action: "commit" | "rollback"): Promise<void> {
    const transaction = this.transactions.get(id);
    this.transactions.forget(id, false);
    await transaction.end(action);
  }

  transactionOf(id: string | null): QueryTransaction | null {
    return id === null || id === "" ? null : this.transactions.get(id);
  }

  /**
   * Columns of a statement, and how its rows are got. What only reads runs when they are; everything else at once, because
   * clients that are not interested in rows never ask for them.
   */
  async open(
    statement: Statement,
    signal: AbortSignal,
  ): Promise<{ fields: readonly ArrowField[]; stored: string | null }> {
    const { sql, transaction, engine, current, rows } = statement;
    const request = { sql, latency: null, engine, current, transaction: this.transactionOf(transaction) };
    const { shape } = await this.backend.decide(request);
    if (shape?.statement === "select")
      return { fields: await this.backend.describe({ ...request, parameters: rows[0] }), stored: null };
    const result: { fields: readonly ArrowField[]; batches: ArrowBatch[] } = { fields: [], batches: [] };
    await this.each(statement, signal, async ({ stream }) => {
      result.fields = stream.fields;
      for await (const batch of stream.batches) result.batches.push(batch);
    });
    return { fields: result.fields, stored: this.results.keep(result) };
  }

  /** Rows that were kept, once. */
  takeStored(handle: string): StoredResult {
    const result = this.results.get(handle);
    this.results.forget(handle);
    return result;
  }

  forgetStored(handle: string): boolean {
    return this.results.forget(handle);
  }

  /**
   * Runs a statement for its effect; how many rows it wrote, 0 where nobody counts: to JDBC's driver -1 means that there are
   * rows to ask for, and it runs the statement once more. Several rows of values are written all or none.
   */
  async update(statement: Statement, signal: AbortSignal): Promise<number> {
    const isOwn = statement.rows.length > 1 && statement.transaction === null && this.backend.hasTransactions;
    const own = isOwn ? await this.begin() : null;
    try {
      let count = 0;
      await this.each(own === null ? statement : { ...statement, transaction: own }, signal, async ({ stream }) => {
        await readToEnd(stream.batches);
        count += stream.affected ?? 0;
      });
      if (own !== null) await this.end(own, "commit");
      return count;
    } catch (error) {
      if (own !== null) await this.end(own, "rollback").catch(() => undefined);
      throw error;
    }
  }

  /** Once for each row of values. */
  async each(statement: Statement, signal: AbortSignal, use: (query: RunningQuery) => Promise<void>): Promise<void> {
    const { sql, engine, current } = statement;
    const transaction = this.transactionOf(statement.transaction);
    const rows = statement.rows.length === 0 ? [undefined] : statement.rows;
    for (const parameters of rows) {
      if (signal.aborted) throw new FlightError("CANCELLED", "The query was cancelled");
      const query = await this.backend.run({ sql, latency: null, engine, current, parameters, transaction, signal });
      try {
        await use(query);
      } finally {
        await query.close();
      }
    }
  }

  /** Undoes what nobody has committed. */
  async closeAll(): Promise<void> {
    await Promise.allSettled(this.transactions.takeAll().map((transaction) => transaction.end("rollback")));
  }
}

async function readToEnd(batches: AsyncIterable<unknown>): Promise<void> {
  const reading = batches[Symbol.asyncIterator]();
  while ((await reading.next()).done !== true);
}

function frame(fields: readonly ArrowField[]): Buffer {
  return framed(schemaMetadata(fields));
}

export function newQueryId(): string {
  return randomBytes(16).toString("base64url");
}
