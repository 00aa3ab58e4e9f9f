import type { SqlDialect } from "../../contracts/query-shape.ts";
import { draftContext, draftNode } from "../../4-compilation/draft-node.ts";
import { FailedPart } from "../../4-compilation/failed-part.ts";
import { diagnostic } from "../../contracts/diagnostic.ts";
import { errorMessage } from "../../shared/objects.ts";
import { unknownShape } from "../../sql/shape-builder.ts";
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
    if ("reason" in text) facts.set(node.unique_id, unread(text.reason, node.original_file_path));
    else {
      const hazards = await Promise.all(others.map((other) => findHazards(text.sql, own, other)));
      const placed = hazards.flat().map((hazard) => ({ ...hazard, file: node.original_file_path }));
      facts.set(node.unique_id, { shape: await analyze(text.sql, own), hazards: placed });
    }
  }
  return facts;
}

/** Whatever goes wrong here may go well when there is a database: a draft only informs the choice. */
function textOf(draft: () => string): { readonly sql: string } | { readonly reason: string } {
  try {
    return { sql: draft() };
  } catch (error) {
    return {
      reason: `its template needs a database: ${errorMessage(error instanceof FailedPart ? error.cause : error)}`,
    };
  }
}

/** Nobody knows what such a text means: it stays where it is written for. */
function unread(reason: string, file: string): DraftFacts {
  const hazard = diagnostic("DH7002", `A query that cannot be told before it runs: ${reason}`, { file });
  return { shape: unknownShape(reason, null), hazards: [hazard] };
}
