import type { BridgeAnswers, BridgeRequest, RenderJob } from "../contracts/bridge.ts";
import type {
  AdapterResponse,
  EngineConnection,
  ExecuteOptions,
  PythonJob,
  QueryResult,
  SqlComment,
} from "../contracts/engine.ts";
import type { Emit } from "../contracts/events.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { RelationParts } from "../contracts/relation.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import { publicNode } from "../context/node-relation.ts";
import type { RefLookup } from "../context/ref-lookup.ts";
import { withComment } from "../shared/sql-comment.ts";
import { answerReference, type WhereFound } from "../4-compilation/answer-reference.ts";
import { referenceKey, type KnownReferences, type Resolving } from "../4-compilation/resolve-reference.ts";
import type { Deferral } from "./deferral.ts";
import type { RelationCache } from "./relation-cache.ts";

export interface BridgeServices {
  readonly manifest: Manifest;
  readonly lookup: RefLookup;
  readonly whereFound: WhereFound;
  readonly cache: RelationCache;
  /** Null: nothing is deferred. */
  readonly deferral: Deferral | null;
  readonly emit: Emit;
  readonly hasTransactions: boolean;
  /** Takes a file's rows into a table by another engine; null: done, else why not. */
  readonly loadRows: (relation: RelationParts, columns: readonly string[], file: string) => Promise<string | null>;
  /** A text in the language of this engine; rejects where it could mean something else in it. */
  readonly translate: (sql: string, from: string) => Promise<string>;
  /** What is sent with the statements of a node; `connection` names those of no node. Throws what its template throws. */
  readonly queryComment: (connection: string, node: object | null) => SqlComment | null;
}

/** Answers one worker's requests over the worker's own database connection. */
export class BridgeServer {
  private readonly services: BridgeServices;
  private readonly connection: EngineConnection;
  /** As dbt's log names it: by what uses it now. */
  private connectionName = "master";
  private inTransaction = false;
  private interrupted = false;
  nodeId: string | null = null;
  /** Rendered once a job. */
  private comment: SqlComment | null = null;
  /** References the worker knows already. */
  private readonly told = new Set<string>();

  constructor(services: BridgeServices, connection: EngineConnection) {
    this.services = services;
    this.connection = connection;
  }

  async answer(request: BridgeRequest): Promise<unknown> {
    const { cache, manifest } = this.services;
    switch (request.op) {
      case "execute":
        return this.execute(request.sql, request.autoBegin, request.fetch, request.bindings);
      case "describe":
        return this.describe(request.sql);
      case "load-rows":
        return this.services.loadRows(request.relation, request.columns, request.file);
      case "run-python":
        return this.runPython(request.job);
      case "begin":
        return this.begin();
      case "commit":
        return this.commit();
      case "get-relation":
        return cache.get(request.database, request.schema, request.identifier);
      case "list-relations":
        return cache.list(request.database, request.schema);
      case "key-constraints":
        return cache.keyConstraints(request.database, request.schema, request.identifier);
      case "cache-added":
        return cache.added(request.relation);
      case "cache-dropped":
        return cache.dropped(request.relation);
      case "cache-renamed":
        return cache.renamed(request.from, request.to);
      case "schema-dropped": {
        cache.schemaDropped(request.database, request.schema);
        return;
      }
      case "resolve-ref":
      case "resolve-source":
      case "resolve-function":
        return this.resolve(request);
      case "translate":
        return this.services.translate(request.sql, request.from);
      case "node":
        return manifest.nodes[request.id] ?? manifest.functions[request.id] ?? null;
      case "graph":
        return flatGraph(manifest);
    }
  }

  startNode(job: RenderJob): void {
    this.connection.startNode?.(nodeOf(job)?.config ?? null);
    const node = commentedNode(job);
    this.connectionName = node?.unique_id ?? connectionName(job);
    this.comment = this.services.queryComment(this.connectionName, node);
  }

  /** What the job's node refers to, as far as its worker has not been told: most renders then ask nothing. */
  referencesOf(job: RenderJob): KnownReferences {
    const found: KnownReferences = new Map();
    for (const request of requestsOf(job)) {
      const key = referenceKey(request);
      if (this.told.has(key)) continue;
      const answer = answerReference(request, this.services);
      // Whether a node is read where it would be built hangs on what is there when it is read.
      if (this.services.deferral?.mayApply(answer) === true) continue;
      this.told.add(key);
      found.set(key, answer);
    }
    return found;
  }

  private async resolve(request: Resolving): Promise<BridgeAnswers[Resolving["op"]]> {
    const answer = answerReference(request, this.services);
    const { deferral, cache } = this.services;
    return deferral === null ? answer : deferral.apply(answer, cache);
  }

