import { fail, type Place } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { SourceNode } from "../contracts/manifest.ts";
import { ALL_PARTS } from "../contracts/relation.ts";
import { sourceRelation } from "../context/source-relation.ts";
import { asText, asList, isRecord } from "../shared/objects.ts";
import { parseColumns } from "./columns.ts";
import { checkConfig } from "./config-values.ts";
import { renderDescription } from "./docs.ts";
import { parseTests } from "./generic-tests.ts";
import { collecting, type ParseState } from "./parse-state.ts";
import type { PropertyEntry } from "./property-files.ts";
import { isPatch, SourcePatches } from "./source-patches.ts";

/** dbt writes the keys that it knows of `external:` also where nobody said them; templates compare them with none. */
const NOT_EXTERNAL = { location: null, file_format: null, row_format: null, tbl_properties: null, partitions: null };

/** Every table of every `sources:` entry, with its tests. */
export function parseSources(state: ParseState): void {
  const written = [...state.properties.ofKey("sources")];
  const patches = new SourcePatches(written);
  for (const own of written) {
    if (isPatch(own)) continue;
    const entry = patches.patched(own);
    asList(entry.data["tables"] as Json[]).forEach((table, index) => {
      const name = isRecord(table) ? `${entry.name}.${asText(table["name"])}` : entry.name;
      const parse = (): void => parseTable(state, entry, table, index);
      collecting(state, `source ${entry.name}`, entry.file.originalPath, parse, name);
    });
  }
  state.diagnostics.push(...patches.problems, ...patches.unused());
}

function parseTable(state: ParseState, entry: PropertyEntry, written: Json, index: number): void {
  const place = entry.placeOf(["tables", index]);
  if (!isRecord(written) || typeof written["name"] !== "string")
    fail("DH1106", `A table of source '${entry.name}' needs a name`, place);
  const table = written;
  checkLoadedAt(entry.data, table, place);
  const name = asText(table["name"]);
  const uniqueId = `source.${entry.file.packageName}.${entry.name}.${name}`;
  const source = sourceNode(state, entry, table, { name, uniqueId });
  checkConfig("source", `${entry.name}.${name}`, source.config, place);
  source._line = place.line ?? 1;
  if (source.config["enabled"] === false) (state.manifest.disabled[uniqueId] ??= []).push(source);
  else if (state.manifest.sources[uniqueId] !== undefined) {
    fail(
      "DH1302",
      `dbt found two sources with the name "${entry.name}_${name}".`,
      place,
      `The other one is in ${state.manifest.sources[uniqueId].original_file_path}; remove one.`,
    );
  } else state.manifest.sources[uniqueId] = source;
  parseTests(
    state,
    {
      key: "sources",
      name,
      version: null,
      source: { source: entry.name, table: name },
      file: entry.file,
      tags: inheritedTags(entry.data, table),
      placeOf: (path) => entry.placeOf(["tables", index, ...path]),
    },
    table["data_tests"] ?? table["tests"],
    asList(table["columns"] as Json[]),
    isRecord(table["quoting"]) && table["quoting"]["column"] === true,
  );
}

function record(value: Json | undefined): JsonObject {
  return isRecord(value) ? value : {};
}

function sourceNode(
  state: ParseState,
  entry: PropertyEntry,
  table: JsonObject,
  { name, uniqueId }: { name: string; uniqueId: string },
): SourceNode {
  const { data, file, raw } = entry;
  const { facts } = state.env;
  const fqn = [file.packageName, ...file.relativePath.split("/").slice(0, -1), entry.name, name];
  const config = state.configs.build({
    resourceType: "source",
    packageName: file.packageName,
    fqn,
    properties: sourceConfig(data, table),
    inFile: {},
  });
  const description = renderDescription(state, table["description"], file.packageName, file.originalPath);
  const quoting = { ...record(data["quoting"]), ...record(table["quoting"]) };
  const node: SourceNode = {
    database: filled(data["database"]) ?? filled(data["catalog"]) ?? facts.target.database,
    schema: filled(data["schema"]) ?? entry.name,
    name,
    resource_type: "source",
    package_name: file.packageName,
    path: file.originalPath,
    original_file_path: file.originalPath,
    unique_id: uniqueId,
    fqn,
    source_name: entry.name,
    source_description: renderDescription(state, data["description"], file.packageName, file.originalPath).text,
    loader: text(data["loader"]) ?? "",
    identifier: filled(table["identifier"]) ?? name,
    quoting: {
      database: quoting["database"] ?? null,
      schema: quoting["schema"] ?? null,
      identifier: quoting["identifier"] ?? null,
      column: quoting["column"] ?? null,
    },
    loaded_at_field: text(config["loaded_at_field"]),
    loaded_at_query: text(config["loaded_at_query"]),
    freshness: config["freshness"] ?? null,
    external: isRecord(table["external"]) ? { ...NOT_EXTERNAL, ...table["external"] } : null,
    description: description.text,
    columns: parseColumns(state, table["columns"], file.packageName, file.originalPath),
    meta: config["meta"] as JsonObject,
    source_meta: { ...record(data["meta"]), ...record(record(data["config"])["meta"]) },
    tags: config["tags"] as string[],
    config,
    patch_path: null,
    unrendered_config: unrenderedConfig(state, { data, table, fqn, packageName: file.packageName }),
    relation_name: null,
    created_at: state.createdAt,
    unrendered_database: text(raw["database"]),
    unrendered_schema: text(raw["schema"]),
    doc_blocks: description.docBlocks,
  };
  node.relation_name = sourceRelation(node, facts.traits, { ...ALL_PARTS, ...facts.quoting }).render();
  return node;
}

