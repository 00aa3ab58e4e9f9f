import { isAggregate } from "../aggregate-functions.ts";
import type { Call, Range, SqlText } from "../hazards/sql-text.ts";
import { SqlText as Text } from "../hazards/sql-text.ts";
import { splitStatements } from "../statements.ts";
import { tokenize } from "../tokens.ts";
import { rebuilt } from "./query-blocks.ts";
import { asCall, inCallsOf, textOf, type Rewrite } from "./rewrite.ts";

/** What stands for the n-th of a list, and for percentiles of one, until Trino's words for them are written. */
const [NTH, MEDIAN, DISCRETE, DISCRETE_DOWN] = [
  "duckhouse_nth",
  "duckhouse_percentile",
  "duckhouse_discrete",
  "duckhouse_discrete_down",
];
const WORDS =
  /\b(first|last|any_value|arbitrary|median|quantile\w*|percentile_disc|filter|semi|anti|materialized|name|all|lambda)\b/i;
const NO_NULLS = ["sum", "avg", "mean", "min", "max", "count", "bool_and", "bool_or", "stddev", "variance"];
const ENDS = [
  "where",
  "group",
  "having",
  "window",
  "qualify",
  "order",
  "limit",
  "offset",
  "union",
  "except",
  "intersect",
];
const JOINS = ["join", "left", "right", "inner", "full", "cross", "natural", "asof", "positional", "semi", "anti"];

interface Change extends Range {
  readonly written: string;
}

/** Writes aggregates and clauses of DuckDB that Trino does not have with ones that it has, still in DuckDB's words. */
export function rebuildClauses(sql: string): string {
  if (!WORDS.test(sql)) return sql;
  return rebuilt(sql, rebuildOne, 200);
}

function rebuildOne(sql: string): string | null {
  for (const tokens of splitStatements(tokenize(sql, "duckdb"))) {
    const text = new Text(tokens);
    const start = (at: number) => tokens[at]?.start ?? sql.length;
    const end = (to: number) => start(to - 1) + (tokens[to - 1]?.text.length ?? 0);
    const of = ({ from, to }: Range) => (from < to ? sql.slice(start(from), end(to)) : "");
    const change = aggregate(text, of) ?? clause(text, of);
    if (change !== null) return sql.slice(0, start(change.from)) + change.written + sql.slice(end(change.to));
  }
  return null;
}

type Of = (range: Range) => string;

/** What follows a call: FILTER's condition, WITHIN GROUP's key, and OVER with what it says. */
interface Tail {
  readonly to: number;
  readonly filter: Range | null;
  readonly within: Range | null;
  readonly over: Range | null;
}

function tailOf(text: SqlText, call: Call): Tail {
  let to = (text.partner(call.at + 1) ?? call.at) + 1;
  let [filter, within, over]: (Range | null)[] = [null, null, null];
  if (text.is(to, "within") && text.is(to + 1, "group") && text.is(to + 3, "order")) {
    const close = text.partner(to + 2) ?? to + 2;
    within = { from: to + 5, to: close };
    to = close + 1;
  }
  if (text.is(to, "filter") && text.is(to + 2, "where")) {
    const close = text.partner(to + 1) ?? to + 1;
    filter = { from: to + 3, to: close };
    to = close + 1;
  }
  if (text.is(to, "over")) {
    const end = text.sign(to + 1, "(") ? (text.partner(to + 1) ?? to + 1) + 1 : to + 2;
    over = { from: to, to: end };
    to = end;
  }
  return { to, filter: filter ?? null, within: within ?? null, over: over ?? null };
}

function aggregate(text: SqlText, of: Of): Change | null {
  for (const call of text.calls.toReversed()) {
    const close = text.partner(call.at + 1);
    if (close === undefined || text.sign(call.at - 1, ".") || text.is(call.at + 2, "distinct")) continue;
    const tail = tailOf(text, call);
    const written =
      ofOrder(text, of, call, tail, close) ?? percentile(text, of, call, tail) ?? filtered(of, call, tail);
    if (written !== null) return { from: call.at, to: tail.to, written };
  }
  return null;
}

