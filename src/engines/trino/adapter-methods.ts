import type { EngineMethod } from "../../contracts/engine.ts";
import { asText } from "../../shared/objects.ts";
import { catalogRelation } from "./catalog-relation.ts";
import { isWidening, nestedChanges, valueByName } from "./nested-types.ts";

/** Adapter methods that dbt-trino adds for its macros, and those of our own macros; values are plain data. */
export const trinoMethods: Readonly<Record<string, EngineMethod>> = {
  // Descriptions reach Starburst's catalog service only through its own API, which is not spoken here.
  persist_starburst_docs: () => null,
  build_catalog_relation: ([model], { tableDefaults }) => catalogRelation(model, tableDefaults),
  nested_changes: ([column, source, target]) => ({
    ...nestedChanges(asText(column), asText(source), asText(target)),
  }),
  value_by_name: ([expression, source, target]) => valueByName(asText(expression), asText(source), asText(target)),
  is_widening: ([from, to]) => isWidening(asText(from), asText(to)),
};
