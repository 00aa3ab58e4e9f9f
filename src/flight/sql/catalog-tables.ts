import { BatchBuilder } from "../../arrow/build-column.ts";
import { schemaFrame } from "../../arrow/ipc.ts";
import type { ArrowField, ArrowType } from "../../contracts/arrow.ts";
import type { KeyConstraint, RelationRow } from "../../contracts/engine.ts";
import type { CatalogBrowser } from "../../contracts/query.ts";
import { numberOf, repeated, textOf, type Fields } from "../protobuf.ts";
import { batchData, schemaData } from "../messages.ts";
import type { OutgoingMessage } from "../send.ts";
import { optionalText } from "./any.ts";
import { TYPE_FIELDS, typeRows } from "./type-info.ts";

/** A small table that the server makes itself. */
export interface OwnTable {
  readonly fields: readonly ArrowField[];
  readonly rows: (browser: CatalogBrowser, asked: Fields) => Promise<readonly (readonly unknown[])[]>;
}

const UTF8: ArrowType = { kind: "utf8" };
const text = (name: string): ArrowField => ({ name, type: UTF8 });
const required = (name: string, type: ArrowType = UTF8): ArrowField => ({ name, type, required: true });
const INT32: ArrowType = { kind: "int", bits: 32, signed: true };
const UINT8: ArrowType = { kind: "int", bits: 8, signed: false };

const TABLE_FIELDS = [text("catalog_name"), text("db_schema_name"), required("table_name"), required("table_type")];
const REFERENCE_FIELDS = [
  ...[text("pk_catalog_name"), text("pk_db_schema_name"), required("pk_table_name"), required("pk_column_name")],
  ...[text("fk_catalog_name"), text("fk_db_schema_name"), required("fk_table_name"), required("fk_column_name")],
  ...[required("key_sequence", INT32), text("fk_key_name"), text("pk_key_name")],
  ...[required("update_rule", UINT8), required("delete_rule", UINT8)],
];

/** By the command that asks for them; the columns are the protocol's. */
export const OWN_TABLES: Readonly<Record<string, OwnTable>> = {
  CommandGetCatalogs: {
    fields: [required("catalog_name")],
    rows: (browser) => Promise.resolve([...browser.databases()].sort().map((name) => [name])),
  },
  CommandGetDbSchemas: {
    fields: [text("catalog_name"), required("db_schema_name")],
    rows: schemaRows,
  },
  CommandGetTables: { fields: TABLE_FIELDS, rows: tableRows },
  CommandGetTableTypes: {
    fields: [required("table_type")],
    rows: () => Promise.resolve(TABLE_TYPES.map((type) => [type])),
  },
  CommandGetPrimaryKeys: {
    fields: [
      ...[text("catalog_name"), text("db_schema_name"), required("table_name"), required("column_name")],
      ...[text("key_name"), required("key_sequence", INT32)],
    ],
    rows: keyRows,
  },
  CommandGetExportedKeys: {
    fields: REFERENCE_FIELDS,
    rows: (browser, asked) => referenceRows(browser, { referenced: tableAsked(browser, asked, 1) }),
  },
  CommandGetImportedKeys: {
    fields: REFERENCE_FIELDS,
    rows: (browser, asked) => referenceRows(browser, { own: tableAsked(browser, asked, 1) }),
  },
  CommandGetCrossReference: {
    fields: REFERENCE_FIELDS,
    rows: (browser, asked) =>
      referenceRows(browser, { referenced: tableAsked(browser, asked, 1), own: tableAsked(browser, asked, 4) }),
  },
  CommandGetXdbcTypeInfo: {
    fields: TYPE_FIELDS,
    rows: (_, asked) => Promise.resolve(typeRows(asked.has(1) ? numberOf(asked, 1) : null)),
  },
};

const TABLE_TYPES = ["EXTERNAL", "MATERIALIZED VIEW", "TABLE", "VIEW"];
const typeOf = ({ type }: RelationRow): string => type.replace("_", " ").toUpperCase();

/** With `include_schema` a table's columns come with it. */
export function ownTable(name: string, asked: Fields): OwnTable | null {
  const table = Object.hasOwn(OWN_TABLES, name) ? (OWN_TABLES[name] ?? null) : null;
  if (name !== "CommandGetTables" || numberOf(asked, 5) === 0) return table;
  return { fields: [...TABLE_FIELDS, required("table_schema", { kind: "binary" })], rows: tableRows };
}

