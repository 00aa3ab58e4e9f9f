import { evidentType } from "../hazards/evident-type.ts";
import type { Call, SqlText } from "../hazards/sql-text.ts";
import { inCallsOf, isFollowed, type Rewrite, type Written } from "./rewrite.ts";

const PAIRS = "count(case when $1 is not null and $2 is not null then 1 end)";
/** What is neither NaN nor infinite. */
const IS_PLAIN = "bool_and($1 is null or $2 is null or isfinite($1) and isfinite($2))";

function covariance({ name }: Call): Written {
  return { template: `${name}(cast($1 as double), cast($2 as double))`, type: "double" };
}

/** Where there is no slope, DuckDB says NaN and Trino NULL; of no rows both say NULL. */
function undefinedAsNan(call: Call, text: SqlText): Written | null {
  if (isFollowed(text, call)) return null;
  const value = `${call.name}(cast($1 as double), cast($2 as double))`;
  return { template: `(case when ${PAIRS} > 0 then coalesce(${value}, nan()) end)`, type: "double" };
}

function undefinedAsNull(call: Call, text: SqlText): Written | null {
  if (isFollowed(text, call) || !call.args.every((arg) => evidentType(text, arg) === "double")) return null;
  const value = `${call.name}($1, $2)`;
  return { template: `(case when not isnan(${value}) or not ${IS_PLAIN} then ${value} end)`, type: "double" };
}

export const REGRESSIONS_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "covar_pop",
    reason: "of doubles both are alike",
    find: inCallsOf("covar_pop covar_samp", [2], covariance),
  },
  { construct: "corr", reason: "NaN where it is undefined", find: inCallsOf("corr regr_slope", [2], undefinedAsNan) },
];

export const REGRESSIONS_TO_DUCKDB: readonly Rewrite[] = [
  { construct: "corr", reason: "NULL where it is undefined", find: inCallsOf("corr regr_slope", [2], undefinedAsNull) },
];
