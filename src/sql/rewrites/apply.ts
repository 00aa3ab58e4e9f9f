import type { SqlDialect } from "../../contracts/query-shape.ts";
import { STAND_IN, standInName } from "../hazards/evident-type.ts";
import { SqlText, type Range } from "../hazards/sql-text.ts";
import { splitStatements } from "../statements.ts";
import { tokenize } from "../tokens.ts";
import { rebuildClauses } from "./clauses-to-trino.ts";
import { rebuildQueries } from "./queries-to-trino.ts";
import { isRepeatable, type Rewrite, type Site } from "./rewrite.ts";

/** What is longer than this when it is written out was nested in itself; nobody wants to run it. */
const LONGEST = 1_000_000;

export interface Rewritten {
  /** The text, in which calls of functions that do not exist stand where we write the translation ourselves. */
  readonly sql: string;
  readonly sites: readonly Site[];
}

/**
 * Puts a call that no translator knows in the place of every construct that we write ourselves. The translator passes it through
 * with its arguments translated, and the gates see a function of a known type; `writeOut` then writes what it stands for.
 */
export function applyRewrites(original: string, from: SqlDialect, rewrites: readonly Rewrite[]): Rewritten {
  const sites: Site[] = [];
  if (original.toLowerCase().includes(STAND_IN)) return { sql: original, sites };
  const sql = from === "duckdb" ? rebuildQueries(rebuildClauses(original)) : original;
  let out = "";
  let end = 0;
  for (const tokens of splitStatements(tokenize(sql, from))) {
    const [first] = tokens;
    const last = tokens.at(-1);
    if (first === undefined || last === undefined) continue;
    out += sql.slice(end, first.start) + rewriteStatement(sql, new SqlText(tokens), rewrites, sites);
    end = last.start + last.text.length;
  }
  return { sql: out + sql.slice(end), sites };
}

function rewriteStatement(sql: string, text: SqlText, rewrites: readonly Rewrite[], sites: Site[]): string {
  const found = new Map<number, Site[]>();
  for (const rewrite of rewrites) {
    for (const site of rewrite.find(text)) {
      if (!isRepeatable(text, site)) continue;
      const there = found.get(site.from) ?? [];
      if (!there.some((other) => other.to === site.to)) found.set(site.from, [...there, site]);
    }
  }
  for (const there of found.values()) there.sort((a, b) => b.to - a.to);
  return new Writer(sql, text, found, sites).write({ from: 0, to: text.tokens.length });
}

class Writer {
  constructor(
    private readonly sql: string,
    private readonly text: SqlText,
    private readonly found: ReadonlyMap<number, readonly Site[]>,
    private readonly sites: Site[],
  ) {}

  /** A range with its sites replaced; `inside` is the site that it is the beginning of. */
  write({ from, to }: Range, inside?: Site): string {
    let out = "";
    let at = from;
    while (at < to) {
      const site = this.found
        .get(at)
        ?.find((one) => one.to <= to && (inside === undefined || at > from || one.to < inside.to));
      const token = this.text.tokens[at];
      if (site === undefined) {
        out += token?.text ?? "";
        at++;
      } else {
        out += this.replace(site);
        at = site.to;
      }
      if (at < to) out += this.blanksBefore(at);
    }
    return out;
  }

  private replace(site: Site): string {
    const args = site.args.map((arg) => this.write(arg, arg.from === site.from ? site : undefined));
    if (site.early === true) return fill(site.template, args);
    const name = standInName(site.type, this.sites.length);
    this.sites.push(site);
    return `${site.infix === true ? "* " : ""}${name}(${args.join(", ")})`;
  }

  /** What stood between two tokens: a line's end stays one, a comment goes. */
  private blanksBefore(at: number): string {
    const before = this.text.tokens[at - 1];
    const token = this.text.tokens[at];
    if (before === undefined || token === undefined) return "";
    const between = this.sql.slice(before.start + before.text.length, token.start);
    return between.trim() === "" ? between : " ";
  }
}

function fill(template: string, args: readonly string[]): string {
  return template.replace(/\$(\$|\d+)/g, (_, number: string) =>
    number === "$" ? "$" : (args[Number(number) - 1] ?? "NULL"),
  );
}

/** Writes a translation's stand-ins as what they stand for; null where the translator took one apart, or it becomes too long. */
export function writeOut(translated: string, to: SqlDialect, sites: readonly Site[]): string | null {
  let sql = translated;
  for (let pass = 0; sql.toLowerCase().includes(STAND_IN); pass++) {
    const next = pass < sites.length ? writeOutOne(sql, to, sites) : null;
    if (next === null || next.length > LONGEST) return null;
    sql = next;
  }
  return sql;
}

/** Writes out the last stand-in, which has none inside. */
function writeOutOne(sql: string, to: SqlDialect, sites: readonly Site[]): string | null {
  const text = new SqlText(tokenize(sql, to));
  const call = text.calls.findLast(({ name }) => name.startsWith(STAND_IN));
  const close = call === undefined ? undefined : text.partner(call.at + 1);
  const site = sites[Number(/\d+$/.exec(call?.name ?? "")?.[0] ?? -1)];
  if (call === undefined || close === undefined || site === undefined || call.args.length !== site.args.length)
    return null;
  if (site.infix === true && !text.sign(call.at - 1, "*")) return null;
  const start = (at: number) => text.tokens[at]?.start ?? sql.length;
  const end = (at: number) => start(at) + (text.tokens[at]?.text.length ?? 0);
  const args = call.args.map((range) => asOperand(text, range, sql.slice(start(range.from), end(range.to - 1))));
  const begin = start(site.infix === true ? call.at - 1 : call.at);
  return sql.slice(0, begin) + fill(site.template, args) + sql.slice(start(close) + 1);
}

/** In parentheses, unless it is one thing anyway, or a lambda. */
function asOperand(text: SqlText, { from, to }: Range, written: string): string {
  const one =
    to - from === 1 ||
    text.partner(from) === to - 1 ||
    text.callOver({ from, to }) !== undefined ||
    text.castOver({ from, to }) !== undefined;
  const lambda = text.sign(from + 1, "->") || text.sign((text.partner(from) ?? from) + 1, "->");
  return one || lambda ? written : `(${written})`;
}
