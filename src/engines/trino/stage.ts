import { randomBytes } from "node:crypto";
import type { ArrivedBatch, ArrowField, ArrowType, TimeUnit } from "../../contracts/arrow.ts";
import { fail } from "../../contracts/diagnostic.ts";
import type { EngineConnection, RelationRow, RowStage } from "../../contracts/engine.ts";
import { quoted } from "../../shared/quoted.ts";
import { typedLiteral } from "./sql-literal.ts";

/** A statement may have a million characters (`query.max-length`). */
const MAX_STATEMENT = 500_000;
const PREFIX = "duckhouse_upload_";
/** What a killed process left is removed when it is as old as this. */
const STALE_MS = 24 * 3600 * 1000;

interface StageOptions {
  readonly database: string;
  readonly schema: string;
  readonly listed: () => Promise<readonly RelationRow[]>;
}

/** A table that is filled by INSERT statements: slow, for engines that nothing else brings rows to. */
export async function openStage(
  connection: EngineConnection,
  fields: readonly ArrowField[],
  { database, schema, listed }: StageOptions,
): Promise<RowStage> {
  const columns = fields.map(({ name, type }) => `${quoted(name)} ${trinoType(name, type)}`).join(", ");
  const place = [database, schema].map(quoted).join(".");
  await connection.execute(`create schema if not exists ${place}`, false);
  for (const { identifier } of await listed()) {
    const born = Number.parseInt(/^duckhouse_upload_([0-9a-z]+)_/.exec(identifier)?.[1] ?? "", 36);
    if (Date.now() - born >= STALE_MS)
      await connection.execute(`drop table if exists ${place}.${quoted(identifier)}`, false);
  }
  const name = `${PREFIX}${Date.now().toString(36)}_${randomBytes(4).toString("hex")}`;
  await connection.execute(`create table ${place}.${name} (${columns})`, false);
  return new Stage(connection, fields, `${place}.${name}`);
}

class Stage implements RowStage {
  rows = 0;
  readonly text: string;
  private readonly connection: EngineConnection;
  private readonly fields: readonly ArrowField[];
  private waiting: string[] = [];
  private size = 0;

  constructor(connection: EngineConnection, fields: readonly ArrowField[], text: string) {
    this.connection = connection;
    this.fields = fields;
    this.text = text;
  }

  async append({ length, columns }: ArrivedBatch): Promise<void> {
    const values = columns.map((column) => column.values(0, length));
    for (let row = 0; row < length; row++) {
      const cells = this.fields.map(({ type }, index) => typedLiteral({ type, value: values[index]?.[row] ?? null }));
      const text = `(${cells.join(", ")})`;
      if (this.size + text.length > MAX_STATEMENT) await this.finish();
      this.waiting.push(text);
      this.size += text.length + 1;
    }
    this.rows += length;
  }

  async finish(): Promise<void> {
    const values = this.waiting.join(",");
    this.waiting = [];
    this.size = 0;
    if (values !== "") await this.connection.execute(`insert into ${this.text} values ${values}`, false);
  }

  async close(): Promise<void> {
    await this.connection.execute(`drop table if exists ${this.text}`, false).catch(() => undefined);
    this.connection.close();
  }
}

const DIGITS: Readonly<Record<TimeUnit, number>> = { s: 0, ms: 3, us: 6, ns: 9 };

function trinoType(column: string, type: ArrowType): string {
  switch (type.kind) {
    case "null":
    case "utf8":
    case "interval":
      return "varchar";
    case "bool":
      return "boolean";
    case "binary":
      return "varbinary";
    case "date":
      return "date";
    case "int":
      return integerType(type.signed ? type.bits : type.bits * 2);
    case "float":
      return type.bits === 32 ? "real" : "double";
    case "decimal":
      return `decimal(${String(Math.min(38, type.precision))}, ${String(type.scale)})`;
    case "time":
      return `time(${String(DIGITS[type.unit])})`;
    case "timestamp":
      return `timestamp(${String(DIGITS[type.unit])})${type.zone === null ? "" : " with time zone"}`;
    default:
      return fail(
        "DH1809",
        `The column ${column} is nested, and this database takes rows as SQL text only`,
        null,
        "Declare in catalogs.yml an Iceberg catalog that DuckDB and Trino both use, or leave the column out.",
      );
  }
}

function integerType(bits: number): string {
  return bits > 64
    ? "decimal(20, 0)"
    : ({ 8: "tinyint", 16: "smallint", 32: "integer", 64: "bigint" }[bits] ?? "bigint");
}
