import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineConnection } from "../../../contracts/engine.ts";
import { errorMessage } from "../../../shared/objects.ts";
import { quoted } from "../../../shared/quoted.ts";
import type { MadeTable } from "./python-process.ts";

let exchanges = 0;

/**
 * What a Python process gets and gives, as database files in a folder of their own: one process alone can have the
 * project's file open. Files of DuckDB itself, because Parquet has no 128-bit integers (a sum of integers is one),
 * intervals or enums.
 */
export class Exchange {
  /** The file of what the model makes. It is made here: a newer DuckDB then keeps to a form that this one reads. */
  readonly output: string;
  private readonly folder: string;
  /** A connection of its own: a transaction writes to one database only. */
  private readonly connection: EngineConnection;
  private readonly database: string;
  private readonly prefix = `__dbt_python_${String(++exchanges)}_`;
  private files = 0;

  constructor(connection: EngineConnection, database: string) {
    this.connection = connection;
    this.database = database;
    this.folder = mkdtempSync(join(tmpdir(), "duckhouse-python-"));
    const inner = join(this.folder, "output");
    mkdirSync(inner);
    // DuckDB calls a database by its file.
    this.output = join(inner, `${/^\w+$/.test(database) ? database : "output"}.duckdb`);
  }

  async open(): Promise<void> {
    const name = `${this.prefix}output`;
    await this.run(`attach ${text(this.output)} as ${name}`);
    await this.run(`detach ${name}`);
  }

  /** A copy of a relation, whatever names it in SQL. */
  async give(relation: string, optional: boolean): Promise<object> {
    const number = ++this.files;
    const name = `${this.prefix}input_${String(number)}`;
    const file = join(this.folder, `input_${String(number)}.duckdb`);
    try {
      await this.run(`from ${relation} limit 0`);
    } catch (error) {
      return optional ? { missing: true } : { problem: errorMessage(error) };
    }
    try {
      await this.run(`attach ${text(file)} as ${name}`);
      await this.run(`create table ${name}.main.rows as select * from ${relation}`);
      await this.run(`detach ${name}`);
    } catch (error) {
      return { problem: errorMessage(error) };
    }
    return { file, name: this.nameOf(relation) };
  }

  /** Where a relation is to be found by its name; null: it has none, such as a file. */
  private nameOf(relation: string): string[] | null {
    if (!/^(?:"(?:[^"]|"")+"|\w+)(?:\.(?:"(?:[^"]|"")+"|\w+)){0,2}$/.test(relation)) return null;
    const parts = (relation.match(/"(?:[^"]|"")+"|\w+/g) ?? []).map((part) =>
      part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
    );
    return [this.database, "main"].slice(0, 3 - parts.length).concat(parts);
  }

  /** Statements that make the model's tables of what is in its file, which has to be attached first. */
  async take(made: readonly MadeTable[]): Promise<string[]> {
    await this.run(`attach ${text(this.output)} as ${this.prefix}output`);
    return made.map(({ name, temporary, place }) => {
      const from = `${this.prefix}output.${place.map(quoted).join(".")}`;
      const [, , identifier] = name;
      return temporary
        ? `create temporary table ${quoted(identifier)} as from ${from}`
        : `create table ${name.map(quoted).join(".")} as from ${from}`;
    });
  }

  interrupt(): void {
    this.connection.interrupt();
  }

  /** Not within a transaction that has read the output. */
  async close(): Promise<void> {
    await this.run(`detach database if exists ${this.prefix}output`).catch(() => undefined);
    this.connection.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(sql: string): Promise<void> {
    await this.connection.execute(sql, false);
  }
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
