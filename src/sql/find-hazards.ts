import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { SqlDialect } from "../contracts/query-shape.ts";
import type { Analyze } from "./analyze-query.ts";
import { NUMBER_RULES } from "./hazards/number-rules.ts";
import { QUERY_RULES } from "./hazards/query-rules.ts";
import type { HazardRule } from "./hazards/rule.ts";
import { SqlText } from "./hazards/sql-text.ts";
import { TEXT_RULES } from "./hazards/text-rules.ts";
import { TIME_RULES } from "./hazards/time-rules.ts";
import { TRANSLATION_RULES } from "./hazards/translation-rules.ts";
import { splitStatements } from "./statements.ts";
import { tokenize, type Token } from "./tokens.ts";

export type FindHazards = (sql: string, from: SqlDialect, to: SqlDialect) => Promise<Diagnostic[]>;

/** Every construct that both engines accept and that does not mean the same on both. */
export const HAZARD_RULES: readonly HazardRule[] = [...NUMBER_RULES, ...TEXT_RULES, ...TIME_RULES, ...QUERY_RULES];

/**
 * Gives `findHazards`, which names what a text written for one engine may mean differently on the other, with place and a way
 * of writing that means the same. What the other engine refuses is not its business: that is loud. A statement that no reader
 * reads is one hazard, since nothing can be said about it.
 *
 * Places and operands come from the tokens: a parser says whether the text is read at all, but of the three only DuckDB's keeps
 * places, and that one does not read all of Trino's SQL. What a token alone cannot decide (a column's type) counts as a hazard.
 */
export function createHazardFinder(analyze: Analyze): FindHazards {
  return async (sql, from, to) => {
    if (from === to) return [];
    const hazards: Diagnostic[] = [];
    for (const tokens of splitStatements(tokenize(sql, from))) {
      const unread = await whyUnread(sql, tokens, from, analyze);
      if (unread === null) hazards.push(...hazardsOf(sql, tokens));
      else hazards.push(diagnostic("DH7002", `This statement could not be read: ${unread}`, place(sql, tokens[0])));
    }
    return hazards;
  };
}

async function whyUnread(
  sql: string,
  tokens: readonly Token[],
  dialect: SqlDialect,
  analyze: Analyze,
): Promise<string | null> {
  const last = tokens.at(-1);
  const statement = sql.slice(tokens[0]?.start, last === undefined ? 0 : last.start + last.text.length);
  const shape = await analyze(statement, dialect);
  return shape.known ? null : shape.unknown_reason;
}

/** Names what the translator is known to write wrongly, in the same form. */
export function findTranslationHazards(sql: string, from: SqlDialect): Diagnostic[] {
  return splitStatements(tokenize(sql, from)).flatMap((tokens) => hazardsOf(sql, tokens, TRANSLATION_RULES));
}

function hazardsOf(sql: string, tokens: readonly Token[], rules = HAZARD_RULES): Diagnostic[] {
  const text = new SqlText(tokens);
  return rules
    .flatMap((rule) => rule.find(text).map((finding) => ({ rule, ...finding })))
    .sort((a, b) => a.at - b.at)
    .map(({ rule, at, severity }) =>
      diagnostic("DH7001", `${rule.construct}: ${rule.difference}.`, place(sql, tokens[at]), rule.portable, severity),
    );
}

/** Line and column, from 1, of a token. */
function place(sql: string, token: Token | undefined) {
  const before = sql.slice(0, token?.start ?? 0);
  return { file: null, line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}
