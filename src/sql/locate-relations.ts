import type { QueryShape, SqlDialect, SqlReader } from "../contracts/query-shape.ts";
import { readDuckDbTree } from "./readers/duckdb-tree.ts";
import { ShapeBuilder } from "./shape-builder.ts";
import { isWord, tokenize, type Token } from "./tokens.ts";

/** A relation's name in a text. */
export interface RelationPlace {
  /** Without identifier quotes. */
  readonly parts: readonly string[];
  readonly start: number;
  readonly end: number;
  /** May another name be put behind it? Not where it has one, and not where it is written to or described. */
  readonly takesAlias: boolean;
}

export type LocateRelations = (sql: string, dialect: SqlDialect, shape: QueryShape) => Promise<RelationPlace[]>;

/**
 * Gives the function that finds where a text names relations, in the order of the text; names of CTEs are none. Places
 * come from DuckDB's parser, which also reads most of Trino's SQL. What it does not read (statements other than queries)
 * is searched for the names that the shape's reader found, where the text may name a relation.
 */
export function createRelationLocator(duckdb: SqlReader): LocateRelations {
  return async (sql, dialect, shape) => {
    const tokens = tokenize(sql, dialect);
    const places = (await parsedPlaces(sql, tokens, duckdb)) ?? searchedPlaces(tokens, shape);
    return places.sort((a, b) => a.start - b.start);
  };
}

async function parsedPlaces(sql: string, tokens: readonly Token[], duckdb: SqlReader): Promise<RelationPlace[] | null> {
  const result = await duckdb.read(sql);
  if (!result.ok) return null;
  const shape = new ShapeBuilder();
  readDuckDbTree(result.tree, shape);
  const bytes = Buffer.from(sql);
  const places: RelationPlace[] = [];
  for (const at of new Set(shape.references)) {
    // The parser counts bytes.
    const start = bytes.toString("utf8", 0, at).length;
    const index = tokens.findIndex((token) => token.start === start);
    const place = index < 0 ? null : nameAt(tokens, index);
    if (place !== null) places.push(place);
  }
  return places.length === 0 ? null : places;
}

const BEFORE = ["from", "join", "into", "update", "table", "using", "describe", "exists"];
const ENDS = ["where", "group", "having", "order", "limit", "select", "set", "values", "on", "window", "returning"];

function searchedPlaces(tokens: readonly Token[], shape: QueryShape): RelationPlace[] {
  const known = new Set(shape.tables.map((name) => name.toLowerCase()));
  const places: RelationPlace[] = [];
  // Whether a comma goes on with a FROM, by depth of parentheses.
  const inFrom = [false];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    const before = tokens[index - 1];
    if (token?.text === "(")
      inFrom.push(inFrom.at(-1) === true && before !== undefined && isWord(before, "from", "join"));
    else if (token?.text === ")") inFrom.pop();
    else if (isWord(token, "from", "join")) inFrom[inFrom.length - 1] = true;
    else if (isWord(token, ...ENDS)) inFrom[inFrom.length - 1] = false;
    const mayName =
      isWord(before, ...BEFORE) || (inFrom.at(-1) === true && (before?.text === "," || before?.text === "("));
    const place = mayName ? nameAt(tokens, index) : null;
    if (place === null || !known.has(place.parts.join(".").toLowerCase())) continue;
    places.push(isWord(before, ...BEFORE.slice(2)) ? { ...place, takesAlias: false } : place);
    while ((tokens[index + 1]?.start ?? Infinity) < place.end) index++;
  }
  return places;
}

/** Names joined by dots; null: there is none, or it is a function's. */
function nameAt(tokens: readonly Token[], index: number): RelationPlace | null {
  const parts: string[] = [];
  let at = index;
  for (;;) {
    const token = tokens[at];
    if (token === undefined || (token.kind !== "word" && token.kind !== "name")) return null;
    parts.push(token.kind === "name" ? token.text.slice(1, -1).replaceAll('""', '"') : token.text);
    if (tokens[at + 1]?.text !== ".") break;
    at += 2;
  }
  if (tokens[at + 1]?.text === "(") return null;
  const [first, last] = [tokens[index], tokens[at]];
  if (first === undefined || last === undefined) return null;
  return { parts, start: first.start, end: last.start + last.text.length, takesAlias: !isAlias(tokens[at + 1]) };
}

/** Words that may follow a relation and are no alias. */
const NO_ALIAS = new Set(
  `where group having order limit offset fetch union intersect except on using join left right full inner outer cross
  natural asof positional semi anti lateral tablesample sample window qualify set values select pivot unpivot at for
  when returning default with minus match_recognize`.split(/\s+/),
);

function isAlias(token: Token | undefined): boolean {
  return token?.kind === "name" || (token?.kind === "word" && !NO_ALIAS.has(token.text.toLowerCase()));
}
