import type { Call, Range, SqlText } from "../hazards/sql-text.ts";
import { inCallsOf, type Rewrite, type Written } from "./rewrite.ts";

interface Lambda {
  readonly names: readonly string[];
  readonly body: Range;
}

/** `(k, v) -> body`. */
function lambdaOf(text: SqlText, { from, to }: Range): Lambda | null {
  const close = text.partner(from);
  if (!text.sign(from, "(") || close === undefined || !text.sign(close + 1, "->")) return null;
  const names = text.split({ from: from + 1, to: close }).map((name) => text.only(name));
  if (!names.every((name) => name?.kind === "word")) return null;
  return { names: names.flatMap((name) => name?.text ?? []), body: { from: close + 2, to } };
}

/** A body of several arguments: DuckDB's lambdas take one and the place, so each is the one of a lambda of its own. */
function bound(names: readonly string[], values: readonly string[], body: string): string {
  return names.reduceRight((inner, name, i) => `list_transform([${values[i] ?? ""}], ${name} -> ${inner})[1]`, body);
}

/** The call's last argument is a lambda of so many arguments; `write` gets their names, and $1 … and the body's place. */
function withLambda(
  name: string,
  before: number,
  count: number,
  write: (names: readonly string[], body: string) => string,
  type: Written["type"] = null,
): Rewrite {
  return {
    construct: name,
    reason: "DuckDB has none",
    find: inCallsOf(name, [before + 1], ({ args }: Call, text) => {
      const last = args.at(-1);
      const lambda = last === undefined ? null : lambdaOf(text, last);
      if (lambda === null || lambda.names.length !== count || new Set(lambda.names).size < count) return null;
      const template = write(lambda.names, `$${String(before + 1)}`);
      return { template, type, args: [...args.slice(0, -1), lambda.body] };
    }),
  };
}

const ENTRY = ["dh_e.key", "dh_e.value"];

/** Functions of two values at a time. A key that becomes NULL, or one that is there already, DuckDB refuses as Trino does. */
export const LAMBDAS_TO_DUCKDB: readonly Rewrite[] = [
  withLambda(
    "zip_with",
    2,
    2,
    (names, body) =>
      `(case when $1 is not null and $2 is not null then list_transform(range(1, greatest(len($1), len($2)) + 1), dh_i -> ${bound(names, ["($1)[dh_i]", "($2)[dh_i]"], body)}) end)`,
    "array",
  ),
  withLambda(
    "map_filter",
    1,
    2,
    (names, body) => `map_from_entries(list_filter(map_entries($1), dh_e -> ${bound(names, ENTRY, body)}))`,
  ),
  withLambda(
    "transform_values",
    1,
    2,
    (names, body) =>
      `map_from_entries(list_transform(map_entries($1), dh_e -> {'key': dh_e.key, 'value': ${bound(names, ENTRY, body)}}))`,
  ),
  withLambda(
    "transform_keys",
    1,
    2,
    (names, body) =>
      `map_from_entries(list_transform(map_entries($1), dh_e -> {'key': ${bound(names, ENTRY, body)}, 'value': dh_e.value}))`,
  ),
];
