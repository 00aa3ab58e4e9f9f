import type { ArrowBatch, ArrowField } from "../../contracts/arrow.ts";
import { diagnostic, DiagnosticError, fail, type Diagnostic } from "../../contracts/diagnostic.ts";
import type { EngineConnection, EngineError, EngineSession } from "../../contracts/engine.ts";
import type { Invocation } from "../../contracts/invocation.ts";
import type { QueryOutline, QueryRequest, RunningQuery } from "../../contracts/query.ts";
import type { SqlDialect } from "../../contracts/query-shape.ts";
import { ROUTER_DEFAULTS, type Decision, type Fallback } from "../../contracts/routing.ts";
import { openEngines } from "../execution.ts";
import { closeAll, rerouteProject, routeProject, type Route } from "../routing/route-project.ts";
import { openSqlTools, type SqlTools } from "../routing/sql-tools.ts";
import { isUntranslated, RunTranslator } from "../routing/translation.ts";
import { openSession, type Session } from "../session.ts";
import { decideQuery, type DecidedQuery, type QueryOptions } from "./decide-query.ts";
import { moveInputs, type MovedInputs } from "./move-inputs.ts";
import { QueryRecord } from "./record-query.ts";
import { rewriteQuery, type Rewritten } from "./rewrite-query.ts";
import { EngineTransaction, wholeStream } from "./transaction.ts";
import { plainRelations, routedRelations, TableDirectory, type KnownRelation } from "./table-directory.ts";
import { TableRegistry, type KnownTables } from "./table-registry.ts";

export interface RunOptions extends QueryOptions, QueryRequest {
  readonly latency: "low" | null;
  /** Who asks is who runs this program: the text of the query may be kept. */
  readonly isOwn?: boolean;
}

/** An engine refused or failed; the place is one in the text as it was written. */
export class QueryError extends DiagnosticError {
  readonly engineCode: string;

  constructor(entry: Diagnostic, engineCode: string) {
    super([entry]);
    this.engineCode = engineCode;
  }
}

/** The router for queries of any kind, over open engines: analyse → estimate → choose → execute. */
export class QueryService {
  readonly session: Session;
  readonly engines: ReadonlyMap<string, EngineSession>;
  private readonly tools: SqlTools;
  private readonly registry: TableRegistry;
  private readonly translator: RunTranslator;

  private constructor(
    session: Session,
    engines: ReadonlyMap<string, EngineSession>,
    tools: SqlTools,
    registry: TableRegistry,
  ) {
    this.session = session;
    this.engines = engines;
    this.tools = tools;
    this.registry = registry;
    this.translator = new RunTranslator(tools);
  }

  static async open(invocation: Invocation): Promise<QueryService> {
    const session = openSession(invocation);
    const tools = openSqlTools();
    if (session.hybrid === null) {
      const engines = await openEngines(session);
      // Of one engine nothing is known that could grow old.
      const known = { directory: new TableDirectory(session, engines, plainRelations(session)), silent: [] };
      const registry = new TableRegistry(known, () => Promise.resolve(known), ignored);
      return new QueryService(session, engines, await tools, registry);
    }
    const route = await routeProject(session, () => false);
    // What engines say again and again is told by the registry, once.
    const quiet = { ...session, invocation: { ...invocation, emit: ignored } };
    const reroute = rerouteProject(quiet, route.engines);
    const noted = (message: string): void => invocation.emit({ kind: "log", level: "info", message });
    const registry = new TableRegistry(known(route), async () => known(await reroute()), noted);
    return new QueryService(route.session, route.engines, await tools, registry);
  }

  /** As of the last time that the engines were asked. */
  get relations(): TableDirectory["relations"] {
    return this.registry.last.directory.relations;
  }

  decide(options: QueryOptions): Promise<DecidedQuery> {
    const { engine, sql } = options;
    const engines = [...this.session.sides.keys()];
    if (engine !== null && !engines.includes(engine))
      fail("DH1802", `The target has no engine ${engine}`, null, `It has ${engines.join(" and ")}.`);
    if (sql.trim() === "") fail("DH1805", "There is no SQL to run");
    const { directory, silent } = this.registry.current();
    return decideQuery(this.session, this.tools, directory, silent, options);
  }

  /** Where the chosen engine cannot run it for a reason of its own, the other one may. */
  async run(options: RunOptions): Promise<RunningQuery> {
    const record = new QueryRecord(this.session, options, options.isOwn === true);
    const decided = await this.decideInTransaction(options);
    try {
      return record.of(await this.start(decided, options), null);
    } catch (error) {
      const other = await this.elsewhere(decided.decision, error, options);
      if (other === null) record.failed(decided.decision, null);
      if (other === null) throw error;
      return await this.start(other.decided, options).then(
        (query) => record.of(query, other.fallback),
        (failure: unknown) => {
          record.failed(other.decided.decision, other.fallback);
          throw failure;
        },
      );
    }
  }

