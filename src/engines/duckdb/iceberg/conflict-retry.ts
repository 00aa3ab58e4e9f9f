import type { ExecuteOptions } from "../../../contracts/engine.ts";
import { errorMessage } from "../../../shared/objects.ts";

export interface Statement extends ExecuteOptions {
  readonly sql: string;
}

/** A statement that only begins or ends a transaction. */
const TRANSACTION = /^\s*(begin|commit|rollback|start\s+transaction|end|abort)\b[^;]*;?\s*$/i;
const ATTEMPTS = 8;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

interface Options {
  /** Mends what a statement ran into; false: that is not to be mended. */
  readonly mend: (sql: string, message: string) => Promise<boolean>;
  /** A test puts its own in. */
  readonly wait?: (ms: number) => Promise<void>;
}

/**
 * Iceberg commits are optimistic: who comes second is refused (HTTP 409) and loses the transaction, also where both only
 * append. What was sent since BEGIN is then sent once more, on top of what the other one wrote. A statement outside of a
 * transaction is one by itself.
 */
export class ConflictRetry {
  /** Null: no transaction is open. */
  private sent: Statement[] | null = null;
  private readonly wait: (ms: number) => Promise<void>;
  private readonly mend: Options["mend"];

  constructor({ mend, wait }: Options) {
    this.mend = mend;
    this.wait = wait ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  }

  /** Sends a statement; `send` may be called again with it, and with those before it. */
  async run<T>(statement: Statement, send: (statement: Statement) => Promise<T>): Promise<T> {
    const word = TRANSACTION.exec(statement.sql)?.[1]?.toLowerCase();
    const before = this.sent;
    if (word !== undefined) this.sent = null;
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) await this.sendAgain(before ?? [], send);
        const result = await send(statement);
        this.remember(statement, word);
        return result;
      } catch (error) {
        if (attempt >= ATTEMPTS || !(await this.mayRepeat(statement, errorMessage(error), attempt))) throw error;
        // What failed before its COMMIT left the transaction open.
        if (before !== null && word === undefined) await send({ sql: "ROLLBACK" }).catch(() => undefined);
      }
    }
  }

  private async mayRepeat({ sql }: Statement, message: string, attempt: number): Promise<boolean> {
    if (isLostRace(message)) {
      await this.wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.5 + Math.random()));
      return true;
    }
    return attempt === 1 && (await this.mend(sql, message));
  }

  private async sendAgain(
    statements: readonly Statement[],
    send: (statement: Statement) => Promise<unknown>,
  ): Promise<void> {
    try {
      for (const statement of statements) await send(statement);
    } catch (error) {
      // The caller believes that its COMMIT ended the transaction.
      await send({ sql: "ROLLBACK" }).catch(() => undefined);
      throw error;
    }
  }

  private remember(statement: Statement, word: string | undefined): void {
    if (word === "begin" || word?.startsWith("start") === true) this.sent = [statement];
    // Reads change nothing; their answers have been given.
    else if (
      word === undefined &&
      this.sent !== null &&
      !/^\s*(select|describe|explain|show|from)\b/i.test(statement.sql)
    )
      this.sent.push(statement);
  }
}

/** Another writer was first. A name that is taken already is also a 409, but it stays one. */
function isLostRace(message: string): boolean {
  return /CommitFailedException|Conflict_409|CommitConflict/i.test(message) && !/already\s?exists/i.test(message);
}
