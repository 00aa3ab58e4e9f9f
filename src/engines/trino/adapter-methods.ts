import type { EngineMethod } from "../../contracts/engine.ts";

/** Adapter methods that dbt-trino adds for its macros; values are plain data. */
export const trinoMethods: Readonly<Record<string, EngineMethod>> = {
  // Descriptions reach Starburst's catalog service only through its own API, which is not spoken here.
  persist_starburst_docs: () => null,
};
