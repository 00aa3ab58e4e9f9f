import { isAggregate } from "../aggregate-functions.ts";
import type { Call, Range, SqlText } from "../hazards/sql-text.ts";
import { bare, isAlias, nameOf, rest, type Block, type Source } from "./query-blocks.ts";
import { VOLATILE } from "./rewrite.ts";

/** What holds the expressions of names that the query uses again; a number follows. */
const HOLDER = "dh_names";

/** An item of the SELECT list whose name the same query uses again. */
interface Reused {
  readonly item: Range;
  readonly name: string;
  readonly expression: Range;
  /** Where the name stands for the item. */
  readonly uses: readonly number[];
}

/**
 * `select a + b as total, total * 2 as double_total from t where total > 1`: DuckDB knows the name in the rest of the list, in
 * WHERE, GROUP BY and HAVING, unless the input has a column of that name.
 */
export function reusedName(block: Block, source: Source): string | null {
  const { text } = source;
  const where = block.clauses.get("where") ?? block.to;
  if (block.items.some((item) => text.sign(item.to - 1, "*") || text.is(item.from, "columns", "unnest"))) return null;
  if (text.sign(block.items[0]?.from ?? 0, "*") || block.clauses.get("from") === undefined) return null;
  for (const item of block.items) {
    const reused = reusedItem(block, item, text);
    if (reused === null) continue;
    const calls = text.calls.filter(({ at }) => at >= item.from && at < item.to);
    const isAggregated = calls.some(({ name }) => isAggregate(name));
    const inWhere = reused.uses.some((at) => at > where && at < (firstAfter(block, where) ?? block.to));
    const written =
      isAggregated && !inWhere ? repeated(block, reused, source) : isAggregated ? null : held(block, reused, source);
    if (written !== null) return written;
  }
  return null;
}

function firstAfter({ clauses }: Block, place: number): number | undefined {
  return [...clauses.values()].filter((at) => at > place).sort((a, b) => a - b)[0];
}

/** Null where the name is not used again, or where it is evidently a column too. */
function reusedItem(block: Block, item: Range, text: SqlText): Reused | null {
  const name = isAlias(item, text) ? nameOf(item, text) : null;
  if (name === null) return null;
  const expression = { from: item.from, to: text.is(item.to - 2, "as") ? item.to - 2 : item.to - 1 };
  const isHeld = text.slice(expression).some((token) => [...VOLATILE, "over"].includes(token.text.toLowerCase()));
  const others = placesOf(name, block, text).filter((at) => at !== item.to - 1);
  const from = block.clauses.get("from") ?? block.to;
  const tables = { from, to: firstAfter(block, from) ?? block.to };
  const uses = others.filter((at) => !(at >= tables.from && at < tables.to) && mayBeColumn(text, at));
  const isOnlyGrouped = uses.every((at) => isGrouped(block, at));
  if (isHeld || isOnlyGrouped || uses.some((at) => at < item.to)) return null;
  if (others.some((at) => (at >= item.from && at < item.to) || (at >= tables.from && at < tables.to))) return null;
  return { item, name, expression, uses };
}

function isGrouped(block: Block, at: number): boolean {
  const group = block.clauses.get("group");
  return group !== undefined && at > group && at < (firstAfter(block, group) ?? block.to);
}

function placesOf(name: string, block: Block, text: SqlText): number[] {
  const to = block.qualify === null ? block.to : block.body.to;
  return text
    .slice({ from: block.from, to })
    .flatMap((token, i) =>
      (token.kind === "word" || token.kind === "name") && bare(token.text) === bare(name) ? [block.from + i] : [],
    );
}

/** No qualified name, call, type, unit, alias or typed literal. */
function mayBeColumn(text: SqlText, at: number): boolean {
  const [before, after] = [text.tokens[at - 1], text.tokens[at + 1]];
  if (text.sign(at - 1, ".", "::", "->") || text.is(at - 1, "as", "interval")) return false;
  if (text.sign(at + 1, ".", "(", ":", ":=", "->") || after?.kind === "string") return false;
  return before?.kind !== "number" && before?.kind !== "string" && !text.is(at + 1, "from");
}

/** Beside the tables: a column of the same name makes the name ambiguous, which Trino refuses. */
function held(block: Block, { item, name, expression }: Reused, source: Source): string | null {
  const from = block.clauses.get("from") ?? block.to;
  const end = firstAfter(block, from) ?? block.to;
  const holder = `${HOLDER}_${String(item.from)}`;
  const list = block.items.map((one) => (one === item ? `${holder}.${name} as ${name}` : source.of(one))).join(", ");
  const distinct = block.distinct === null ? "" : `${source.of(block.distinct)} `;
  const tables = source.of({ from, to: end });
  const lateral = `cross join lateral (select ${source.of(expression)} as ${name}) as ${holder}`;
  return `select ${distinct}${list} ${tables} ${lateral} ${rest(source, end, block.to)}`;
}

/** An aggregate's name cannot be a column's, unless that is grouped by; in another aggregate it is one. */
function repeated(block: Block, { name, expression, uses }: Reused, source: Source): string | null {
  const { text } = source;
  const group = block.clauses.get("group");
  const isKey = uses.some((at) => isGrouped(block, at));
  const isInAggregate = (at: number) => text.calls.some((call) => isAggregate(call.name) && holds(text, call, at));
  const isGroupedByAll = group !== undefined && text.is(group + 2, "all");
  if (isKey || isGroupedByAll || uses.some((at) => isInAggregate(at) || isInQuery(block, text, at))) return null;
  if (group !== undefined && placesOf(name, block, text).some((at) => isGrouped(block, at))) return null;
  let out = "";
  let from = block.from;
  for (const at of [...uses].sort((a, b) => a - b)) {
    out += `${source.of({ from, to: at })} (${source.of(expression)}) `;
    from = at + 1;
  }
  return out + rest(source, from, block.to);
}

function holds(text: SqlText, call: Call, at: number): boolean {
  return at > call.at && at < (text.partner(call.at + 1) ?? call.at);
}

/** In a query of its own, which may have a column of that name. */
function isInQuery(block: Block, text: SqlText, place: number): boolean {
  for (let at = place - 1; at > block.from; at--) {
    if (text.sign(at, ")", "]", "}")) at = text.partner(at) ?? at;
    else if (text.sign(at, "(") && text.is(at + 1, "select", "with", "from", "values")) return true;
  }
  return false;
}
