import type { Manifest, ManifestNode } from "../../contracts/manifest.ts";
import type { SqlDialect } from "../../contracts/query-shape.ts";
import { errorMessage } from "../../shared/objects.ts";
import type { EngineSide } from "../session.ts";
import { homeOf, translatesFrom, type EngineChoice } from "./node-settings.ts";
import { openSqlTools, type SqlTools } from "./sql-tools.ts";

/** What a failed translation is to the run: another engine takes the node over. */
export const NOT_TRANSLATED = "NOT_TRANSLATED";

/** A node as an engine runs it that it may not be written for: rows are added as at home, and the text may be translated. */
export function writtenFor(session: EngineChoice, node: ManifestNode, engine: string): ManifestNode {
  const from = translatesFrom(session, node);
  const meant = withHomeStrategy(session, node, engine);
  return from === null || from === engine ? meant : { ...meant, _translatedFrom: from };
}

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