  private async execute(
    sql: string,
    autoBegin: boolean,
    fetch: boolean,
    bindings?: readonly unknown[],
  ): Promise<QueryResult> {
    this.refuseWhenInterrupted();
    if (autoBegin) await this.begin();
    this.refuseWhenInterrupted();
    const result = await this.send(sql, fetch, { bindings, comment: this.comment });
    this.followTransaction(sql);
    return result;
  }

  private async describe(sql: string): Promise<BridgeAnswers["describe"]> {
    this.refuseWhenInterrupted();
    this.note(sql, this.comment);
    return this.connection.describe(sql, this.comment);
  }

  /** The tables are made in a transaction that the materialization commits. */
  private async runPython(job: PythonJob): Promise<AdapterResponse> {
    this.refuseWhenInterrupted();
    const { nodeId } = this;
    if (this.connection.runPython === undefined || nodeId === null)
      throw new Error("bug: a Python model on an engine that runs none");
    // The model reads on a connection of its own, which sees only what is committed: hooks may have written before.
    await this.commit();
    const say = (message: string): void => this.services.emit({ kind: "log", level: "info", message, nodeId });
    const statements = await this.connection.runPython(job, say);
    await this.begin();
    for (const sql of statements) {
      this.refuseWhenInterrupted();
      await this.send(sql, false, { comment: this.comment });
    }
    return { _message: "OK" };
  }

  /** Every statement is in the log, those around transactions too: the log can be replayed. */
  private async send(sql: string, fetch: boolean, options: ExecuteOptions = {}): Promise<QueryResult> {
    this.note(sql, options.comment ?? null);
    return this.connection.execute(sql, fetch, options);
  }

  private note(sql: string, comment: SqlComment | null): void {
    const { text } = withComment(sql, comment);
    this.services.emit({ kind: "sql", connection: this.connectionName, nodeId: this.nodeId, text });
  }

  /** Macros may write BEGIN and COMMIT themselves. */
  private followTransaction(sql: string): void {
    const word = /^\s*(begin|commit|rollback)\b[^;]*;?\s*$/i.exec(sql)?.[1]?.toLowerCase();
    if (word !== undefined) this.inTransaction = word === "begin";
  }

  private async begin(): Promise<null> {
    if (!this.inTransaction && this.services.hasTransactions) {
      await this.send("BEGIN", false);
      this.inTransaction = true;
    }
    return null;
  }

  private async commit(): Promise<null> {
    if (this.inTransaction) {
      this.inTransaction = false;
      await this.send("COMMIT", false);
    }
    return null;
  }

  /** After a node: whatever it left open is undone. */
  async settle(): Promise<void> {
    await this.rollBack();
    await this.connection.endPython?.();
  }

  private async rollBack(): Promise<void> {
    if (!this.inTransaction) return;
    this.inTransaction = false;
    try {
      await this.send("ROLLBACK", false);
    } catch {
      // A failed COMMIT has already undone the transaction; there is nothing left to roll back.
    }
  }

  /** Ends the running statement; nothing more is started, but for what undoes an open transaction. */
  interrupt(): void {
    this.interrupted = true;
    this.connection.interrupt();
  }

  private refuseWhenInterrupted(): void {
    if (this.interrupted) throw Object.assign(new Error("The run was cancelled"), { pythonType: "KeyboardInterrupt" });
  }

  close(): void {
    this.connection.close();
  }
}

function nodeOf(job: RenderJob): ManifestNode | null {
  return "node" in job ? job.node : job.kind === "unit-test" ? job.model : null;
}

/** Hooks of a run belong to no node: dbt runs them on its main connection. */
function commentedNode(job: RenderJob): { readonly unique_id: string } | null {
  if (job.kind === "unit-test") return job.unitTest;
  if (job.kind === "freshness") return job.source;
  return job.kind === "hook" ? null : nodeOf(job);
}

function connectionName(job: RenderJob): string {
  return (job.kind === "macro" ? job.connection : undefined) ?? "master";
}

/** The references that parsing found in a job's node. */
function requestsOf(job: RenderJob): Resolving[] {
  const node = nodeOf(job);
  if (node === null) return [];
  const fromPackage = node.package_name;
  return [
    ...node.refs.map((ref): Resolving => ({ op: "resolve-ref", ref, fromPackage })),
    ...node.functions.map((args): Resolving => ({ op: "resolve-function", args, fromPackage })),
    ...node.sources.map(([source = "", table = ""]): Resolving => ({
      op: "resolve-source",
      source,
      table,
      fromPackage,
    })),
  ];
}

/** `graph` as templates see it. */
function flatGraph(manifest: Manifest): JsonObject {
  const plain = (record: Record<string, object>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(record).map(([id, node]) => [id, publicNode(node)]));
  return {
    nodes: plain(manifest.nodes),
    sources: plain(manifest.sources),
    exposures: plain(manifest.exposures),
    groups: plain(manifest.groups),
    metrics: plain(manifest.metrics),
    semantic_models: plain(manifest.semantic_models),
    saved_queries: plain(manifest.saved_queries),
  } as JsonObject;
}
