import { randomUUID } from "node:crypto";
import type { ArrowBatch } from "../../contracts/arrow.ts";
import type { QueryRequest, RunningQuery } from "../../contracts/query.ts";
import type { Decision, Fallback } from "../../contracts/routing.ts";
import { appendRoutingLog } from "../../7-artifacts/routing-log.ts";
import { routingLogPath } from "../routing/record-run.ts";
import type { Session } from "../session.ts";

interface Ended {
  readonly status: "success" | "error" | "cancelled";
  readonly rows: number | null;
  readonly queryId: string | null;
}

/** One line in the routing log for a query, once it has ended; on a target of one engine there is nothing to record. */
export class QueryRecord {
  private readonly session: Session;
  private readonly request: QueryRequest;
  private readonly text: { readonly sql?: string };
  private readonly invokedAt = new Date();
  private readonly startedAt = performance.now();
  private isWritten = false;

  /** `withText`: the query is the caller's own; a stranger's may hold what is nobody's business. */
  constructor(session: Session, request: QueryRequest, withText: boolean) {
    this.session = session;
    this.request = request;
    this.text = withText ? { sql: request.sql } : {};
  }

  /** The query, which is on record when its rows have come, or when it is closed. */
  of(query: RunningQuery, fallback: Fallback | null): RunningQuery {
    const { decision, stream } = query;
    const { queryId, affected } = stream;
    let rows = 0;
    const ended = (status: Ended["status"]): void => {
      this.write(decision, fallback, { status, rows: affected ?? rows, queryId });
    };
    async function* counted(): AsyncGenerator<ArrowBatch> {
      for await (const batch of stream.batches) {
        rows += batch.length;
        yield batch;
      }
    }
    return {
      decision,
      stream: { ...stream, batches: this.watched(counted(), ended) },
      close: async () => {
        // Who wants no more rows has what was asked for.
        ended(this.request.signal?.aborted === true ? "cancelled" : "success");
        await query.close();
      },
    };
  }

  failed(decision: Decision, fallback: Fallback | null): void {
    const status = this.request.signal?.aborted === true ? "cancelled" : "error";
    this.write(decision, fallback, { status, rows: null, queryId: null });
  }

  private async *watched(
    batches: AsyncIterable<ArrowBatch>,
    ended: (status: Ended["status"]) => void,
  ): AsyncGenerator<ArrowBatch> {
    try {
      yield* batches;
      ended("success");
    } catch (error) {
      ended(this.request.signal?.aborted === true ? "cancelled" : "error");
      throw error;
    }
  }

  private write(decision: Decision, fallback: Fallback | null, { status, rows, queryId }: Ended): void {
    const { invocation, hybrid, targetFolder } = this.session;
    if (this.isWritten || hybrid === null || !invocation.flags.write_json) return;
    this.isWritten = true;
    const line = {
      ...decision,
      run_id: randomUUID(),
      invoked_at: this.invokedAt.toISOString(),
      status,
      duration_ms: Math.round(performance.now() - this.startedAt),
      queue_ms: null,
      rows,
      bytes: null,
      query_id: queryId,
      fallback: fallback === null ? null : { from: fallback.from, code: fallback.code, message: fallback.message },
      ...this.text,
    };
    try {
      appendRoutingLog(routingLogPath(targetFolder), [line], invocation);
    } catch {
      // A full disk or a folder that may not be written to is no reason to fail a query that ran.
    }
  }
}
