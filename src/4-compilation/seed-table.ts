import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import type { ManifestNode } from "../contracts/manifest.ts";
import { AgateTable } from "../context/agate.ts";
import { parseDate, parseDateTime } from "../context/decode-result.ts";
import { PyDecimal } from "../jinja/stdlib/decimal.ts";
import { raise, type Value } from "../jinja/values.ts";
import { errorMessage, isRecord } from "../shared/objects.ts";

/** A seed's file as an agate table, with column types found as dbt finds them. */
export function loadSeedTable(node: ManifestNode): AgateTable {
  if (node.resource_type !== "seed")
    raise("CompilationError", `can only load_agate_table for seeds (got a ${node.resource_type})`);
  const path = resolve(node.root_path ?? ".", node.original_file_path);
  const [header = [], ...rows] = readRows(path, node);
  checkHeader(header, node);
  const textColumns = new Set(Object.keys(isRecord(node.config["column_types"]) ? node.config["column_types"] : {}));
  const data: Value[][] = [];
  const types: string[] = [];
  header.forEach((name, index) => {
    const cells = rows.map((row) => row[index] ?? null);
    const column = textColumns.has(name) ? asText(cells) : inferColumn(cells);
    data.push(column.cells);
    types.push(column.type);
  });
  const table = new AgateTable(header, data, types);
  table.originalPath = path;
  return table;
}

function readRows(path: string, node: ManifestNode): string[][] {
  const delimiter = typeof node.config["delimiter"] === "string" ? node.config["delimiter"] : ",";
  try {
    return parseCsv(readFileSync(path), {
      bom: true,
      delimiter,
      skip_empty_lines: true,
      relax_column_count_less: true,
    });
  } catch (error) {
    raise("CompilationError", `Could not read the seed file ${node.original_file_path}: ${errorMessage(error)}`);
  }
}

function checkHeader(header: readonly string[], node: ManifestNode): void {
  if (header.length === 0)
    raise(
      "CompilationError",
      `The seed file ${node.original_file_path} is empty: it needs a header line with the columns' names`,
    );
  const seen = new Set<string>();
  for (const name of header) {
    if (seen.has(name))
      raise("CompilationError", `The seed file ${node.original_file_path} has two columns named '${name}'`);
    seen.add(name);
  }
}

interface SeedColumn {
  readonly cells: Value[];
  readonly type: string;
}

const isNull = (cell: string | null): boolean => cell === null || ["", "null"].includes(cell.trim().toLowerCase());

function asText(cells: readonly (string | null)[]): SeedColumn {
  return { cells: cells.map((cell) => (isNull(cell) ? null : cell)), type: "Text" };
}

type Cast = (text: string) => Value | undefined;

/** agate's order: the first type that fits every cell wins. */
const TYPES: readonly (readonly [string, Cast])[] = [
  ["Integer", () => undefined],
  ["Number", castNumber],
  ["Date", (text) => (/^\d{4}-\d{1,2}-\d{1,2}$/.test(text) ? (parseDate(padDate(text)) ?? undefined) : undefined)],
  ["DateTime", (text) => parseDateTime(text) ?? undefined],
  ["Boolean", (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined)],
];

function inferColumn(cells: readonly (string | null)[]): SeedColumn {
  for (const [type, cast] of TYPES) {
    const column = castAll(cells, cast);
    if (column !== null) return { cells: column, type };
  }
  return asText(cells);
}

function castAll(cells: readonly (string | null)[], cast: Cast): Value[] | null {
  const result: Value[] = [];
  for (const cell of cells) {
    if (cell === null || isNull(cell)) {
      result.push(null);
      continue;
    }
    const value = cast(cell.trim());
    if (value === undefined) return null;
    result.push(value);
  }
  return result;
}

const CURRENCY = /^[$€£¥₩₽₹฿₫₪]+|[$€£¥₩₽₹฿₫₪]+$/g;

/** agate reads `1,000`, `$5` and `5%` as numbers too. */
function castNumber(text: string): Value | undefined {
  const bare = text.replace(/^%+|%+$/g, "");
  const negative = bare.startsWith("-");
  const digits = (negative ? bare.slice(1) : bare).replaceAll(CURRENCY, "").replaceAll(",", "");
  if (!/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits)) return undefined;
  return PyDecimal.parse(negative ? `-${digits}` : digits);
}

function padDate(text: string): string {
  return text
    .split("-")
    .map((part) => part.padStart(2, "0"))
    .join("-");
}
