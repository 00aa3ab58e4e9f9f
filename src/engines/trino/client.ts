import { connectionFailure, type Asked, type ConnectionFailure } from "./connection-failure.ts";
import { NOT_ACCEPTED } from "./traits.ts";
import { TrinoError, type TextPlace } from "./errors.ts";
import type { Page, PageColumn, TrinoTransport } from "./transport.ts";

export interface TrinoResult {
  readonly queryId: string;
  readonly columns: readonly PageColumn[];
  readonly rows: readonly (readonly unknown[])[];
  /** `CREATE TABLE`, `INSERT` …; null for queries. */
  readonly updateType: string | null;
  readonly updateCount: number | null;
}

/** Waits between tries; tests give one that does not wait. */
export type Wait = (ms: number) => Promise<void>;

const realWait: Wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

interface ClientOptions {
  readonly wait?: Wait;
  /** False: where nobody listens, that is the answer; whoever asks has something else to do. */
  readonly waitsForServer?: boolean;
}

/** Statements that may be sent twice without harm. */
const READS =
  /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:select|with|show|describe|explain(?!\s+analyze)|values|table|use|set|reset)\b/i;

/** Runs one statement at a time, to its end. Throws TrinoError. */
export class TrinoClient {
  private readonly transport: TrinoTransport;
  private readonly attempts: number;
  private readonly wait: Wait;
  private readonly waitsForServer: boolean;
  private running: string | null = null;
  private ended: string | null = null;
  private cancelled = false;

  constructor(
    transport: TrinoTransport,
    attempts: number,
    { wait = realWait, waitsForServer = true }: ClientOptions = {},
  ) {
    this.transport = transport;
    this.attempts = attempts;
    this.wait = wait;
    this.waitsForServer = waitsForServer;
  }

  /** `place`: where the text stands in what the caller knows. */
  async run(sql: string, place: TextPlace | null = null): Promise<TrinoResult> {
    let queryId = "";
    let columns: readonly PageColumn[] = [];
    // Any page may be the one that says what the statement was and how much it wrote.
    let update: Pick<Page, "updateType" | "updateCount"> = {};
    const rows: (readonly unknown[])[] = [];
    for await (const page of this.pages(sql, place)) {
      queryId = page.id;
      if (page.columns !== undefined) ({ columns } = page);
      const { updateType = update.updateType, updateCount = update.updateCount } = page;
      update = { ...(updateType && { updateType }), ...(updateCount !== undefined && { updateCount }) };
      for (const row of page.data ?? []) rows.push(row);
    }
    const { updateType, updateCount } = update;
    return {
      queryId,
      columns,
      rows,
      updateType: updateType ?? null,
      updateCount: updateCount === undefined ? null : Number(updateCount),
    };
  }

  /** The pages of a result as they come. Who stops before the last one ends the query. */
  async *pages(sql: string, place: TextPlace | null = null): AsyncGenerator<Page> {
    this.cancelled = false;
    let page = await this.submit(sql);
    let isOver = false;
    try {
      for (;;) {
        this.running = page.id;
        if (page.error !== undefined) {
          isOver = true;
          throw new TrinoError(page.error, page.id, place);
        }
        isOver = page.nextUri === undefined;
        yield page;
        if (page.nextUri === undefined) break;
        page = await this.next(page.nextUri, page.id);
      }
    } finally {
      this.running = null;
      // The cancel may have come while the statement was on its way, when its id was not known yet.
      if (this.isCancelled() || !isOver) this.end(page.id);
    }
  }

  /** Ends what runs; it then rejects. */
  cancel(): void {
    this.cancelled = true;
    if (this.running !== null) this.end(this.running);
  }

  /** A question of its own: TypeScript believes that a field stays as it was set, also across an await. */
  private isCancelled(): boolean {
    return this.cancelled;
  }

  private end(queryId: string): void {
    if (this.ended === queryId) return;
    this.ended = queryId;
    void this.transport.cancel(queryId).catch(() => undefined);
  }

  /** A write whose connection broke may have been accepted: only what did surely not arrive is sent again. */
  private submit(sql: string): Promise<Page> {
    const isRead = READS.test(sql);
    return this.retrying(
      "statement",
      () => this.transport.submit(sql),
      (failure) => failure.notAccepted || (isRead && failure.passing),
      (failure) =>
        failure.passing && !failure.notAccepted
          ? `${failure.text}. The statement had been sent: whether it ran is unknown. Look at the table before running it again.`
          : failure.text,
    );
  }

  /** Pages are numbered: asking for one again is safe. */
  private next(uri: string, queryId: string): Promise<Page> {
    return this.retrying(
      "page",
      () => this.transport.next(uri),
      (failure) => failure.passing,
      (failure) => `${failure.text} (query ${queryId})`,
    );
  }

  private async retrying(
    asked: Asked,
    send: () => Promise<Page>,
    again: (failure: ConnectionFailure) => boolean,
    text: (failure: ConnectionFailure) => string,
  ): Promise<Page> {
    for (let attempt = 1; ; attempt++) {
      if (this.cancelled) throw new TrinoError({ message: "The run was cancelled", errorName: "USER_CANCELED" }, null);
      try {
        return await send();
      } catch (error) {
        const failure = connectionFailure(error, asked);
        const isEnd = failure.nobodyListens && !this.waitsForServer;
        if (attempt >= this.attempts || isEnd || !again(failure))
          throw new TrinoError(
            { message: text(failure) },
            null,
            null,
            failure.hint,
            asked === "statement" && failure.notAccepted ? NOT_ACCEPTED : undefined,
          );
        await this.wait(failure.retryAfter ?? delay(attempt));
      }
    }
  }
}

/** Doubles from 100 ms to 10 s, with jitter so that threads do not return together. */
function delay(attempt: number): number {
  return Math.min(10_000, 100 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}
