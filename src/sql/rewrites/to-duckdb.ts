import { CASTS_OF_MOMENTS_TO_DUCKDB } from "./casts-of-moments.ts";
import { CASTS_OF_TEXT_TO_DUCKDB, TRY_CASTS_OF_TEXT_TO_DUCKDB } from "./casts-of-text.ts";
import { DECIMALS_TO_DUCKDB } from "./decimals.ts";
import { FORMAT_TO_DUCKDB } from "./format-to-duckdb.ts";
import { JSON_TO_DUCKDB } from "./json-to-duckdb.ts";
import { LAMBDAS_TO_DUCKDB } from "./lambdas-to-duckdb.ts";
import { LISTS_TO_DUCKDB } from "./lists-to-duckdb.ts";
import { OPERATORS_TO_DUCKDB } from "./operators.ts";
import { REGRESSIONS_TO_DUCKDB } from "./regressions.ts";
import type { Rewrite } from "./rewrite.ts";
import { TEXT_TO_DUCKDB } from "./text-to-duckdb.ts";
import { TIMES_TO_DUCKDB } from "./times.ts";
import { UNNEST_TO_DUCKDB } from "./unnest-to-duckdb.ts";
import { URLS_TO_DUCKDB } from "./urls-to-duckdb.ts";
import { VALUES_TO_DUCKDB } from "./values-to-duckdb.ts";
import { WHICHEVER_ROWS_TO_DUCKDB } from "./whichever-rows.ts";

/** What we write for DuckDB ourselves; of two for the same place the first is taken. */
export const TO_DUCKDB: readonly Rewrite[] = [
  CASTS_OF_TEXT_TO_DUCKDB,
  TRY_CASTS_OF_TEXT_TO_DUCKDB,
  ...CASTS_OF_MOMENTS_TO_DUCKDB,
  ...DECIMALS_TO_DUCKDB,
  ...FORMAT_TO_DUCKDB,
  ...JSON_TO_DUCKDB,
  ...LAMBDAS_TO_DUCKDB,
  ...TEXT_TO_DUCKDB,
  ...URLS_TO_DUCKDB,
  ...VALUES_TO_DUCKDB,
  ...WHICHEVER_ROWS_TO_DUCKDB,
  ...REGRESSIONS_TO_DUCKDB,
  ...UNNEST_TO_DUCKDB,
  ...LISTS_TO_DUCKDB,
  ...TIMES_TO_DUCKDB,
  ...OPERATORS_TO_DUCKDB,
];
