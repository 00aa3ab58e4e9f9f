import type { ManifestNode } from "../contracts/manifest.ts";
import { parseInlineQuery } from "../2-parsing/parse-inline.ts";
import { report } from "./report.ts";
import type { Session } from "./session.ts";

/** Parses `--inline` SQL as a node of its own, with its refs resolved. */
export function addInlineNode(session: Session, sql: string): ManifestNode {
  const { node, diagnostics } = parseInlineQuery(
    {
      project: session.project,
      facts: session.facts,
      invocation: session.invocation,
      engineMethods: session.engine.methods,
    },
    session.manifest,
    session.registry,
    sql,
  );
  report(session.invocation, diagnostics);
  return node;
}