/** What the project says as written, what the property file says rendered; dbt lists these four also where nobody wrote them. */
function unrenderedConfig(
  state: ParseState,
  { data, table, fqn, packageName }: { data: JsonObject; table: JsonObject; fqn: string[]; packageName: string },
): JsonObject {
  const properties = { loaded_at_field: null, loaded_at_query: null, ...sourceConfig(data, table) };
  return state.configs.buildUnrendered({ resourceType: "source", packageName, fqn, properties, inFile: {} });
}

function text(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : asText(value);
}

/** As in dbt, tests have the tags that stand at the top of a source and its table, and not those below `config:`. */
function inheritedTags(source: JsonObject, table: JsonObject): string[] {
  return [source["tags"], table["tags"]].flatMap((tags) => asList(tags as Json[])).map(String);
}

/** An empty text says nothing, as that of a template without a value. */
function filled(value: Json | undefined): string | null {
  return value === "" ? null : text(value);
}

/** A source's config joined with its table's, both at the top and under `config:`. */
function sourceConfig(source: JsonObject, table: JsonObject): JsonObject {
  const ofSource = record(source["config"]);
  const ofTable = record(table["config"]);
  const config: JsonObject = { ...ofSource, ...ofTable };
  config["meta"] = {
    ...record(source["meta"]),
    ...record(ofSource["meta"]),
    ...record(table["meta"]),
    ...record(ofTable["meta"]),
  };
  config["tags"] = [
    ...new Set(
      [source["tags"], ofSource["tags"], table["tags"], ofTable["tags"]]
        .flatMap((tags) => asList(tags as Json[]))
        .map(String),
    ),
  ].sort();
  const freshness = mergeFreshness([
    source["freshness"],
    ofSource["freshness"],
    table["freshness"],
    ofTable["freshness"],
  ]);
  if (freshness === undefined) delete config["freshness"];
  else config["freshness"] = freshness;
  return { ...config, ...loadedAt(source, table) };
}

/** A table's column or query replaces whichever its source has; a column of null leaves it without one. */
function loadedAt(source: JsonObject, table: JsonObject): JsonObject {
  const [ofSource, ofTable] = [record(source["config"]), record(table["config"])];
  const own = (key: string): Json => table[key] ?? ofTable[key] ?? null;
  const outer = (key: string): Json => source[key] ?? ofSource[key] ?? null;
  const hasColumn = "loaded_at_field" in table || Boolean(ofTable["loaded_at_field"]);
  return {
    loaded_at_field: own("loaded_at_field") ?? (hasColumn ? null : outer("loaded_at_field")),
    loaded_at_query: own("loaded_at_query") ?? (hasColumn ? null : outer("loaded_at_query")),
  };
}

/** How old a table's rows are is told by a column or by a query. */
function checkLoadedAt(source: JsonObject, table: JsonObject, place: Place): void {
  for (const [level, data] of Object.entries({ source, table })) {
    const config = record(data["config"]);
    const has = (key: string): boolean => Boolean(data[key] ?? config[key]);
    if (has("loaded_at_field") && has("loaded_at_query"))
      fail("DH1106", `Cannot specify both loaded_at_field and loaded_at_query at ${level} level.`, place);
  }
  if (table["loaded_at_field"] === "") fail("DH1106", "loaded_at_field cannot be an empty string.", place);
}

/** What a template says is text; a count is a number all the same. */
function wholeNumber(value: Json): Json {
  return typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
}

/** Inner thresholds replace outer ones one by one; an explicit null switches freshness off. */
function mergeFreshness(levels: readonly (Json | undefined)[]): Json | undefined {
  let merged: Json | undefined;
  for (const level of levels) {
    if (level === undefined) continue;
    if (level === null || !isRecord(level)) {
      merged = null;
      continue;
    }
    const before = isRecord(merged) ? merged : {};
    merged = { ...before };
    for (const [key, value] of Object.entries(level)) {
      const previous = before[key];
      merged[key] = isRecord(value) && isRecord(previous) ? { ...previous, ...value } : value;
    }
  }
  if (!isRecord(merged)) return merged;
  const threshold = (value: Json | undefined): Json =>
    isRecord(value)
      ? { count: wholeNumber(value["count"] ?? null), period: value["period"] ?? null }
      : { count: null, period: null };
  const result = merged;
  return {
    warn_after: threshold(result["warn_after"]),
    error_after: threshold(result["error_after"]),
    filter: result["filter"] ?? null,
  };
}