/** first(x order by y): of the rows in that order, which a list keeps. */
function ofOrder(text: SqlText, of: Of, call: Call, tail: Tail, close: number): string | null {
  if (!/^(first|last|any_value|arbitrary)$/.test(call.name) || call.args.length < 1 || tail.over !== null) return null;
  const inner = { from: call.at + 2, to: close };
  const [value] = call.args;
  const order = text.tokens.findIndex(
    (_, at) => at > inner.from && at < close && text.is(at, "order") && text.is(at + 1, "by"),
  );
  if (value === undefined || order < 0 || (text.partner(order - 1) !== undefined && text.sign(order - 1, "(")))
    return null;
  const conditions = [
    ...(tail.filter === null ? [] : [`(${of(tail.filter)})`]),
    ...(call.name === "any_value" ? [`(${of({ from: inner.from, to: order })}) is not null`] : []),
  ];
  const filter = conditions.length === 0 ? "" : ` filter (where ${conditions.join(" and ")})`;
  return `${NTH}(list(${of(inner)})${filter}, ${call.name === "last" ? "-1" : "1"})`;
}

/** Percentiles as windows and of values that are there: all of them from a list. */
function percentile(text: SqlText, of: Of, call: Call, tail: Tail): string | null {
  const isDiscrete = /^(quantile|quantile_disc|percentile_disc)$/.test(call.name);
  const isContinuous = /^(median|quantile_cont)$/.test(call.name) && (tail.over !== null || tail.filter !== null);
  if (!isDiscrete && !isContinuous) return null;
  const [first, second] = call.args;
  const key = tail.within ?? first;
  const share = call.name === "median" ? "0.5" : text.only(tail.within === null ? second : first)?.text;
  const isDown = tail.within !== null && text.is(tail.within.to - 1, "desc");
  if (key === undefined || share === undefined || !/^(0(\.\d{1,9})?|1(\.0*)?)$/.test(share)) return null;
  if (tail.within !== null && (!isDiscrete || text.split(tail.within).length > 1)) return null;
  const value = of(isDown || (tail.within !== null && text.is(key.to - 1, "asc")) ? { ...key, to: key.to - 1 } : key);
  if (/\b(nulls|order)\b/i.test(value)) return null;
  const name = isContinuous ? MEDIAN : isDown ? DISCRETE_DOWN : DISCRETE;
  const shown = tail.filter === null ? value : `case when ${of(tail.filter)} then ${value} end`;
  return `${name}(list(${shown})${tail.over === null ? "" : ` ${of(tail.over)}`}, ${share})`;
}

/** Trino filters no windows: what is filtered out becomes NULL, which these aggregates pass over. */
function filtered(of: Of, call: Call, tail: Tail): string | null {
  const [value] = call.args;
  if (tail.filter === null || tail.over === null || !NO_NULLS.includes(call.name)) return null;
  if (value === undefined ? call.name !== "count" : call.args.length > 1) return null;
  const shown = value === undefined || of(value) === "*" ? "1" : of(value);
  return `${call.name}(case when ${of(tail.filter)} then ${shown} end) ${of(tail.over)}`;
}

function clause(text: SqlText, of: Of): Change | null {
  for (let at = text.tokens.length - 1; at > 0; at--) {
    const change =
      materialized(text, at) ??
      lambda(text, of, at) ??
      halfJoin(text, of, at) ??
      orderByAll(text, at) ??
      groupByAll(text, at) ??
      byName(text, of, at);
    if (change !== null) return change;
  }
  return null;
}

/** A hint for the planner. */
function materialized(text: SqlText, at: number): Change | null {
  if (!text.is(at, "materialized") || !text.sign(at + 1, "(")) return null;
  const from = text.is(at - 1, "not") ? at - 1 : at;
  return text.is(from - 1, "as") ? { from, to: at + 1, written: "" } : null;
}

/** LAMBDA x, y : …, which is (x, y) -> …. */
function lambda(text: SqlText, of: Of, at: number): Change | null {
  const colon = text.tokens.findIndex((_, i) => i > at && text.sign(i, ":"));
  if (!text.is(at, "lambda") || colon < 0) return null;
  const names = text.split({ from: at + 1, to: colon });
  if (!names.every((name) => ["word", "name"].includes(text.only(name)?.kind ?? ""))) return null;
  const list = of({ from: at + 1, to: colon });
  return { from: at, to: colon + 1, written: names.length > 1 ? `(${list}) ->` : `${list} ->` };
}

/** The end of a condition or a table: where another clause, another join or the query's end follows. */
function endOf(text: SqlText, from: number, words: readonly string[]): number {
  for (let at = from; at < text.tokens.length; at++) {
    if (text.sign(at, "(", "[", "{")) at = text.partner(at) ?? at;
    else if (text.sign(at, ")", "]", "}", ",", ";") || text.is(at, ...words)) return at;
  }
  return text.tokens.length;
}

