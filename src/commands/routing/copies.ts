import type { RelationName, TablesOf } from "../../contracts/engine.ts";
import type { SqlDialect } from "../../contracts/query-shape.ts";
import { TRANSFER_SCHEMA, type TransferStep } from "../../5-planning/place-nodes.ts";
import { noteCopyRecord, readCopyRecords, type CopyRecord } from "../../registry/copy-records.ts";
import { errorMessage } from "../../shared/objects.ts";
import { projectRoot } from "../session.ts";
import { copyMark } from "./copy-mark.ts";
import { openSqlTools } from "./sql-tools.ts";
import type { Route } from "./route-project.ts";
import { quoted } from "../../shared/quoted.ts";

/** The copies that engines need of each other's tables: which still hold, and which nobody reads any more. */
export class Copies {
  /** Transfers that were not needed. */
  readonly reused = new Set<string>();
  private readonly route: Route;
  private readonly records: Record<string, CopyRecord>;
  /** Contents as they were just before they were copied, by transfer. */
  private readonly versions = new Map<string, string>();

  constructor(route: Route) {
    this.route = route;
    this.records = readCopyRecords(projectRoot(route.session.invocation));
  }

  /** Is a copy what its source is now? Where that cannot be told, it is not. */
  async isCurrent(id: string): Promise<boolean> {
    const step = this.step(id);
    const source = step === undefined ? undefined : this.route.placement.storage.get(step.relation);
    if (step === undefined || source === undefined) return false;
    try {
      const version = await this.route.engines.get(step.from)?.contentVersion?.(source.place, tablesOf(step.from));
      if (version === null || version === undefined) return false;
      this.versions.set(id, version);
      const record = this.records[this.keyOf(step)];
      const isSame = record?.version === version && record.snapshot === (await this.snapshotOf(step));
      if (isSame) this.reused.add(id);
      return isSame;
    } catch {
      // Copying the relation will say what is wrong with it.
      return false;
    }
  }

  /** Notes a copy that was just made. */
  async made(id: string): Promise<void> {
    const step = this.step(id);
    const version = this.versions.get(id);
    if (step === undefined || version === undefined) return;
    const snapshot = await this.snapshotOf(step).catch(() => null);
    if (snapshot === null) return;
    const at = this.route.session.invocation.startedAt.toISOString();
    this.note(this.keyOf(step), { version, snapshot, at });
  }

  /** Removes the copies of this project that it does not need any more. */
  async sweep(): Promise<void> {
    try {
      for (const place of await this.stale()) await this.drop(place);
    } catch (error) {
      // Rows are where they have to be: the next run will find what is left.
      this.debug(`Copies that nothing reads any more were not looked for: ${errorMessage(error)}`);
    }
  }

  private async stale(): Promise<RelationName[]> {
    const { session, engines, placement, measures, fallbacks } = this.route;
    const [step] = placement.transfers;
    const hasRecords = Object.keys(this.records).length > 0;
    // With an engine missing, nodes are elsewhere than usual, and need other copies.
    if ((step === undefined && !hasRecords) || measures.silent.size > 0 || fallbacks.size > 0) return [];
    const [engine] = engines.keys();
    const side = session.sides.get(engine ?? "");
    const database = side?.project.target.catalogs.find(({ name }) => name === session.hybrid?.catalog)?.database;
    if (engine === undefined || database === undefined) return [];
    const needed = new Set(placement.transfers.map(({ place }) => place.identifier.toLowerCase()));
    const mark = `__${copyMark(session)}`;
    const open = engines.get(engine);
    const all = (await open?.listRelations(database, [TRANSFER_SCHEMA])) ?? [];
    return all.filter(
      ({ identifier }) => identifier.toLowerCase().endsWith(mark) && !needed.has(identifier.toLowerCase()),
    );
  }

  private async drop({ database, schema, identifier }: RelationName): Promise<void> {
    const name = [database, schema, identifier].map(quoted).join(".");
    const [open] = this.route.engines.values();
    const connection = await open?.connect("sweep");
    try {
      await connection?.execute(`drop table if exists ${name}`, false);
      this.note(`${this.route.session.project.target.name}/${identifier.toLowerCase()}`, null);
      this.debug(`Removed the copy ${name}: nothing reads it any more`);
    } finally {
      connection?.close();
    }
  }

  private debug(message: string): void {
    this.route.session.invocation.emit({ kind: "log", level: "debug", message });
  }

  private note(key: string, copy: CopyRecord | null): void {
    const { invocation } = this.route.session;
    if (copy === null) Reflect.deleteProperty(this.records, key);
    else this.records[key] = copy;
    if (invocation.flags.write_json) noteCopyRecord(projectRoot(invocation), key, copy);
  }

  private step(id: string): TransferStep | undefined {
    return this.route.placement.transfers.find((step) => step.id === id);
  }

  private keyOf({ place }: TransferStep): string {
    return `${this.route.session.project.target.name}/${place.identifier.toLowerCase()}`;
  }

  /** Asked of the first engine that knows the snapshots of the shared catalog. */
  private async snapshotOf({ place }: TransferStep): Promise<string | null> {
    const { session, engines } = this.route;
    for (const [engine, open] of engines) {
      const { catalogs = [] } = session.sides.get(engine)?.project.target ?? {};
      const database = catalogs.find(({ name }) => name === session.hybrid?.catalog)?.database;
      const [measure] = database === undefined ? [] : await open.measure([{ ...place, database }]);
      const version = measure?.version ?? null;
      if (version !== null) return version;
    }
    return null;
  }
}

/** The readers of SQL are loaded for the first view that an engine has to be told of. */
let tools: ReturnType<typeof openSqlTools> | undefined;

function tablesOf(engine: string): TablesOf {
  return async (sql) => {
    tools ??= openSqlTools();
    const shape = await (await tools).analyze(sql, engine as SqlDialect);
    return shape.known ? shape.tables : null;
  };
}
