import type { Json } from "../contracts/json.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { ALL_PARTS, type RelationPolicy } from "../contracts/relation.ts";
import { isRecord } from "../shared/objects.ts";
import { Relation } from "./relation.ts";

/** The relation a node is built as. Its own `quoting` wins over the project's. */
export function nodeRelation(
  node: Pick<ManifestNode, "database" | "schema" | "alias" | "config">,
  facts: ProjectFacts,
): Relation {
  return new Relation({
    database: node.database,
    schema: node.schema,
    identifier: node.alias,
    type: null,
    quoting: quotingOf(node.config["quoting"], facts.quoting),
  });
}

function quotingOf(own: Json | undefined, project: Partial<RelationPolicy>): RelationPolicy {
  const given: Record<string, boolean> = {};
  if (isRecord(own))
    for (const [key, flag] of Object.entries(own)) if (typeof flag === "boolean" && key !== "column") given[key] = flag;
  return { ...ALL_PARTS, ...project, ...given };
}

/** A node without the fields that are ours alone. */
export function publicNode(node: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([key]) => !key.startsWith("_")));
}
