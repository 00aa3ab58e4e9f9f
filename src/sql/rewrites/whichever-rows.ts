import { asCall, isFollowed, type Rewrite } from "./rewrite.ts";

/** The one value that there is; where there are several, each engine would take another, so that is an error. */
function onlyValue(names: string, fail: string): Rewrite["find"] {
  const template = `(case when count($1) = 0 or min($1) = max($1) then min($1) else ${fail}('not translated: one of several values: each engine takes another') end)`;
  return asCall(names, 1, template, null, (call, text) => !isFollowed(text, call));
}

const [construct, reason] = ["any_value", "of the one value that is not NULL"];

export const WHICHEVER_ROWS_TO_TRINO: readonly Rewrite[] = [
  { construct, reason, find: onlyValue("any_value", "fail") },
];

export const WHICHEVER_ROWS_TO_DUCKDB: readonly Rewrite[] = [
  { construct, reason, find: onlyValue("any_value arbitrary", "error") },
];
