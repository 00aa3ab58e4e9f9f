import { join } from "node:path";
import type { CatalogColumn } from "../contracts/engine.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { ManifestNode, SourceNode } from "../contracts/manifest.ts";
import { catalogMetadata } from "./write-run-results.ts";
import { writeJson } from "./write-json.ts";

interface CatalogTable {
  metadata: {
    type: string;
    schema: string;
    name: string;
    database: string;
    comment: string | null;
    owner: string | null;
  };
  columns: Record<string, { type: string; index: number; name: string; comment: string | null }>;
  stats: Record<string, unknown>;
  unique_id: string;
}

/** target/catalog.json, in the form of https://schemas.getdbt.com/dbt/catalog/v1.json; gives the number of relations. */
export function writeCatalogJson(
  rows: readonly CatalogColumn[],
  described: readonly (ManifestNode | SourceNode)[],
  invocation: Invocation,
  targetFolder: string,
): number {
  const tables = tablesOf(rows);
  const nodes: Record<string, CatalogTable> = {};
  const sources: Record<string, CatalogTable> = {};
  for (const node of described) {
    // Tests that store their failures have a table too; ephemeral models have none.
    if (node.relation_name === null) continue;
    const isSource = "identifier" in node;
    const name = isSource ? node.identifier : node.alias;
    const table = tables.get(keyOf(node.database ?? "", node.schema, name));
    if (table !== undefined) (isSource ? sources : nodes)[node.unique_id] = { ...table, unique_id: node.unique_id };
  }
  const json = { metadata: catalogMetadata(invocation), nodes, sources, errors: null };
  writeJson(join(targetFolder, "catalog.json"), json, invocation);
  return Object.keys(nodes).length + Object.keys(sources).length;
}

function keyOf(database: string, schema: string, name: string): string {
  return `${database}.${schema}.${name}`.toLowerCase();
}

function tablesOf(rows: readonly CatalogColumn[]): Map<string, CatalogTable> {
  const tables = new Map<string, CatalogTable>();
  for (const row of rows) {
    const key = keyOf(row.database, row.schema, row.relation);
    let table = tables.get(key);
    if (table === undefined) {
      table = {
        metadata: {
          type: row.relationType,
          schema: row.schema,
          name: row.relation,
          database: row.database,
          comment: row.relationComment,
          owner: row.owner === "" ? null : row.owner,
        },
        columns: {},
        stats: {
          has_stats: {
            id: "has_stats",
            label: "Has Stats?",
            value: false,
            include: false,
            description: "Indicates whether there are statistics for this table",
          },
        },
        unique_id: "",
      };
      tables.set(key, table);
    }
    table.columns[row.column] = { type: row.dataType, index: row.index, name: row.column, comment: row.columnComment };
  }
  return tables;
}
