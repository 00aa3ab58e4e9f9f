import type { Json } from "../../contracts/json.ts";
import { asText } from "../../shared/objects.ts";
import { isWidening, nestedChanges, valueByName } from "./nested-types.ts";

type Method = (args: Json[], credentials: Readonly<Record<string, Json>>) => Json;

/** Adapter methods that dbt-trino adds for its macros, and those of our own macros; values are plain data. */
export const trinoMethods: Readonly<Record<string, Method>> = {
  // Descriptions reach Starburst's catalog service only through its own API, which is not spoken here.
  persist_starburst_docs: () => null,
  nested_changes: ([column, source, target]) => ({
    ...nestedChanges(asText(column), asText(source), asText(target)),
  }),
  value_by_name: ([expression, source, target]) => valueByName(asText(expression), asText(source), asText(target)),
  is_widening: ([from, to]) => isWidening(asText(from), asText(to)),
};
