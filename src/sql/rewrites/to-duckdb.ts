import { CASTS_OF_TEXT_TO_DUCKDB } from "./casts-of-text.ts";
import { LISTS_TO_DUCKDB } from "./lists-to-duckdb.ts";
import { OPERATORS_TO_DUCKDB } from "./operators.ts";
import type { Rewrite } from "./rewrite.ts";
import { TEXT_TO_DUCKDB } from "./text-to-duckdb.ts";
import { TIMES_TO_DUCKDB } from "./times.ts";
import { URLS_TO_DUCKDB } from "./urls-to-duckdb.ts";
import { VALUES_TO_DUCKDB } from "./values-to-duckdb.ts";

/** What we write for DuckDB ourselves; of two for the same place the first is taken. */
export const TO_DUCKDB: readonly Rewrite[] = [
  CASTS_OF_TEXT_TO_DUCKDB,
  ...TEXT_TO_DUCKDB,
  ...URLS_TO_DUCKDB,
  ...VALUES_TO_DUCKDB,
  ...LISTS_TO_DUCKDB,
  ...TIMES_TO_DUCKDB,
  ...OPERATORS_TO_DUCKDB,
];
