import type { QueryShape, SqlDialect } from "../../contracts/query-shape.ts";
import { draftContext, draftNode } from "../../4-compilation/draft-node.ts";
import { JinjaError } from "../../jinja/values.ts";
import type { Session } from "../session.ts";
import { workerSetup } from "../execution.ts";
import { isBuilt } from "./built-nodes.ts";

export type Analyze = (sql: string, dialect: SqlDialect) => Promise<QueryShape>;

/** The shapes of what nodes would run, from their drafts; a draft that fails has the reason in its shape. */
export async function draftShapes(session: Session, analyze: Analyze): Promise<Map<string, QueryShape>> {
  const { manifest, engine, project } = session;
  const drafts = draftContext(
    { ...workerSetup(session.invocation, session, []), threadName: "drafts" },
    manifest,
    engine.methods,
  );
  const shapes = new Map<string, QueryShape>();
  for (const node of Object.values(manifest.nodes)) {
    if (!isBuilt(node) || node.resource_type === "seed" || node.language !== "sql") continue;
    const text = textOf(() => draftNode(drafts, node));
    shapes.set(
      node.unique_id,
      "sql" in text ? await analyze(text.sql, project.target.type as SqlDialect) : unknownShape(text.reason),
    );
  }
  return shapes;
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
