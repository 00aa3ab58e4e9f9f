import type { ManifestNode } from "../../contracts/manifest.ts";
import type { Session } from "../session.ts";
import { homeOf, type EngineChoice } from "./node-settings.ts";

/** The engine that has a function: a function is no relation, and nothing takes it to another one. Null: not a function. */
export function functionHome(session: EngineChoice & Pick<Session, "manifest">, id: string): string | null {
  const node = session.manifest.functions[id];
  return node === undefined ? null : homeOf(session, node.config);
}

/** The functions that a node's SQL calls, also in the ephemeral models that become part of it. */
export function calledFunctions(session: Pick<Session, "graph" | "manifest">, id: string): ManifestNode[] {
  return session.graph.parents(id).flatMap((parent) => {
    const called = session.manifest.functions[parent];
    if (called !== undefined) return [called];
    const isTakenIn = session.manifest.nodes[parent]?.config["materialized"] === "ephemeral";
    return isTakenIn ? calledFunctions(session, parent) : [];
  });
}