/** The messages of a table, schema first. */
export async function ownTableData(
  { fields, rows }: OwnTable,
  browser: CatalogBrowser,
  asked: Fields,
): Promise<OutgoingMessage[]> {
  const found = await rows(browser, asked);
  const builder = new BatchBuilder(fields);
  for (const row of found) builder.columns.forEach((column, index) => column.append(row[index] ?? null));
  return [schemaData(fields), ...(found.length === 0 ? [] : [batchData(builder.finish(found.length))])];
}

async function schemaRows(browser: CatalogBrowser, asked: Fields): Promise<string[][]> {
  const fits = pattern(optionalText(asked, 2));
  const rows: string[][] = [];
  for (const database of databases(browser, asked))
    for (const schema of await browser.schemas(database)) if (fits(schema)) rows.push([database, schema]);
  return rows;
}

async function tableRows(browser: CatalogBrowser, asked: Fields): Promise<unknown[][]> {
  const [inSchema, isNamed] = [pattern(optionalText(asked, 2)), pattern(optionalText(asked, 3))];
  const types = repeated(asked, 4).map((type) => type.toString("utf8"));
  const rows: unknown[][] = [];
  for (const database of databases(browser, asked))
    for (const relation of await browser.relations(database)) {
      const { schema, identifier } = relation;
      if (!inSchema(schema) || !isNamed(identifier)) continue;
      if (types.length > 0 && !types.includes(typeOf(relation))) continue;
      const row: unknown[] = [database, schema, identifier, typeOf(relation)];
      // A view of something that is gone has no columns to tell.
      if (numberOf(asked, 5) !== 0) row.push(schemaFrame(await browser.columns(relation).catch(() => [])));
      rows.push(row);
    }
  return rows;
}

interface AskedTable {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}

/** A table of three fields, the first of which has this number. */
function tableAsked(browser: CatalogBrowser, asked: Fields, first: number): AskedTable {
  const current = browser.current();
  return {
    database: optionalText(asked, first) ?? current.database,
    schema: optionalText(asked, first + 1) ?? current.schema,
    table: textOf(asked, first + 2),
  };
}

async function keyRows(browser: CatalogBrowser, asked: Fields): Promise<unknown[][]> {
  const { database, schema, table } = tableAsked(browser, asked, 1);
  const keys = await browser.keys(database, schema);
  const key = keys.find((one) => one.type === "primary_key" && isSame(one.table, table));
  if (key === undefined) return [];
  return key.columns.map((column, index) => [database, schema, table, column, key.name, index + 1]);
}

/** UpdateDeleteRules of the protocol; DuckDB knows no other. */
const NO_ACTION = 3;

/** A row for each column of the keys from one table to another; a side that is not named is any. Both are in one schema. */
async function referenceRows(
  browser: CatalogBrowser,
  { own, referenced }: { own?: AskedTable; referenced?: AskedTable },
): Promise<unknown[][]> {
  const place = own ?? referenced;
  const isElsewhere =
    own !== undefined &&
    referenced !== undefined &&
    !(isSame(own.database, referenced.database) && isSame(own.schema, referenced.schema));
  if (place === undefined || isElsewhere) return [];
  const { database, schema } = place;
  const keys = await browser.keys(database, schema);
  return keys
    .filter(
      (key) =>
        key.referenced !== null &&
        (own === undefined || isSame(key.table, own.table)) &&
        (referenced === undefined || isSame(key.referenced.table, referenced.table)),
    )
    .flatMap(({ name, table, columns, referenced: target }) => {
      const there = target?.columns ?? [];
      const unique = keys.find((key) => isSame(key.table, target?.table ?? "") && isKeyOf(key, there));
      return columns.map((column, index) => [
        ...[database, schema, target?.table, there[index]],
        ...[database, schema, table, column],
        ...[index + 1, name, unique?.name ?? null, NO_ACTION, NO_ACTION],
      ]);
    });
}

function isKeyOf({ type, columns }: KeyConstraint, asked: readonly string[]): boolean {
  return type !== "foreign_key" && columns.length === asked.length && columns.every((one) => asked.includes(one));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function databases(browser: CatalogBrowser, asked: Fields): string[] {
  const catalog = optionalText(asked, 1);
  return [...browser.databases()].filter((name) => catalog === null || name === catalog).sort();
}

/** SQL's LIKE: % and _, and a backslash before those that are meant. */
function pattern(like: string | null): (name: string) => boolean {
  if (like === null) return () => true;
  const source = like
    .replaceAll(/\\([%_\\])|[%_]|[.*+?^${}()|[\]\\]/g, (token, escaped?: string) =>
      token === "%" ? ".*" : token === "_" ? "." : `\\${escaped ?? token}`,
    )
    .replaceAll(/\\([%_])/g, "$1");
  const matcher = new RegExp(`^${source}$`, "su");
  return (name) => matcher.test(name);
}
