import { CASTS_OF_MOMENTS_TO_TRINO } from "./casts-of-moments.ts";
import { CASTS_OF_TEXT_TO_TRINO, TRY_CASTS_OF_TEXT_TO_TRINO } from "./casts-of-text.ts";
import { CLAUSES_TO_TRINO } from "./clauses-to-trino.ts";
import { DECIMALS_TO_TRINO } from "./decimals.ts";
import { FORMAT_TO_TRINO } from "./format-to-trino.ts";
import { JSON_TO_TRINO } from "./json-to-trino.ts";
import { LISTS_TO_TRINO } from "./lists-to-trino.ts";
import { MOMENTS_TO_TRINO } from "./moments-to-trino.ts";
import { OPERATORS_TO_TRINO } from "./operators.ts";
import { QUERIES_TO_TRINO } from "./queries-to-trino.ts";
import { REGRESSIONS_TO_TRINO } from "./regressions.ts";
import type { Rewrite } from "./rewrite.ts";
import { TEXT_TO_TRINO } from "./text-to-trino.ts";
import { TIMES_TO_TRINO } from "./times.ts";
import { VALUES_TO_TRINO } from "./values-to-trino.ts";
import { WHICHEVER_ROWS_TO_TRINO } from "./whichever-rows.ts";

/** What we write for Trino ourselves; of two for the same place the first is taken. */
export const TO_TRINO: readonly Rewrite[] = [
  CASTS_OF_TEXT_TO_TRINO,
  TRY_CASTS_OF_TEXT_TO_TRINO,
  ...CASTS_OF_MOMENTS_TO_TRINO,
  ...DECIMALS_TO_TRINO,
  ...TEXT_TO_TRINO,
  ...TIMES_TO_TRINO,
  ...VALUES_TO_TRINO,
  ...WHICHEVER_ROWS_TO_TRINO,
  ...REGRESSIONS_TO_TRINO,
  ...FORMAT_TO_TRINO,
  ...LISTS_TO_TRINO,
  ...JSON_TO_TRINO,
  ...MOMENTS_TO_TRINO,
  ...QUERIES_TO_TRINO,
  ...CLAUSES_TO_TRINO,
  ...OPERATORS_TO_TRINO,
];
