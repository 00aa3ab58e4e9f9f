import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { RelationName, RowStage } from "../../contracts/engine.ts";
import { errorMessage } from "../../shared/objects.ts";
import { quoted } from "../../shared/quoted.ts";
import { toDuckDbError } from "./errors.ts";

let stages = 0;

/** Where a stage is, and how it goes. */
export interface StageHome {
  readonly text: string;
  /** All rows are there. */
  finish?(): Promise<void>;
  become?: RowStage["become"];
  close(): Promise<void>;
}

/** A database file of its own. */
export async function openFileHome(
  connection: DuckDBConnection,
  parent: string,
): Promise<StageHome & { readonly database: string }> {
  const folder = mkdtempSync(join(parent, "duckhouse-upload-"));
  const database = `duckhouse_stage_${String(process.pid)}_${String(++stages)}`;
  const home = {
    database,
    text: `${database}.main.stage`,
    close: async () => {
      await connection.run(`detach database if exists ${database}`).catch(() => undefined);
      connection.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const file = join(folder, "rows.duckdb").replaceAll("'", "''");
  return orGone(home, async () => {
    await connection.run(`attach '${file}' as ${database}`);
    return home;
  });
}

const STAGED = "__duckhouse_upload_";

/** A table beside another, in a transaction of its own. */
export class TableHome implements StageHome {
  readonly name: string;
  readonly text: string;
  private readonly connection: DuckDBConnection;
  private readonly schema: string;
  private readonly at: RelationName;
  private state: "open" | "finished" | "gone" = "open";

  constructor(connection: DuckDBConnection, at: RelationName) {
    this.connection = connection;
    this.at = at;
    this.name = `${at.identifier}${STAGED}${String(process.pid)}_${String(++stages)}`;
    this.schema = `${quoted(at.database)}.${quoted(at.schema)}`;
    this.text = `${this.schema}.${quoted(this.name)}`;
  }

  async open(): Promise<void> {
    await this.connection.run(`create schema if not exists ${this.schema}`);
    for (const name of await this.leftBehind()) await this.connection.run(`drop table ${this.schema}.${quoted(name)}`);
    await this.connection.run("begin transaction");
  }

  /** Only who has the file writes to it: what another process staged in it is of one that died after its commit. */
  private async leftBehind(): Promise<string[]> {
    const { database, schema, identifier } = this.at;
    const found = await this.connection.runAndReadAll(
      `select table_name from duckdb_tables() where database_name = ? and schema_name = ? and starts_with(table_name, ?)
        and not starts_with(table_name, ?)`,
      [database, schema, `${identifier}${STAGED}`, `${identifier}${STAGED}${String(process.pid)}_`],
    );
    return found.getRows().map(([name]) => String(name));
  }

  async finish(): Promise<void> {
    await this.connection.run("commit");
    this.state = "finished";
  }

  /** Again where another transaction was at the same table: the rows are there already. */
  async become({ identifier }: RelationName, mode: "create" | "replace"): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.connection.run("begin transaction");
        if (mode === "replace") await this.connection.run(`drop table if exists ${this.schema}.${quoted(identifier)}`);
        await this.connection.run(`alter table ${this.text} rename to ${quoted(identifier)}`);
        await this.connection.run("commit");
        this.state = "gone";
        return;
      } catch (error) {
        await this.connection.run("rollback").catch(() => undefined);
        if (attempt === ATTEMPTS || !/conflict/i.test(errorMessage(error))) throw toDuckDbError(error, "", 0);
      }
    }
  }

  async close(): Promise<void> {
    const undo = { open: "rollback", finished: `drop table if exists ${this.text}`, gone: null }[this.state];
    if (undo !== null) await this.connection.run(undo).catch(() => undefined);
    this.connection.closeSync();
  }
}

const ATTEMPTS = 5;

export async function orGone<T>(home: { close(): Promise<void> }, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    await home.close();
    throw error;
  }
}
