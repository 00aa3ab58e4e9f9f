import { SqlText } from "../hazards/sql-text.ts";
import { splitStatements } from "../statements.ts";
import { tokenize } from "../tokens.ts";
import { bare, blockAt, ENDS, isAlias, isStar, nameOf, rebuilt, rest, Source, type Block } from "./query-blocks.ts";
import { reusedName } from "./reused-names.ts";
import { inCallsOf, type Rewrite } from "./rewrite.ts";

/** What stands for a query without some of its columns until Trino's exclude_columns is written. */
const WITHOUT = "duckhouse_without";
/**
 * Writes clauses of DuckDB that Trino does not have with subqueries, still in DuckDB's words: QUALIFY, DISTINCT ON, `* EXCLUDE`,
 * a name of the SELECT list in GROUP BY, WHERE, HAVING and the list itself. What cannot be written so that it means the same stays, and the gates refuse it.
 */
export function rebuildQueries(sql: string): string {
  return rebuilt(sql, rebuildOne, 100);
}

function rebuildOne(sql: string): string | null {
  for (const tokens of splitStatements(tokenize(sql, "duckdb"))) {
    const text = new SqlText(tokens);
    const source = new Source(sql, text);
    for (let at = tokens.length - 1; at >= 0; at--) {
      const block = text.is(at, "select") ? blockAt(text, at) : null;
      const written = block === null ? null : rewriteBlock(block, source);
      if (block !== null && written !== null) return source.replaced(block, written);
    }
  }
  return null;
}

function rewriteBlock(block: Block, source: Source): string | null {
  const unnest = unnesting(block, source);
  if (unnest !== null) return unnest;
  if (block.body.from === block.to) return null;
  return (
    reusedName(block, source) ??
    groupedByName(block, source) ??
    distinctOn(block, source) ??
    qualified(block, source) ??
    excluding(block, source)
  );
}

/** The alias in GROUP BY becomes its number; where the name stands elsewhere too, it may be a column. */
function groupedByName(block: Block, source: Source): string | null {
  const { text } = source;
  for (let at = block.body.from; at < block.body.to; at++) {
    if (text.sign(at, "(", "[")) at = text.partner(at) ?? at;
    if (!text.is(at, "group") || !text.is(at + 1, "by")) continue;
    for (const key of text.split({ from: at + 2, to: groupEnd(text, at + 2, block.body.to) })) {
      const token = text.only(key);
      if (token?.kind !== "word" && token?.kind !== "name") continue;
      const index = block.items.findIndex(
        (item) => isAlias(item, text) && bare(nameOf(item, text) ?? "") === bare(token.text),
      );
      if (index < 0 || block.items.slice(0, index).some((item) => text.sign(item.to - 1, "*"))) continue;
      if (block.items.some((item) => text.is(item.from + 1, "exclude", "replace"))) continue;
      if (source.count(token.text, { from: block.from, to: block.to }) !== 2) continue;
      return source.of({ from: block.from, to: key.from }) + ` ${String(index + 1)} ` + rest(source, key.to, block.to);
    }
  }
  return null;
}

function groupEnd(text: SqlText, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (text.sign(at, "(", "[")) at = text.partner(at) ?? at;
    else if (text.is(at, "having", "window", "qualify")) return at;
  }
  return to;
}

/** DISTINCT ON takes the first row of each, as the query orders them: one that QUALIFY finds too. */
function distinctOn(block: Block, source: Source): string | null {
  const { text } = source;
  const { distinct } = block;
  if (distinct === null || distinct.to - distinct.from === 1 || block.qualify !== null) return null;
  const keys = { from: distinct.from + 3, to: distinct.to - 1 };
  if (!text.is(block.to, "order") || groups(block, text)) return null;
  let end = block.to + 2;
  for (; end < text.tokens.length; end++) {
    if (text.sign(end, "(", "[")) end = text.partner(end) ?? end;
    else if (text.sign(end, ")", ";") || text.is(end, ...ENDS)) break;
  }
  const order = text.split({ from: block.to + 2, to: end });
  const names = block.items.flatMap((item) => (isAlias(item, text) ? [bare(nameOf(item, text) ?? "")] : []));
  // Numbers and aliases mean something else in a window; and the keys alone do not say which row is the first.
  const isPlain = order.every((item) =>
    text.slice(item).every((token) => token.kind !== "number" && !names.includes(bare(token.text))),
  );
  if (!isPlain || order.length <= text.split(keys).length) return null;
  const items = source.of({ from: distinct.to, to: block.body.from });
  const first = `row_number() over (partition by ${source.of(keys)} order by ${source.of({ from: block.to + 2, to: end })})`;
  return `select ${items} ${source.of(block.body)} qualify ${first} = 1`;
}

function groups({ body }: Block, text: SqlText): boolean {
  for (let at = body.from; at < body.to; at++) {
    if (text.sign(at, "(", "[")) at = text.partner(at) ?? at;
    else if (text.is(at, "group")) return true;
  }
  return false;
}

