import { errorMessage } from "../../shared/objects.ts";
import { TrinoError } from "./errors.ts";
import type { Page, TrinoTransport } from "./transport.ts";

export interface TrinoResult {
  readonly queryId: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** `CREATE TABLE`, `INSERT` …; null for queries. */
  readonly updateType: string | null;
  readonly updateCount: number | null;
}

/** Waits between tries; tests give one that does not wait. */
export type Wait = (ms: number) => Promise<void>;

const realWait: Wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Statements that may be sent twice without harm. */
const READS =
  /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:select|with|show|describe|explain(?!\s+analyze)|values|table|use|set|reset)\b/i;

/** Runs one statement at a time, to its end. Throws TrinoError. */
export class TrinoClient {
  private readonly transport: TrinoTransport;
  private readonly attempts: number;
  private readonly wait: Wait;
  private running: string | null = null;
  private ended: string | null = null;
  private cancelled = false;

  constructor(transport: TrinoTransport, attempts: number, wait: Wait = realWait) {
    this.transport = transport;
    this.attempts = attempts;
    this.wait = wait;
  }

  /** `firstLine`: the line of a longer text at which the statement stands, counted from 0. */
  async run(sql: string, firstLine = 0): Promise<TrinoResult> {
    let page = await this.submit(sql);
    let { columns = [] } = page;
    // Any page may be the one that says what the statement was and how much it wrote.
    let update: Pick<Page, "updateType" | "updateCount"> = {};
    const rows: (readonly unknown[])[] = [];
    try {
      for (;;) {
        this.running = page.id;
        if (page.columns !== undefined) ({ columns } = page);
        const { updateType = update.updateType, updateCount = update.updateCount } = page;
        update = { ...(updateType && { updateType }), ...(updateCount !== undefined && { updateCount }) };
        for (const row of page.data ?? []) rows.push(row);
        if (page.error !== undefined) throw new TrinoError(page.error, page.id, firstLine);
        if (page.nextUri === undefined) break;
        page = await this.next(page.nextUri, page.id);
      }
    } finally {
      this.running = null;
      // The cancel may have come while the statement was on its way, when its id was not known yet.
      if (this.cancelled) this.end(page.id);
    }
    const { updateType, updateCount } = update;
    return {
      queryId: page.id,
      columns,
      rows,
      updateType: updateType ?? null,
      updateCount: updateCount === undefined ? null : Number(updateCount),
    };
  }

  /** Ends what runs; it then rejects. Nothing more is started. */
  cancel(): void {
    this.cancelled = true;
    if (this.running !== null) this.end(this.running);
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
      () => this.transport.next(uri),
      (failure) => failure.passing,
      (failure) => `${failure.text} (query ${queryId})`,
    );
  }

  private async retrying(
    send: () => Promise<Page>,
    again: (failure: Failure) => boolean,
    text: (failure: Failure) => string,
  ): Promise<Page> {
    for (let attempt = 1; ; attempt++) {
      if (this.cancelled) throw new TrinoError({ message: "The run was cancelled", errorName: "USER_CANCELED" }, null);
      try {
        return await send();
      } catch (error) {
        const failure = failureOf(error);
        if (attempt >= this.attempts || !again(failure)) throw new TrinoError({ message: text(failure) }, null);
        await this.wait(failure.retryAfter ?? delay(attempt));
      }
    }
  }
}

/** Doubles from 100 ms to 10 s, with jitter so that threads do not return together. */
function delay(attempt: number): number {
  return Math.min(10_000, 100 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

interface Failure {
  readonly text: string;
  /** It may be over in a moment. */
  readonly passing: boolean;
  /** The request surely did not reach the engine. */
  readonly notAccepted: boolean;
  readonly retryAfter: number | null;
}

const PASSING_CODES = ["ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "ETIMEDOUT", "EPIPE", "EAI_AGAIN", "ERR_NETWORK"];

/** What went wrong between us and the server; never with the request itself, which holds the login. */
function failureOf(error: unknown): Failure {
  const { response, code, config } = error as {
    response?: { status: number; data: unknown; headers: Record<string, string | undefined> };
    code?: string;
    config?: { baseURL?: string };
  };
  const server = config?.baseURL ?? "Trino";
  if (response !== undefined) {
    const { status, data, headers } = response;
    const said = typeof data === "string" && data.length < 500 && !data.includes("<") ? `: ${data.trim()}` : "";
    const login = status === 401 ? ". Look at `method`, `user` and the secrets of the profile" : "";
    const seconds = Number(headers["retry-after"]);
    return {
      text: `${server} answered ${String(status)}${said}${login}`,
      passing: [429, 502, 503, 504].includes(status),
      notAccepted: status === 429 || status === 503,
      retryAfter: seconds > 0 ? seconds * 1000 : null,
    };
  }
  const passing = code !== undefined && PASSING_CODES.includes(code);
  const reason =
    code === undefined
      ? errorMessage(error)
      : `${code}${errorMessage(error).includes(code) ? "" : ` (${errorMessage(error)})`}`;
  return {
    text: `Could not reach ${server}: ${reason}`,
    passing,
    notAccepted: code === "ECONNREFUSED" || code === "EAI_AGAIN",
    retryAfter: null,
  };
}
