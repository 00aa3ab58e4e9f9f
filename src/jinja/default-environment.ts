import type { Environment, Filter } from "./environment.ts";
import { dbtFilters } from "./filters-dbt.ts";
import { mapFilters } from "./filters-map.ts";
import { numberFilters } from "./filters-number.ts";
import { sequenceFilters } from "./filters-sequence.ts";
import { textFilters } from "./filters-text.ts";
import { htmlFilters } from "./filters-html.ts";
import { jinjaGlobals } from "./globals.ts";
import { jinjaTests } from "./tests.ts";

const filters: ReadonlyMap<string, Filter> = new Map([
  ...textFilters,
  ...htmlFilters,
  ...numberFilters,
  ...sequenceFilters,
  ...mapFilters,
  ...dbtFilters,
]);

/** Jinja2's filters, tests and globals, and dbt's filters. */
export const DEFAULT_ENVIRONMENT: Environment = { filters, tests: jinjaTests, globals: jinjaGlobals };
