import type { ArrowField } from "../../contracts/arrow.ts";
import { fail } from "../../contracts/diagnostic.ts";
import type { Decision } from "../../contracts/routing.ts";
import type {
  ListedTable,
  CatalogBrowser,
  QueryBackend,
  QueryOutline,
  QueryRequest,
  QueryTransaction,
  RunningQuery,
  UploadRequest,
  UploadResult,
} from "../../contracts/query.ts";
import { browseCatalogs } from "./browse-catalogs.ts";
import { withTransaction, type QueryService } from "./query-service.ts";
import { nameParts } from "./table-directory.ts";
import { EngineTransaction } from "./transaction.ts";
import { receiveUpload } from "./upload.ts";
import { quoted } from "../../shared/quoted.ts";

/** The router as a server sees it. */
export class RouterBackend implements QueryBackend {
  private readonly service: QueryService;
  readonly isReadOnly: boolean;
  readonly browser: CatalogBrowser;
  /** What was uploaded and belongs to no node, by the name that came back. */
  private readonly uploaded = new Map<string, ListedTable>();

  constructor(service: QueryService, readOnly: boolean) {
    this.service = service;
    this.isReadOnly = readOnly;
    this.browser = browseCatalogs(service.session, service.engines);
  }

  async run(request: QueryRequest): Promise<RunningQuery> {
    await this.refuseWrites(request);
    return this.service.run(request);
  }

  async decide(request: QueryRequest): Promise<Decision> {
    return (await this.service.decide(request)).decision;
  }

  /** By a query for none of its rows: names and types are then those of the engine that will run it. */
  async describe(request: QueryRequest): Promise<readonly ArrowField[]> {
    await this.refuseWrites(request);
    const { decision } = await this.service.decide(withTransaction(request));
    if (decision.shape?.known === true && decision.shape.statement !== "select") return [];
    const sql = `select * from (\n${request.sql.replace(/;\s*$/, "")}\n) as described limit 0`;
    return this.service.fieldsOf({ ...request, sql, engine: decision.engine });
  }

  async inspect(request: QueryRequest): Promise<QueryOutline> {
    await this.refuseWrites(request);
    return this.service.inspect(request);
  }

  begin(): Promise<QueryTransaction> {
    return EngineTransaction.begin(this.service.engines);
  }

  get hasTransactions(): boolean {
    return [...this.service.engines.values()].some((engine) => engine.hasTransactions);
  }

  tables(): readonly ListedTable[] {
    const known = this.service.relations.map(({ name, unique_id, lives_on, rows, bytes }) => {
      return { name, unique_id, lives_on, rows, bytes };
    });
    return [...known, ...this.uploaded.values()];
  }

  selectAll(table: string): string {
    const isId = this.service.relations.some(({ unique_id: id }) => id === table);
    const parts = isId ? [table] : nameParts(table);
    return `select * from ${parts.map(quoted).join(".")}`;
  }

  async dropTable(table: string): Promise<void> {
    if (this.isReadOnly) readOnly("drop_table");
    await this.service.drop(this.selectAll(table), table);
    for (const [name] of this.uploaded) if (name === table || name.endsWith(`.${table}`)) this.uploaded.delete(name);
  }

  async upload(request: UploadRequest): Promise<UploadResult> {
    if (this.isReadOnly) readOnly("do_put");
    const { session, engines } = this.service;
    const result = await receiveUpload(session, engines, request);
    const { table, target, rows } = result;
    const name = { name: table, unique_id: null, lives_on: target } as const;
    this.uploaded.set(table, { ...name, rows: request.mode === "append" ? null : rows, bytes: null });
    return result;
  }

  private async refuseWrites({ sql }: QueryRequest): Promise<void> {
    if (this.isReadOnly && !(await this.service.isReadOnly(sql))) readOnly("this statement");
  }
}

function readOnly(what: string): never {
  fail(
    "DH1806",
    `The server is read-only, and ${what} may write`,
    null,
    "SELECT, SHOW, DESCRIBE and EXPLAIN are run, one statement at a time.",
  );
}