/** a SEMI JOIN b ON c, as the last join: rows of a for which b has one. */
function halfJoin(text: SqlText, of: Of, at: number): Change | null {
  if (!text.is(at, "semi", "anti") || !text.is(at + 1, "join")) return null;
  const on = endOf(text, at + 2, [...ENDS, ...JOINS, "on", "using"]);
  if (!text.is(on, "on")) return null;
  const end = endOf(text, on + 1, [...ENDS, ...JOINS]);
  if (text.is(end, ...JOINS) || text.sign(end, ",")) return null;
  // Without a qualifier a column could be of either side.
  const isQualified = text
    .slice({ from: on + 1, to: end })
    .every(
      (token, i) =>
        !["word", "name"].includes(token.kind) ||
        text.is(on + 1 + i, "and", "or", "not", "is", "null", "between", "in", "like") ||
        text.sign(on + i, ".") ||
        text.sign(on + 2 + i, ".", "("),
    );
  if (!isQualified) return null;
  const exists = `${text.is(at, "anti") ? "not " : ""}exists (select 1 from ${of({ from: at + 2, to: on })} where ${of({ from: on + 1, to: end })})`;
  if (!text.is(end, "where")) return { from: at, to: end, written: `where ${exists}` };
  const last = endOf(text, end + 1, ENDS);
  return { from: at, to: last, written: `where ${exists} and (${of({ from: end + 1, to: last })})` };
}

/** The items of the SELECT that begins at a place; null where one of them is a star. */
function itemsOf(text: SqlText, select: number): readonly Range[] | null {
  const from = text.is(select + 1, "distinct", "all") ? select + 2 : select + 1;
  if (text.is(from, "on")) return null;
  let to = from;
  for (; to < text.tokens.length && !text.is(to, "from", ...ENDS) && !text.sign(to, ")", ";"); to++)
    if (text.sign(to, "(", "[", "{")) to = text.partner(to) ?? to;
  const items = text.split({ from, to });
  return items.some((item) => text.sign(item.to - 1, "*") || text.is(item.from, "columns", "unnest")) ? null : items;
}

/** The SELECT of the block that holds a place. */
function selectBefore(text: SqlText, place: number): number {
  for (let at = place - 1; at >= 0; at--) {
    if (text.sign(at, ")", "]", "}")) at = text.partner(at) ?? at;
    else if (text.sign(at, "(") || text.is(at, "union", "except", "intersect")) return -1;
    else if (text.is(at, "select")) return at;
  }
  return -1;
}

/** ORDER BY ALL: by every column from the left. */
function orderByAll(text: SqlText, at: number): Change | null {
  if (!text.is(at, "all") || !text.is(at - 1, "by") || !text.is(at - 2, "order")) return null;
  const select = selectBefore(text, at - 2);
  const items = select < 0 ? null : itemsOf(text, select);
  if (items === null || text.is(at + 1, "nulls") || text.is(at + 2, "nulls") || text.sign(at + 1, ",")) return null;
  const direction = text.is(at + 1, "desc") ? " desc" : "";
  const to = text.is(at + 1, "asc", "desc") ? at + 2 : at + 1;
  return { from: at, to, written: items.map((_, i) => `${String(i + 1)}${direction}`).join(", ") };
}

/** GROUP BY ALL: by every item without an aggregate; of one that has both, Trino says so. */
function groupByAll(text: SqlText, at: number): Change | null {
  if (!text.is(at, "all") || !text.is(at - 1, "by") || !text.is(at - 2, "group")) return null;
  const select = selectBefore(text, at - 2);
  const items = select < 0 ? null : itemsOf(text, select);
  if (items === null) return null;
  const aggregates = text.calls.filter(({ name }) => isAggregate(name));
  const keys = items.flatMap(({ from, to }, i) =>
    aggregates.some((call) => call.at >= from && call.at < to) ? [] : [String(i + 1)],
  );
  if (items.some((item) => text.slice(item).some((token) => /^(over|select)$/i.test(token.text)))) return null;
  return keys.length === 0 ? null : { from: at, to: at + 1, written: keys.join(", ") };
}

/** The column that an item gives, where it says so. */
function nameOf(text: SqlText, { from, to }: Range): string | null {
  const token = text.tokens[to - 1];
  if (token === undefined || !["word", "name"].includes(token.kind)) return null;
  const isNamed = to - from === 1 || text.is(to - 2, "as") || (to - from === 3 && text.sign(to - 2, "."));
  return isNamed ? token.text.toLowerCase().replaceAll('"', "") : null;
}

