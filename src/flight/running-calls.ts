import type { Emit } from "../contracts/events.ts";
import { FlightError } from "./status.ts";

/** What one user may have at a time, or get with one call; Infinity: any amount. */
export interface UserLimits {
  /** Queries and uploads that run at once. */
  readonly queries: number;
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Who calls what, and what came of it; for the log. */
interface CallRecord {
  readonly method: string;
  readonly user: string;
  readonly startedAt: number;
  queryId: string | null;
  rows: number;
  bytes: number;
  about: string;
}

/** A query or an upload that runs. */
export interface CallWork {
  /** A client's cancel, its deadline, the action `cancel`, or the limit of time. */
  readonly signal: AbortSignal;
  /** Rows that go to the client or come from it; throws where the user may have no more. */
  readonly count: (rows: number, bytes: number) => void;
  /** Said in the log. */
  readonly note: (text: string) => void;
}

interface Call {
  on(event: "cancelled", listener: () => void): unknown;
}

/** Without a login nobody has a name. */
const NOBODY = "anonymous";

/** What runs at the moment and for whom, so that it can be cancelled by its id, held to its limits, waited for, and logged. */
export class RunningCalls {
  private readonly calls = new Map<string, AbortController>();
  private readonly records = new WeakMap<Call, CallRecord>();
  private readonly byUser = new Map<string, number>();
  private readonly work = new Set<Promise<unknown>>();
  private readonly limits: UserLimits;
  private readonly emit: Emit;
  private next = 1;

  constructor(limits: UserLimits, emit: Emit) {
    this.limits = limits;
    this.emit = emit;
  }

  /** A call that has come; `user` null: there is no login. */
  begin(call: Call, method: string, user: string | null): void {
    const record = { method, user: user ?? NOBODY, startedAt: performance.now(), queryId: null };
    this.records.set(call, { ...record, rows: 0, bytes: 0, about: "" });
  }

  /** It has ended, well or with a status. */
  end(call: Call, status: string): void {
    const record = this.records.get(call);
    if (record === undefined) return;
    const { method, user, queryId, rows, bytes, about } = record;
    const duration = Math.round(performance.now() - record.startedAt);
    const data = { call: method, user, query_id: queryId, status, rows, bytes, duration_ms: duration };
    const words = [method, `of ${user}`, queryId === null ? "" : `(${queryId})`, about].filter((word) => word !== "");
    const message = `${words.join(" ")}: ${status}, ${String(rows)} rows, ${String(duration)} ms`;
    // Calls that only look around would hide the others.
    this.emit({ kind: "log", level: queryId === null ? "debug" : "info", message, data });
  }

  /** Runs a query or an upload. */
  async run<T>(call: Call, id: string | null, use: (work: CallWork) => Promise<T>): Promise<T> {
    const key = id ?? `query-${String(this.next++)}`;
    const record = this.records.get(call);
    if (record !== undefined) record.queryId = key;
    const user = record?.user ?? NOBODY;
    const running = (this.byUser.get(user) ?? 0) + 1;
    if (running > this.limits.queries)
      throw exhausted(`${user} has ${String(this.limits.queries)} queries running, and no more are allowed at once`);
    const controller = new AbortController();
    call.on("cancelled", () => controller.abort());
    this.calls.set(key, controller);
    this.byUser.set(user, running);
    let overdue: FlightError | null = null;
    const clock = afterSeconds(this.limits.seconds, () => {
      overdue = exhausted(`The query ran for more than ${String(this.limits.seconds)} seconds`);
      controller.abort(overdue);
    });
    const start = async (): Promise<T> =>
      use({
        signal: controller.signal,
        count: (rows, bytes) => this.count(record, rows, bytes),
        note: (text) => {
          if (record !== undefined) record.about = text;
        },
      });
    // What fails before its first wait ends like all other work.
    const work = start();
    this.work.add(work);
    try {
      return await work;
    } catch (error) {
      throw (overdue as FlightError | null) ?? error;
    } finally {
      clearTimeout(clock);
      this.work.delete(work);
      this.byUser.set(user, (this.byUser.get(user) ?? 1) - 1);
      if (this.calls.get(key) === controller) this.calls.delete(key);
    }
  }

  private count(record: CallRecord | undefined, rows: number, bytes: number): void {
    if (record === undefined) return;
    record.rows += rows;
    record.bytes += bytes;
    const { rows: maxRows, bytes: maxBytes } = this.limits;
    if (record.rows > maxRows) throw exhausted(`There are more than ${maxRows.toLocaleString("en")} rows`);
    if (record.bytes > maxBytes) throw exhausted(`There are more than ${maxBytes.toLocaleString("en")} bytes`);
  }

  cancel(id: string): boolean {
    const controller = this.calls.get(id);
    controller?.abort();
    return controller !== undefined;
  }

  cancelAll(): void {
    for (const controller of this.calls.values()) controller.abort();
  }

  async ended(): Promise<void> {
    await Promise.allSettled([...this.work]);
  }
}

function exhausted(what: string): FlightError {
  return new FlightError("RESOURCE_EXHAUSTED", `${what} (a limit of this server)`);
}

/** What a timer can wait for. */
const LONGEST_MS = 2 ** 31 - 1;

function afterSeconds(seconds: number, act: () => void): NodeJS.Timeout | undefined {
  return seconds * 1000 > LONGEST_MS ? undefined : setTimeout(act, seconds * 1000);
}
