import { isJsonObject, type Json, type JsonObject } from "../contracts/json.ts";

const MAPS = [
  ...["nodes", "sources", "macros", "docs", "exposures", "metrics", "groups", "selectors", "disabled"],
  ...["saved_queries", "semantic_models", "unit_tests", "functions"],
];

/** The last version whose metrics are no metrics of today; dbt forgets them, too. */
const OTHER_METRICS = 9;

/** A manifest of an earlier version (dbt 1.0 and later) in the form of today's. */
export function upgradeManifest(manifest: JsonObject, version: number): JsonObject {
  const complete: JsonObject = { ...Object.fromEntries(MAPS.map((key) => [key, {}])), ...manifest };
  if (version <= OTHER_METRICS) complete["metrics"] = {};
  return {
    ...complete,
    nodes: eachOf(complete["nodes"], upgradeNode),
    exposures: eachOf(complete["exposures"], upgradeRefs),
    disabled: eachOf(complete["disabled"], (list) => (Array.isArray(list) ? list.map(upgradeNode) : list)),
  };
}

function eachOf(map: Json | undefined, upgrade: (value: Json) => Json): Json {
  if (!isJsonObject(map)) return {};
  return Object.fromEntries(Object.entries(map).map(([id, value]) => [id, upgrade(value)]));
}

/** Until dbt 1.3 a text was `raw_sql`. */
function upgradeNode(node: Json): Json {
  if (!isJsonObject(node) || !("raw_sql" in node)) return upgradeRefs(node);
  const { raw_sql: raw, compiled_sql: compiled, ...others } = node;
  const code = { raw_code: raw ?? "", language: "sql", ...(compiled === undefined ? {} : { compiled_code: compiled }) };
  return upgradeRefs({ ...others, ...code });
}

/** Until dbt 1.4 a ref was a list of names. */
function upgradeRefs(node: Json): Json {
  if (!isJsonObject(node) || !Array.isArray(node["refs"])) return node;
  const refs = node["refs"].map((ref): Json => {
    if (!Array.isArray(ref)) return ref;
    const [name = null, owner = null] = [...ref].reverse();
    return { package: owner, name, version: null };
  });
  return { ...node, refs };
}