  /** The same query for the other engine, where the failure is a reason for that. */
  private async elsewhere(
    { engine: from, rule, hazards }: Decision,
    error: unknown,
    options: RunOptions,
  ): Promise<{ decided: DecidedQuery; fallback: Fallback } | null> {
    const to = this.otherEngine(from, error, options);
    const [usual] = this.session.sides.keys();
    if (to === null || !(error instanceof QueryError) || (to !== usual && hazards.length > 0)) return null;
    const again = await this.decide({ ...options, engine: to, isFallback: true }).catch(() => null);
    if (again === null) return null;
    const reason = `${from} (${rule}) could not: ${error.message.split("\n")[0] ?? ""}`;
    return {
      decided: { ...again, decision: { ...again.decision, rule: "fallback", reason } },
      fallback: { from, code: error.engineCode, message: error.message, to },
    };
  }

  /** The columns of a query's answer, without its rows. */
  async fieldsOf(options: RunOptions): Promise<readonly ArrowField[]> {
    const query = await this.start(await this.decideInTransaction(options), options);
    await query.close();
    return query.stream.fields;
  }

  /** Reads are routed as ever; what writes, and everything after it, runs where the transaction is. */
  private async decideInTransaction(options: RunOptions): Promise<DecidedQuery> {
    const { transaction } = options;
    if (!(transaction instanceof EngineTransaction)) return this.decide(options);
    if (transaction.hasWritten) return this.decide({ ...options, engine: transaction.engine });
    const decided = await this.decide(options);
    const isRead = decided.decision.shape?.statement === "select";
    if (!isRead) transaction.hasWritten = true;
    return isRead ? decided : this.decide({ ...options, engine: transaction.engine });
  }

  /** What a statement takes and gives. */
  async inspect(options: RunOptions): Promise<QueryOutline> {
    const decided = await this.decide(withTransaction(options));
    const { engine, shape } = decided.decision;
    const copies = await this.copies(decided, true);
    try {
      return await this.inspectOn(engine, decided, copies, shape?.statement === "select", options.transaction);
    } finally {
      await copies?.remove();
    }
  }

  private async inspectOn(
    engine: string,
    decided: DecidedQuery,
    copies: MovedInputs | null,
    isQuery: boolean,
    transaction: RunOptions["transaction"],
  ): Promise<QueryOutline> {
    const rewritten = await this.textOf(
      decided,
      (relation) =>
        relation.texts[engine] ?? copies?.texts.get(relation) ?? relation.texts[relation.owner] ?? relation.name,
    );
    const ask = (connection: EngineConnection): Promise<QueryOutline> =>
      connection.inspect(rewritten.sql).then(
        (inspected) => ({ ...inspected, isQuery }),
        (error: unknown) => asQueryError(error, rewritten.original),
      );
    if (transaction instanceof EngineTransaction && transaction.engine === engine) return transaction.use(ask);
    const connection = await this.engineNamed(engine).connect("query").catch(asQueryError);
    try {
      return await ask(connection);
    } finally {
      connection.close();
    }
  }

  /** The query as the chosen engine takes it, with its names. Places in a translation are nobody's. */
  private async textOf(
    { sql, inputs, decision }: DecidedQuery,
    nameOf: (relation: KnownRelation) => string,
  ): Promise<Rewritten> {
    const rewritten = rewriteQuery(sql, inputs, nameOf);
    const { translated_from: from, engine } = decision;
    if (from === null) return rewritten;
    const text = await this.translator.translate(rewritten.sql, from, engine).catch(asQueryError);
    return { sql: text, original: null };
  }

  /** Of what the chosen engine cannot read; null: it reads everything. */
  private copies({ decision, moved }: DecidedQuery, columnsOnly: boolean): Promise<MovedInputs | null> {
    if (moved.length === 0) return Promise.resolve(null);
    const maxRows = this.session.hybrid?.router.max_duckdb_rows ?? ROUTER_DEFAULTS.max_duckdb_rows;
    const options = { session: this.session, engines: this.engines, to: decision.engine, maxRows, columnsOnly };
    return moveInputs(moved, options).catch(asQueryError);
  }

  private engineNamed(name: string): EngineSession {
    const engine = this.engines.get(name);
    if (engine === undefined) throw new Error(`bug: ${name} is not open`);
    return engine;
  }

  private otherEngine(engine: string, error: unknown, options: RunOptions): string | null {
    const [usual] = this.session.sides.keys();
    const traits = this.session.sides.get(engine)?.engine.traits;
    const settings = this.session.hybrid?.router ?? ROUTER_DEFAULTS;
    const isAllowed = settings.fallback && options.engine === null && options.signal?.aborted !== true;
    if (!(error instanceof QueryError) || traits === undefined || !isAllowed) return null;
    const other = [...this.session.sides.keys()].find((name) => name !== engine) ?? null;
    if ([...traits.fallbackCodes, ...traits.exhaustedCodes].includes(error.engineCode)) return other;
    // The text is written for the default engine: only there is it certain to be wrong.
    const isRejected =
      traits.rejectionCodes.includes(error.engineCode) || isUntranslated(error.engineCode, error.message);
    return engine !== usual && isRejected ? (usual ?? null) : null;
  }

