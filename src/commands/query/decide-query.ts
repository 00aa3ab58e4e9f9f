import type { SqlDialect } from "../../contracts/query-shape.ts";
import type { CurrentPlace } from "../../contracts/query.ts";
import { ROUTER_DEFAULTS, type Decision } from "../../contracts/routing.ts";
import type { RelationPlace } from "../../sql/locate-relations.ts";
import { routeSql } from "../routing/route-sql.ts";
import type { SqlTools } from "../routing/sql-tools.ts";
import type { Session } from "../session.ts";
import type { NamedInput } from "./rewrite-query.ts";
import { type KnownRelation, type TableDirectory } from "./table-directory.ts";
import { placeCreated, writtenName } from "./written-name.ts";
import { quoted } from "../../shared/quoted.ts";

export interface QueryOptions {
  readonly sql: string;
  /** Null: the router chooses. */
  readonly engine: string | null;
  readonly latency: "low" | null;
  /** Where names without a database or schema are looked for before anywhere else; null: nowhere. */
  readonly current?: CurrentPlace | null;
  /** The engine is none that somebody asked for: the text is the default one's all the same. */
  readonly isFallback?: boolean;
}

/** A query with its engine chosen. */
export interface DecidedQuery {
  /** As it was written, but for unique ids, which no SQL can name. */
  readonly sql: string;
  readonly decision: Decision;
  readonly inputs: readonly NamedInput[];
  /** What the engine cannot read where it is. */
  readonly moved: readonly KnownRelation[];
}

/** Analyse → name → estimate → choose. Nothing is run. */
export async function decideQuery(
  session: Session,
  tools: SqlTools,
  directory: TableDirectory,
  silent: readonly string[],
  options: QueryOptions,
): Promise<DecidedQuery> {
  const dialect = session.project.target.type as SqlDialect;
  const { current = null } = options;
  const sql = placeCreated(nameUniqueIds(options.sql, directory), current);
  const shape = await tools.analyze(sql, dialect);
  const places = shape.known ? await tools.locate(sql, dialect, shape) : [];
  const { inputs, named } = await nameInputs(places, shape.tables, directory, current);
  const written = options.engine === null ? writtenName(sql) : null;
  // What is known is called as the engine calls it.
  const isKnown = inputs.some(({ place }) => written !== null && sameName(place.parts, written));
  const impossible = isKnown ? {} : strangersTo(written?.[0] ?? null, session);
  const settings = session.hybrid?.router ?? ROUTER_DEFAULTS;
  const mayLeave = session.sides.size > 1 && settings.fallback && options.engine === null;
  const unanswering = mayLeave && silent.length < session.sides.size ? silent : [];
  const isOthers = options.engine !== null && options.isFallback !== true;
  const translates = settings.translate && !isOthers && shape.statement === "select" && !hasPlaceholders(sql);
  const ask = (engine: string | null): Promise<Decision> =>
    routeSql(session, tools, {
      ...options,
      sql,
      shape,
      inputs: named,
      engine,
      impossible,
      silent: unanswering,
      translates,
    });
  const relations = [...new Set(inputs.map(({ relation }) => relation))];
  const first = await ask(options.engine);
  const better = options.engine === null ? cheaperEngine(session, first, relations, settings.max_duckdb_rows) : null;
  const decision = better === null ? first : { ...(await ask(better.engine)), rule: "transfer", reason: better.reason };
  const moved = relations.filter(({ texts }) => texts[decision.engine] === undefined);
  return { sql, decision, inputs, moved };
}

function sameName(one: readonly string[], other: readonly string[]): boolean {
  return one.join("\0").toLowerCase() === other.join("\0").toLowerCase();
}

/** Why engines cannot write to a database, where others know it by that name. */
function strangersTo(database: string | null, { sides }: Session): Record<string, string> {
  if (database === null) return {};
  const knows = [...sides].map(([engine, { project }]) => {
    const { target } = project;
    const names = [target.database, ...target.catalogs.map((catalog) => catalog.database)];
    return { engine, isKnown: names.some((name) => name.toLowerCase() === database.toLowerCase()) };
  });
  if (!knows.some(({ isKnown }) => isKnown)) return {};
  const strangers = knows.filter(({ isKnown }) => !isKnown);
  return Object.fromEntries(strangers.map(({ engine }) => [engine, `${engine} has no database ${database}`]));
}

async function nameInputs(
  places: readonly RelationPlace[],
  tables: readonly string[],
  directory: TableDirectory,
  current: CurrentPlace | null,
): Promise<{ inputs: NamedInput[]; named: { name: string; relation: KnownRelation | null }[] }> {
  const inputs: NamedInput[] = [];
  const named = new Map<string, KnownRelation | null>();
  for (const place of places) {
    const name = place.parts.join(".");
    const relation = named.get(name) ?? (await directory.find(place.parts, current));
    named.set(name, relation);
    if (relation !== null) inputs.push({ place, relation });
  }
  const listed = tables.map((name) => ({ name, relation: named.get(name) ?? null }));
  for (const [name, relation] of named)
    if (!tables.some((table) => table.toLowerCase() === name.toLowerCase())) listed.push({ name, relation });
  return { inputs, named: listed };
}

/** Of two that would each have to take rows from the other, the one that takes fewer; and whoever needs none, where the others need too many. */
function cheaperEngine(
  { sides }: Session,
  { engine, rule, alternatives }: Decision,
  relations: readonly KnownRelation[],
  maxRows: number,
): { engine: string; reason: string } | null {
  if (["only-engine", "config", "dialect"].includes(rule)) return null;
  const needed = (name: string): KnownRelation[] => relations.filter(({ texts }) => texts[name] === undefined);
  const rows = (name: string): number => needed(name).reduce((sum, one) => sum + (one.rows ?? maxRows), 0);
  const own = rows(engine);
  if (own === 0) return null;
  for (const other of sides.keys()) {
    if (other === engine || alternatives.find((one) => one.engine === other)?.possible !== true) continue;
    const isCrossed = needed(other).length > 0 && rows(other) < own;
    const isTooMuch = own > maxRows && rows(other) <= maxRows;
    if (!isCrossed && !isTooMuch) continue;
    const moves = needed(other).map(({ name }) => name);
    const what = moves.length === 0 ? "it reads everything where it is" : `moving ${moves.join(", ")} takes fewer rows`;
    return {
      engine: other,
      reason: `${what}; ${engine} (${rule}) would need ${needed(engine)
        .map(({ name }) => name)
        .join(", ")}`,
    };
  }
  return null;
}

/** `source.shop.raw.orders` has more parts than a name in SQL may have: it becomes one quoted name. */
function nameUniqueIds(sql: string, { relations }: TableDirectory): string {
  const ids = new Map(relations.flatMap(({ unique_id: id }) => (id === null ? [] : [[id.toLowerCase(), id]])));
  // Strings, quoted names and comments are stepped over.
  return sql.replaceAll(TOKENS, (token) => {
    const id = token.split(".").length > 3 ? ids.get(token.toLowerCase()) : undefined;
    return id === undefined ? token : quoted(id);
  });
}

/** A translation may need a value twice, or in another order. */
function hasPlaceholders(sql: string): boolean {
  return /[?]|[$]\w/.test(sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ""));
}

const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}\p{N}_$]+)*/gu;
