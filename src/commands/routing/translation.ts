import type { JsonObject } from "../../contracts/json.ts";
import type { Manifest, ManifestNode, NodeConfig } from "../../contracts/manifest.ts";
import type { SqlDialect } from "../../contracts/query-shape.ts";
import { asList, errorMessage } from "../../shared/objects.ts";
import type { EngineSide } from "../session.ts";
import { homeOf, translatesFrom, type EngineChoice } from "./node-settings.ts";
import { openSqlTools, type SqlTools } from "./sql-tools.ts";

/** What a failed translation is to the run: another engine takes the node over. */
const NOT_TRANSLATED = "NOT_TRANSLATED";

/**
 * Did a text fail because it could not be translated, or because it met values for which its translation is not the same?
 * The second is what a translation says of itself, by an error of the engine that begins so (`src/sql/rewrites/`).
 */
export function isUntranslated(code: string, message: string): boolean {
  return code === NOT_TRANSLATED || message.includes("not translated: ");
}

/** A node as an engine runs it that it may not be written for: rows are added as at home, and the text may be translated. */
export function writtenFor(session: EngineChoice, node: ManifestNode, engine: string): ManifestNode {
  const from = translatesFrom(session, node);
  const isTranslated = from !== null && from !== engine;
  // A config may name other hooks for each engine; those that are translated are the ones that were looked at.
  const hooked = isTranslated ? (session.sides.get(from)?.manifest.nodes[node.unique_id] ?? node) : node;
  const meant = withHomeHooks(session, withHomeStrategy(session, node, engine), hooked.config, engine);
  return isTranslated ? { ...meant, _translatedFrom: from } : meant;
}

/** An engine may leave out what asks to run outside of a transaction; away from home that would be a loss that nobody sees. */
function withHomeHooks(session: EngineChoice, node: ManifestNode, hooked: NodeConfig, engine: string): ManifestNode {
  const keepsApart = session.sides.get(engine)?.facts.traits.hooksInsideOnly !== true;
  const all = (key: "pre-hook" | "post-hook", config = hooked): JsonObject[] => asList(config[key] as JsonObject[]);
  const given = [hooked, node.config].flatMap((config) => [...all("pre-hook", config), ...all("post-hook", config)]);
  if (given.length === 0 || engine === homeOf(session, node.config)) return node;
  const inside = (hooks: JsonObject[], first: boolean): JsonObject[] =>
    [first, !first].flatMap((one) => hooks.filter((hook) => (hook["transaction"] === true) === one)).map(insideOf);
  const hooks = keepsApart
    ? { "pre-hook": all("pre-hook"), "post-hook": all("post-hook") }
    : { "pre-hook": inside(all("pre-hook"), false), "post-hook": inside(all("post-hook"), true) };
  return { ...node, config: { ...node.config, ...hooks } };
}

const insideOf = (hook: JsonObject): JsonObject => ({ ...hook, transaction: true });

/** Without an `incremental_strategy` the engines treat rows of a known key differently: the model's own engine is meant. */
function withHomeStrategy(session: EngineChoice, node: ManifestNode, engine: string): ManifestNode {
  const { materialized, unique_key: key, incremental_strategy: strategy } = node.config;
  if (materialized !== "incremental" || (key ?? null) === null || (strategy ?? null) !== null) return node;
  const [own, other] = [homeOf(session, node.config), engine].map(
    (name) => session.sides.get(name)?.facts.traits.defaultStrategy,
  );
  return own === undefined || own === other ? node : { ...node, config: { ...node.config, incremental_strategy: own } };
}

/** The other engines of a target, if the texts of one that runs `engine` may be theirs. */
export function homesOf(session: EngineChoice, engine: string, { nodes }: Manifest): EngineSide[] {
  const others = [...session.sides].filter(([name]) => name !== engine);
  const isNeeded = Object.values(nodes).some((node) => translatesFrom(session, node) !== null);
  return isNeeded ? others.map(([, side]) => side) : [];
}

/** Translates the texts of one run; what reads SQL is loaded for the first one. */
export class RunTranslator {
  private tools: Promise<SqlTools> | SqlTools | null;

  constructor(tools: SqlTools | null = null) {
    this.tools = tools;
  }

  /** Throws where a text is not translated; the engine that it is written for then runs it. */
  async translate(sql: string, from: string, to: string): Promise<string> {
    this.tools ??= openSqlTools();
    const { translate } = await this.tools;
    const result = await translate(sql, from as SqlDialect, to as SqlDialect).catch((error: unknown) => ({
      ok: false as const,
      refusals: [{ message: errorMessage(error), hint: null }],
    }));
    if (result.ok) return result.sql;
    const [first] = result.refusals;
    const message = `The query could not be translated from ${from} to ${to}: ${first?.message ?? "no reason given"}`;
    throw Object.assign(new Error(message), {
      ...{ line: null, column: null },
      pythonType: "CompilationError",
      engineCode: NOT_TRANSLATED,
      hint: first?.hint ?? null,
    });
  }
}