  private async start(decided: DecidedQuery, { signal, parameters, transaction }: RunOptions): Promise<RunningQuery> {
    const { engine } = decided.decision;
    const session = this.engineNamed(engine);
    const copies = await this.copies(decided, false);
    const nameOf = (relation: KnownRelation): string =>
      relation.texts[engine] ?? copies?.texts.get(relation) ?? relation.name;
    const rewritten = await this.textOf(decided, nameOf).catch(async (error: unknown) => {
      await copies?.remove();
      throw error;
    });
    const explain = (error: unknown): never => asQueryError(error, rewritten.original);
    let connection: EngineConnection | null = null;
    const stop = (): void => connection?.interrupt();
    const close = async (): Promise<void> => {
      signal?.removeEventListener("abort", stop);
      connection?.interrupt();
      connection?.close();
      connection = null;
      await copies?.remove();
    };
    signal?.addEventListener("abort", stop);
    try {
      if (transaction instanceof EngineTransaction && transaction.engine === engine) {
        const stream = await transaction.use(async (shared) => {
          const interrupt = (): void => shared.interrupt();
          signal?.addEventListener("abort", interrupt);
          try {
            return await shared.stream(rewritten.sql, { parameters }).then(wholeStream).catch(explain);
          } finally {
            signal?.removeEventListener("abort", interrupt);
          }
        });
        return { decision: decided.decision, stream, close };
      }
      connection = await session.connect("query").catch(explain);
      signal?.throwIfAborted();
      const stream = await connection.stream(rewritten.sql, { parameters }).catch(explain);
      return { decision: decided.decision, stream: { ...stream, batches: explained(stream.batches, explain) }, close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Whether a text surely changes nothing: one statement of a known kind, read by a parser. */
  async isReadOnly(sql: string): Promise<boolean> {
    const dialect = this.session.project.target.type as SqlDialect;
    const shape = await this.tools.analyze(sql, dialect);
    if (shape.statement === "explain") return shape.known && !/\banaly[sz]e\b/i.test(sql);
    if (["show", "describe", "desc"].includes(shape.statement ?? "")) return !/;\s*\S/.test(sql);
    return shape.known && shape.statement === "select";
  }

  /** Drops what a query for all rows of a table reads. */
  async drop(selectAll: string, table: string): Promise<void> {
    const { inputs, decision } = await this.decide({ sql: selectAll, engine: null, latency: null });
    const relation = inputs[0]?.relation;
    if (relation?.place === undefined || relation.place === null)
      fail("DH1808", `There is no table ${table}`, null, "The action list_tables shows what there is.");
    const connection = await (this.engines.get(relation.owner) ?? fail("DH1808", decision.engine)).connect("query");
    try {
      const kind = relation.format === "view" ? "view" : "table";
      await connection.execute(`drop ${kind} ${relation.texts[relation.owner] ?? ""}`, false).catch(asQueryError);
    } finally {
      connection.close();
    }
  }

  /** Before strangers are let in: engines that do not guard themselves reach nothing but what the project reads. */
  async lockDown(): Promise<void> {
    for (const [name, engine] of this.engines)
      await engine.lockDown?.(
        this.relations.filter(({ place }) => place === null).map(({ texts }) => texts[name] ?? ""),
      );
  }

  async close(): Promise<void> {
    await this.registry.close();
    await closeAll(this.engines);
  }
}

function known(route: Route): KnownTables {
  const directory = new TableDirectory(route.session, route.engines, routedRelations(route));
  return { directory, silent: [...route.measures.silent.keys()] };
}

function ignored(): void {
  // Nobody has to hear it.
}

/** What a transaction has written is seen on its engine alone. */
export function withTransaction(options: RunOptions): RunOptions {
  const { transaction } = options;
  return transaction instanceof EngineTransaction && transaction.hasWritten
    ? { ...options, engine: transaction.engine }
    : options;
}

async function* explained(
  batches: AsyncIterable<ArrowBatch>,
  explain: (error: unknown) => never,
): AsyncGenerator<ArrowBatch> {
  try {
    yield* batches;
  } catch (error) {
    explain(error);
  }
}

/** An engine's failure as one of the query; what else is thrown stays as it is. */
export function asQueryError(error: unknown, original?: Rewritten["original"]): never {
  if (!(error instanceof Error) || !("engineCode" in error) || error instanceof QueryError) throw error;
  const { engineCode, hint = null, line, column, message } = error as EngineError;
  const place = line === null || original === null ? null : (original?.(line, column ?? 1) ?? { line, column });
  throw new QueryError(
    diagnostic("DH1804", message, place === null ? null : { file: "query", ...place }, hint),
    engineCode,
  );
}
