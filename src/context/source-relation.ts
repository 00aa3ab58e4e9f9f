import type { EngineTraits } from "../contracts/engine.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import type { SourceNode } from "../contracts/manifest.ts";
import { ALL_PARTS, type RelationPolicy } from "../contracts/relation.ts";
import { raise } from "../jinja/values.ts";
import { asText, isRecord } from "../shared/objects.ts";
import { Relation } from "./relation.ts";

type SourceParts = Pick<
  SourceNode,
  "database" | "schema" | "name" | "identifier" | "quoting" | "meta" | "tags" | "config"
>;

/**
 * The relation of a source. Project-wide quoting does not apply to sources. Where the engine reads files,
 * `external_location` (config or meta) stands in for the name. Source: https://github.com/duckdb/dbt-duckdb#reading-from-external-files
 */
export function sourceRelation(
  source: SourceParts,
  { readsFiles }: Pick<EngineTraits, "readsFiles">,
  project: RelationPolicy = ALL_PARTS,
): Relation {
  const quoting: Record<string, boolean> = {};
  for (const part of ["database", "schema", "identifier"]) {
    const flag = source.quoting[part];
    if (typeof flag === "boolean") quoting[part] = flag;
  }
  return new Relation({
    database: source.database,
    schema: source.schema,
    identifier: source.identifier,
    type: null,
    quoting: { ...ALL_PARTS, ...project, ...quoting },
    external: readsFiles ? externalLocation(source) : null,
  });
}

function externalLocation(source: SourceParts): string | null {
  const meta: JsonObject = { ...source.meta, ...source.config };
  const template = meta["external_location"];
  if (typeof template !== "string") return null;
  const values: JsonObject = {
    ...meta,
    name: source.name,
    identifier: source.identifier,
    schema: source.schema,
    database: source.database,
    tags: source.tags,
    ...source.meta,
  };
  const location = fill(template, meta["formatter"] ?? "newstyle", values);
  // A function call or a quoted text stands as it is; a path becomes a SQL text.
  return location.includes("(") || location.startsWith("'") ? location : `'${location}'`;
}

/** The three ways dbt-duckdb fills in names: `{name}`, `%(name)s`, `$name`. */
function fill(template: string, formatter: Json, values: JsonObject): string {
  const valueOf = (name: string): string => {
    const value = values[name];
    if (value === undefined) raise("KeyError", `'${name}' in external_location '${template}'`);
    return isRecord(value) ? JSON.stringify(value) : asText(value);
  };
  switch (formatter) {
    case "newstyle":
      return template.replaceAll(/\{\{|\}\}|\{(\w+)\}/g, (match: string, name: string | undefined) =>
        name === undefined ? match.charAt(0) : valueOf(name),
      );
    case "oldstyle":
      return template.replaceAll(/%%|%\((\w+)\)[sd]/g, (match: string, name: string | undefined) =>
        name === undefined ? match.charAt(0) : valueOf(name),
      );
    case "template":
      return template.replaceAll(/\$\$|\$(?:(\w+)|\{(\w+)\})/g, (_match, plain?: string, braced?: string) =>
        (plain ?? braced) === undefined ? "$" : valueOf(plain ?? braced ?? ""),
      );
    default:
      raise(
        "ValueError",
        `Formatter ${JSON.stringify(formatter)} not recognized. Must be one of 'newstyle', 'oldstyle', or 'template'.`,
      );
  }
}
