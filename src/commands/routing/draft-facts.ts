import type { QueryShape, SqlDialect } from "../../contracts/query-shape.ts";
import { draftContext, draftNode } from "../../4-compilation/draft-node.ts";
import { JinjaError } from "../../jinja/values.ts";
import type { Session } from "../session.ts";
import { workerSetup } from "../execution.ts";
import type { SqlTools } from "./sql-tools.ts";
import { isBuilt, type DraftFacts } from "./built-nodes.ts";

/**
 * Renders every node that runs SQL for the default engine, without a database, and looks at the text. A draft that fails has
 * the reason in its shape.
 */
export async function draftFacts(
  session: Session,
  { analyze, findHazards }: SqlTools,
): Promise<Map<string, DraftFacts>> {
  const { manifest, engine, project } = session;
  const drafts = draftContext(
    { ...workerSetup(session.invocation, session, []), threadName: "drafts" },
    manifest,
    engine.methods,
  );
  const own = project.target.type as SqlDialect;
  const others = [...session.sides.keys()].filter((name) => name !== own) as SqlDialect[];
  const facts = new Map<string, DraftFacts>();
  for (const node of Object.values(manifest.nodes)) {
    if (!isBuilt(node) || node.resource_type === "seed" || node.language !== "sql") continue;
    const text = textOf(() => draftNode(drafts, node));
    if ("reason" in text) facts.set(node.unique_id, { shape: unknownShape(text.reason), hazards: [] });
    else {
      const hazards = await Promise.all(others.map((other) => findHazards(text.sql, own, other)));
      const placed = hazards.flat().map((hazard) => ({ ...hazard, file: node.original_file_path }));
      facts.set(node.unique_id, { shape: await analyze(text.sql, own), hazards: placed });
    }
  }
  return facts;
}

function textOf(draft: () => string): { readonly sql: string } | { readonly reason: string } {
  try {
    return { sql: draft() };
  } catch (error) {
    if (error instanceof JinjaError) return { reason: `its template needs a database: ${error.message}` };
    throw error;
  }
}

function unknownShape(reason: string): QueryShape {
  return {
    known: false,
    unknown_reason: reason,
    reader: null,
    statement: null,
    tables: [],
    joined_tables: null,
    aggregates: null,
    windows: null,
    subqueries: null,
    ctes: null,
    set_operations: null,
    distinct: null,
    ordering: null,
    complexity: null,
  };
}