function qualified(block: Block, source: Source): string | null {
  const { text } = source;
  const { qualify, items } = block;
  if (qualify === null || (block.distinct !== null && block.distinct.to - block.distinct.from > 1)) return null;
  if (text.slice(block.body).some((token, i) => /^group$/i.test(token.text) && text.is(block.body.from + i + 2, "all")))
    return null;
  const distinct = block.distinct === null ? "" : "distinct ";
  const hasStar = items.some((item) => isStar(item, text));
  if (!hasStar && items.some((item) => nameOf(item, text) === null && text.sign(item.to - 1, "*"))) return null;
  if (items.some((item) => text.sign(item.from, "*") && item.to - item.from > 1)) return null;
  const named = items.map((item, i) => nameOf(item, text) ?? `dh_${String(i + 1)}`);
  const list = items
    .map((item, i) =>
      nameOf(item, text) !== null || isStar(item, text) ? source.of(item) : `${source.of(item)} as ${named[i] ?? ""}`,
    )
    .join(", ");
  const outer = hasStar ? "*" : named.join(", ");
  const asked = items.flatMap((item) =>
    isAlias(item, text) && source.count(nameOf(item, text) ?? "", qualify) > 0 ? [item] : [],
  );
  const isWindow = text.slice(qualify).some((token) => /^over$/i.test(token.text));
  if (asked.length > 0) {
    // A column of that name would come first; where the name stands nowhere else there is none that matters.
    const isOnly = asked.every(
      (item) => source.count(nameOf(item, text) ?? "", block) === 1 + source.count(nameOf(item, text) ?? "", qualify),
    );
    if (isWindow || !isOnly) return null;
    return `select ${distinct}${outer} from (select ${list} ${source.of(block.body)}) as dh_block where ${source.of(qualify)}`;
  }
  const inner = `select ${list}, (${source.of(qualify)}) as dh_qualify ${source.of(block.body)}`;
  const kept = `(${inner}) as dh_block where dh_qualify`;
  if (!hasStar) return `select ${distinct}${outer} from ${kept}`;
  return `select ${distinct}* from ${WITHOUT}((select * from ${kept}), dh_qualify)`;
}

/** `select a, unnest(b) as c from t`: each row with each element. */
function unnesting(block: Block, source: Source): string | null {
  const { text } = source;
  const found = block.items.filter((item) => text.is(item.from, "unnest") && text.sign(item.from + 1, "("));
  const [item] = found;
  const close = text.partner((item?.from ?? 0) + 1);
  if (
    item === undefined ||
    close === undefined ||
    found.length > 1 ||
    block.distinct !== null ||
    block.qualify !== null
  )
    return null;
  const name = close + 1 === item.to ? "dh_unnest" : nameOf(item, text);
  if (name === null || text.split({ from: item.from + 2, to: close }).length !== 1) return null;
  const isPlain = block.items.every(
    (one) =>
      one === item ||
      !text.slice(one).some((token) => /^(over|unnest|count|sum|min|max|avg|array_agg|list)$/i.test(token.text)),
  );
  if (!isPlain || groups(block, text) || block.items.some((one) => text.sign(one.to - 1, "*"))) return null;
  const items = block.items.map((one) => (one === item ? `dh_list.dh_element as ${name}` : source.of(one))).join(", ");
  const list = `unnest(${source.of({ from: item.from + 2, to: close })}) as dh_list(dh_element)`;
  if (block.body.from === block.body.to) return `select ${items} from ${list}`;
  let end = block.body.from;
  for (; end < block.body.to && !text.is(end, "where", "having", "window"); end++) {
    if (text.sign(end, "(", "[")) end = text.partner(end) ?? end;
  }
  const before = source.of({ from: block.body.from, to: end });
  return `select ${items} ${before} cross join ${list} ${rest(source, end, block.body.to)}`;
}

/** `select * exclude (a, b) from …`. */
function excluding(block: Block, source: Source): string | null {
  const { text } = source;
  const [star, ...others] = block.items;
  if (star === undefined || !text.sign(star.from, "*") || !text.is(star.from + 1, "exclude")) return null;
  const open = star.from + 2;
  const close = text.sign(open, "(") ? text.partner(open) : undefined;
  const columns = close === undefined ? { from: open, to: open + 1 } : { from: open + 1, to: close };
  if ((close ?? open) + 1 !== star.to || block.qualify !== null) return null;
  const excluded = text.slice(columns).map((token) => bare(token.text));
  if (others.some((item) => nameOf(item, text) === null || excluded.includes(bare(nameOf(item, text) ?? ""))))
    return null;
  if (block.distinct !== null && block.distinct.to - block.distinct.from > 1) return null;
  const list = ["*", ...others.map((item) => source.of(item))].join(", ");
  const distinct = block.distinct === null ? "" : "distinct ";
  return `select ${distinct}* from ${WITHOUT}((select ${list} ${source.of(block.body)}), ${source.of(columns)})`;
}

export const QUERIES_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "columns left out",
    reason: "Trino has a table function for it",
    find: inCallsOf(WITHOUT, [2, 3, 4, 5, 6, 7, 8, 9], ({ args }) => {
      const columns = args.slice(1).map((_, i) => `$${String(i + 2)}`);
      return {
        template: `table(exclude_columns(input => table($1), columns => descriptor(${columns.join(", ")})))`,
        type: null,
      };
    }),
  },
];
