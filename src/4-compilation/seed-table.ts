import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import type { ManifestNode } from "../contracts/manifest.ts";
import { AgateTable } from "../context/agate.ts";
import { raise, type Value } from "../jinja/values.ts";
import { errorMessage, isRecord } from "../shared/objects.ts";
import { inferColumn, textColumn } from "./seed-types.ts";

/** A seed's file as an agate table, with column types found as dbt finds them; `--empty` leaves the types without rows. */
export function loadSeedTable(node: ManifestNode, { empty }: { readonly empty: boolean }): AgateTable {
  if (node.resource_type !== "seed")
    raise("CompilationError", `can only load_agate_table for seeds (got a ${node.resource_type})`);
  const path = resolve(node.root_path ?? ".", node.original_file_path);
  const [names = [], ...rows] = readRows(path, node);
  if (names.length === 0)
    raise(
      "CompilationError",
      `The seed file ${node.original_file_path} is empty: it needs a header line with the columns' names`,
    );
  const header = columnNames(names);
  const textColumns = new Set(Object.keys(isRecord(node.config["column_types"]) ? node.config["column_types"] : {}));
  const data: Value[][] = [];
  const types: string[] = [];
  header.forEach((name, index) => {
    const cells = rows.map((row) => row[index] ?? null);
    const column = textColumns.has(name) ? textColumn(cells) : inferColumn(cells);
    data.push(column.cells);
    types.push(column.type);
  });
  const table = new AgateTable(header, empty ? data.map(() => []) : data, types);
  if (empty) table.typedBy = data;
  table.originalPath = path;
  return table;
}

function readRows(path: string, node: ManifestNode): string[][] {
  const delimiter = typeof node.config["delimiter"] === "string" ? node.config["delimiter"] : ",";
  try {
    return parseCsv(readFileSync(path), {
      bom: true,
      delimiter,
      // A blank line is a row of nothing to dbt, which counts it; the database, which reads the file itself, skips it.
      skip_empty_lines: false,
      relax_column_count_less: true,
      // A quote within an unquoted cell is a character like any other: `5" pipe`.
      relax_quotes: true,
    });
  } catch (error) {
    raise("CompilationError", `Could not read the seed file ${node.original_file_path}: ${errorMessage(error)}`);
  }
}

/** A column without a name is called by the letter of its place, and a name that is taken gets a number: as agate has it. */
export function columnNames(header: readonly string[]): string[] {
  const names: string[] = [];
  for (const [index, written] of header.entries()) {
    const name = written === "" ? LETTERS.charAt(index % 26).repeat(Math.floor(index / 26) + 1) : written;
    let unique = name;
    for (let count = 2; names.includes(unique); count += 1) unique = `${name}_${String(count)}`;
    names.push(unique);
  }
  return names;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
