import type { SqlDialect } from "../../contracts/query-shape.ts";
import { draftContext, draftNode, type Draft } from "../../4-compilation/draft-node.ts";
import { FailedPart } from "../../4-compilation/failed-part.ts";
import { diagnostic, type Diagnostic } from "../../contracts/diagnostic.ts";
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
    const draft = draftOf(() => draftNode(drafts, node));
    const file = node.original_file_path;
    if ("reason" in draft) facts.set(node.unique_id, unread(draft.reason, file));
    else {
      const texts = draft.increment === null ? [draft.sql] : [draft.sql, draft.increment];
      const hazards: Diagnostic[] = draft.isOpen ? [open(file)] : [];
      for (const text of texts)
        for (const other of others)
          for (const hazard of await findHazards(text, own, other))
            if (!hazards.some(({ message }) => message === hazard.message)) hazards.push({ ...hazard, file });
      facts.set(node.unique_id, { shape: await analyze(draft.sql, own), hazards });
    }
  }
  return facts;
}

/** What comes of it is written by the template at run time, in the language of whichever engine it asks then. */
function open(file: string): Diagnostic {
  const message = "A query that depends on what the database answers while it is made";
  return diagnostic(
    "DH7004",
    message,
    { file },
    "If its SQL means the same everywhere, say `dialect: portable`.",
    "warning",
  );
}

/** Whatever goes wrong here may go well when there is a database: a draft only informs the choice. */
function draftOf(draft: () => Draft): Draft | { readonly reason: string } {
  try {
    return draft();
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
