import type { Json, JsonObject } from "../contracts/json.ts";
import type { ColumnInfo } from "../contracts/manifest.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import { renderDescription } from "./docs.ts";
import type { ParseState } from "./parse-state.ts";

/** `columns:` of an entry as the manifest holds them, by name. */
export function parseColumns(
  state: ParseState,
  list: Json | undefined,
  packageName: string,
  file: string,
): Record<string, ColumnInfo> {
  const columns: Record<string, ColumnInfo> = {};
  for (const item of asList(list as Json[] | undefined)) {
    if (!isRecord(item)) continue;
    const column = item;
    const name = asText(column["name"]);
    columns[name] = columnInfo(state, column, name, packageName, file);
  }
  return columns;
}

function columnInfo(
  state: ParseState,
  column: JsonObject,
  name: string,
  packageName: string,
  file: string,
): ColumnInfo {
  const description = renderDescription(state, column["description"], packageName, file);
  const config = isRecord(column["config"]) ? column["config"] : {};
  const meta = { ...record(column["meta"]), ...record(config["meta"]) };
  const tags = [...new Set([...asList(column["tags"] as Json[]), ...asList(config["tags"] as Json[])].map(String))];
  return {
    name,
    description: description.text,
    meta,
    data_type: column["data_type"] === undefined || column["data_type"] === null ? null : asText(column["data_type"]),
    constraints: asList(column["constraints"] as Json[])
      .filter(isRecord)
      .map((constraint) => normaliseConstraint(constraint as JsonObject, false)),
    quote: typeof column["quote"] === "boolean" ? column["quote"] : null,
    config: { ...config, meta, tags },
    tags,
    granularity: typeof column["granularity"] === "string" ? column["granularity"] : null,
    doc_blocks: description.docBlocks,
    ...Object.fromEntries(Object.entries(column).filter(([key]) => !KNOWN.has(key))),
  };
}

/** What dbt knows of a column; anything else is the project's own, and is kept. */
const KNOWN = new Set([
  ...[
    "name",
    "description",
    "meta",
    "data_type",
    "constraints",
    "quote",
    "config",
    "tags",
    "granularity",
    "doc_blocks",
  ],
  ...["docs", "tests", "data_tests"],
]);

export function normaliseConstraint(constraint: JsonObject, ofModel: boolean): JsonObject {
  return {
    type: constraint["type"] ?? null,
    name: constraint["name"] ?? null,
    expression: constraint["expression"] ?? null,
    warn_unenforced: constraint["warn_unenforced"] ?? true,
    warn_unsupported: constraint["warn_unsupported"] ?? true,
    to: constraint["to"] ?? null,
    to_columns: constraint["to_columns"] ?? [],
    ...(ofModel ? { columns: constraint["columns"] ?? [] } : {}),
  };
}

function record(value: Json | undefined): JsonObject {
  return isRecord(value) ? value : {};
}

/** Columns of one model version: its own, plus the model's as `include` and `exclude` say. */
export function versionColumns(model: Json | undefined, version: Json | undefined): Json[] {
  const base = asList(model as Json[] | undefined);
  if (version === undefined || version === null) return base;
  const own = asList(version as Json[]);
  const rule = own.find((item) => isRecord(item) && ("include" in item || "exclude" in item));
  const named = own.filter((item) => isRecord(item) && "name" in item);
  const include = isRecord(rule) ? (rule["include"] ?? "all") : "all";
  const exclude = isRecord(rule) ? asList(rule["exclude"] as Json[]) : [];
  const isIncluded = (name: Json): boolean =>
    include === "all" || include === "*" || asList(include as Json[]).includes(name);
  const kept = base.filter((item) => {
    const name = isRecord(item) ? (item["name"] as Json) : null;
    return (
      isIncluded(name) && !exclude.includes(name) && !named.some((other) => isRecord(other) && other["name"] === name)
    );
  });
  return [...kept, ...named];
}
