import type { Json } from "../../contracts/json.ts";

type Method = (args: Json[], credentials: Readonly<Record<string, Json>>) => Json;

/** Adapter methods that dbt-trino adds for its macros; values are plain data. */
export const trinoMethods: Readonly<Record<string, Method>> = {
  // Descriptions reach Starburst's catalog service only through its own API, which is not spoken here.
  persist_starburst_docs: () => null,
};
