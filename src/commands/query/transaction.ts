import type { ArrowBatch, EngineStream } from "../../contracts/arrow.ts";
import { fail } from "../../contracts/diagnostic.ts";
import type { EngineConnection, EngineSession } from "../../contracts/engine.ts";
import type { QueryTransaction } from "../../contracts/query.ts";

/** A transaction on the one engine that has them: a connection of its own, on which one statement runs at a time. */
export class EngineTransaction implements QueryTransaction {
  readonly engine: string;
  /** It has written: what it wrote is seen on its own engine alone. */
  hasWritten = false;
  private readonly connection: EngineConnection;
  private last: Promise<unknown> = Promise.resolve();
  private isOver = false;

  private constructor(engine: string, connection: EngineConnection) {
    this.engine = engine;
    this.connection = connection;
  }

  static async begin(engines: ReadonlyMap<string, EngineSession>): Promise<EngineTransaction> {
    for (const [name, engine] of engines) {
      if (!engine.hasTransactions) continue;
      const connection = await engine.connect("transaction");
      await connection.execute("begin transaction", false);
      return new EngineTransaction(name, connection);
    }
    return fail(
      "DH1811",
      "No engine of this target has transactions: every statement is committed by itself",
      null,
      "Use autocommit.",
    );
  }

  /** When what came before has ended. */
  async use<T>(work: (connection: EngineConnection) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => {
      if (this.isOver) fail("DH1811", "The transaction has ended");
      return work(this.connection);
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async end(action: "commit" | "rollback"): Promise<void> {
    try {
      await this.use((connection) => connection.execute(action, false));
    } finally {
      this.isOver = true;
      this.connection.close();
    }
  }
}

/** Rows that are there whatever runs next: the next statement of a connection ends those that are still being read. */
export async function wholeStream(stream: EngineStream): Promise<EngineStream> {
  const batches: ArrowBatch[] = [];
  for await (const batch of stream.batches) batches.push(batch);
  return { ...stream, batches: given(batches) };
}

async function* given(batches: readonly ArrowBatch[]): AsyncGenerator<ArrowBatch> {
  yield* batches;
  await Promise.resolve();
}
