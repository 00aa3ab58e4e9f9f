import { readRouter } from "../../1-project/hybrid-profile.ts";
import type { ManifestNode, NodeConfig } from "../../contracts/manifest.ts";
import { ROUTER_DEFAULTS, type RouterSettings } from "../../contracts/routing.ts";
import type { Session } from "../session.ts";

/** The engines of a target, and how it chooses among them. */
export type EngineChoice = Pick<Session, "sides" | "hybrid">;

/** `dialect: duckdb | trino | portable`; null: not said. */
export function dialectOf(config: NodeConfig): string | null {
  const dialect = config["dialect"];
  return typeof dialect === "string" && dialect !== "auto" ? dialect.toLowerCase() : null;
}

/** A node's own `router:` config goes over the target's; `translate` may also stand by itself. */
export function settingsOf({ hybrid }: Pick<EngineChoice, "hybrid">, { config }: ManifestNode): RouterSettings {
  const base = hybrid?.router ?? ROUTER_DEFAULTS;
  const { router: own, translate } = config;
  const settings =
    own === null || typeof own !== "object" || Array.isArray(own) ? base : readRouter(own, base).settings;
  return typeof translate === "boolean" ? { ...settings, translate } : settings;
}

/** The engine whose SQL a node's text is: its config's `dialect`, else the default one. */
export function homeOf({ sides }: EngineChoice, config: NodeConfig): string {
  const [main = ""] = sides.keys();
  const dialect = dialectOf(config);
  return dialect !== null && sides.has(dialect) ? dialect : main;
}

/** Is the SQL of a test or analysis the project's own? Generic tests of packages are written for every engine. */
export function hasOwnText({ sides }: EngineChoice, node: ManifestNode): boolean {
  if (node.resource_type === "analysis") return true;
  if (node.resource_type !== "test") return false;
  const [main] = sides.values();
  const own = `macro.${main?.project.root.name ?? ""}.test_`;
  return node.test_metadata === undefined || node.depends_on.macros.some((id) => id.startsWith(own));
}

/** The engine that a node's text is translated from for the others; null: its text runs as its template writes it. */
export function translatesFrom(session: EngineChoice, node: ManifestNode): string | null {
  const { resource_type: type } = node;
  const isKnown = ["model", "snapshot"].includes(type) || hasOwnText(session, node);
  if (session.hybrid === null || !isKnown || node.language !== "sql") return null;
  if (!settingsOf(session, node).translate || dialectOf(node.config) === "portable") return null;
  return homeOf(session, node.config);
}