/** UNION BY NAME of two blocks with the same columns: the second's are put in the first's order. */
function byName(text: SqlText, of: Of, at: number): Change | null {
  if (!text.is(at, "name") || !text.is(at - 1, "by") || !text.is(at + 1, "select")) return null;
  const union = text.is(at - 2, "all") ? at - 3 : at - 2;
  const select = text.is(union, "union") ? selectBefore(text, union) : -1;
  const [first, second] = [select < 0 ? null : itemsOf(text, select), itemsOf(text, at + 1)];
  const [begin, end] = [second?.[0], second?.at(-1)];
  if (first === null || second === null || begin === undefined || end === undefined) return null;
  if (first.length !== second.length || text.is(select - 1, "all", "union", "except", "intersect", "name")) return null;
  const names = second.map((item) => nameOf(text, item));
  const places = first.map((item) => names.indexOf(nameOf(text, item) ?? ""));
  if (places.some((place) => place < 0) || new Set(places).size < places.length) return null;
  const items = places.map((place) => of(second[place] ?? begin)).join(", ");
  return { from: at - 1, to: end.to, written: `select ${items}` };
}

/** The values of a list that are there, sorted, as dh_v. */
function sorted(body: string, value = "dh_e"): string {
  return `element_at(transform(array[array_sort(transform(filter($1, dh_e -> dh_e is not null), dh_e -> ${value}))], dh_v -> ${body}), 1)`;
}

const POSITION = "((cardinality(dh_v) - 1) * cast($2 as double))";
const valueAt = (n: string) => `element_at(dh_v, cast(${n}(${POSITION}) as integer) + 1)`;
const NO_DECIMAL =
  "case when typeof(dh_e) like 'decimal%' then cast(fail('not translated: a percentile of decimals') as double) else cast(dh_e as double) end";
const RANK = "greatest(1, cast(ceiling(cardinality(dh_v) * $2) as integer))";

export const CLAUSES_TO_TRINO: readonly Rewrite[] = [
  { construct: "the first of an order", reason: "Trino has none", find: asCall(NTH, 2, "element_at($1, $2)") },
  {
    construct: "a percentile between values",
    reason: "Trino's are approximate",
    find: asCall(
      MEDIAN,
      2,
      sorted(
        `case when cardinality(dh_v) > 0 then ${valueAt("floor")} + (${valueAt("ceiling")} - ${valueAt("floor")}) * (${POSITION} - floor(${POSITION})) end`,
        NO_DECIMAL,
      ),
      "double",
    ),
  },
  {
    construct: "a percentile of the values",
    reason: "Trino's are approximate",
    find: asCall(DISCRETE, 2, sorted(`element_at(dh_v, ${RANK})`)),
  },
  {
    construct: "a percentile of the values, from the greatest",
    reason: "Trino's are approximate",
    find: asCall(DISCRETE_DOWN, 2, sorted(`element_at(reverse(dh_v), ${RANK})`)),
  },
  {
    construct: "a list comprehension",
    reason: "Trino has transform and filter",
    find: comprehensions,
  },
  {
    construct: "try_strptime",
    reason: "what has no digit is no date; other texts that do not fit are refused",
    find: inCallsOf("try_strptime", [2], ({ args: [value, pattern] }, text) => {
      if (value === undefined || textOf(text, pattern) !== "%Y-%m-%d") return null;
      const template =
        "case when regexp_like($1, '\\A\\d{4}-\\d\\d-\\d\\d\\z') then cast(try_cast($1 as date) as timestamp(6)) when not regexp_like($1, '\\d') then null when $1 is not null then cast(fail('not translated: a date of another form') as timestamp(6)) end";
      return { template, type: "timestamp", args: [value] };
    }),
  },
];

/** [f(x) for x in list if c]. */
function comprehensions(text: SqlText): ReturnType<Rewrite["find"]> {
  return text.tokens.flatMap((_, open) => {
    const close = text.partner(open);
    if (!text.sign(open, "[") || close === undefined || close < open) return [];
    const find = (word: string, from: number) => {
      for (let at = from; at < close; at++) {
        if (text.sign(at, "(", "[", "{")) at = text.partner(at) ?? at;
        else if (text.is(at, word)) return at;
      }
      return -1;
    };
    const [loop, inside] = [find("for", open + 1), find("in", open + 1)];
    const name = text.tokens[loop + 1];
    if (loop < 0 || inside !== loop + 2 || name?.kind !== "word") return [];
    const condition = find("if", inside + 1);
    const list = { from: inside + 1, to: condition < 0 ? close : condition };
    const args = [{ from: open + 1, to: loop }, list, ...(condition < 0 ? [] : [{ from: condition + 1, to: close }])];
    const kept = condition < 0 ? "$2" : `filter($2, ${name.text} -> $3)`;
    const template = `transform(${kept}, ${name.text} -> $1)`;
    return [{ from: open, to: close + 1, args, template, type: "array" as const }];
  });
}
