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

/** The engine that a node's text is translated from for the others; null: its text runs as its template writes it. */
export function translatesFrom(session: EngineChoice, node: ManifestNode): string | null {
  if (session.hybrid === null || !["model", "snapshot"].includes(node.resource_type) || node.language !== "sql")
    return null;
  if (!settingsOf(session, node).translate || dialectOf(node.config) === "portable") return null;
  return homeOf(session, node.config);
}
