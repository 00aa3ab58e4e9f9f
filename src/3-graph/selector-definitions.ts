import { fail } from "../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../contracts/json.ts";
import { asText, isRecord } from "../shared/objects.ts";
import { splitTerm } from "./selector-syntax.ts";

/**
 * Selectors as dbt keeps them in the manifest: terms taken apart, `tag: nightly` with its keys named, and in the place
 * of an inherited selector its definition. A selector may inherit those above it in the file.
 */
export function normalizeSelectors(selectors: JsonObject): JsonObject {
  const normalized: JsonObject = {};
  for (const [name, entry] of Object.entries(selectors)) {
    if (!isRecord(entry)) continue;
    const definition = normalize(entry["definition"] ?? null, normalized, name);
    normalized[name] = { ...entry, definition };
  }
  return normalized;
}

function normalize(definition: Json, above: JsonObject, name: string): Json {
  if (typeof definition === "string") return splitTerm(definition);
  if (!isRecord(definition)) return definition;
  const listed = (list: Json): Json =>
    Array.isArray(list) ? list.map((entry) => normalize(entry, above, name)) : list;
  for (const kind of ["union", "intersection"]) {
    const list = definition[kind];
    if (list !== undefined) return { [kind]: listed(list) };
  }
  const [only, ...more] = Object.entries(definition);
  if (only === undefined) return definition;
  if (more.length === 0)
    return only[0] === "exclude" ? { exclude: listed(only[1]) } : { method: only[0], value: only[1] };
  return definition["method"] === "selector" ? inherited(definition, above, name) : definition;
}

function inherited(definition: JsonObject, above: JsonObject, name: string): Json {
  const other = above[asText(definition["value"])];
  if (!isRecord(other))
    fail(
      "DH1604",
      `Selector '${name}' inherits '${asText(definition["value"])}', which does not exist`,
      { file: "selectors.yml" },
      "A selector inherits those that stand above it.",
    );
  return other["definition"] ?? null;
}
